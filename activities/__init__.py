"""Effects: load the facts, let the domain decide, act, and record, in one call."""
