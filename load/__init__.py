"""Load: a portfolio opened, asleep, woken in waves, paid all at once; and a proof that nothing is lost."""
