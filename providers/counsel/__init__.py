"""What counsel gets: the referral bundle and the notice to stop work."""
