"""The demonstration: real delinquent accounts, borrowers who act as the data says, and a live view of it all."""
