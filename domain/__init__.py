"""What Dunlin decides: pure functions over immutable values, with no clock, no input or output and no randomness."""
