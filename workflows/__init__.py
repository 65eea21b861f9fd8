"""When things happen: waits, timers, messages and child workflows. Never a rule: those run in activities."""
