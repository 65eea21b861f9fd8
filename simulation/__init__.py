"""Deterministic simulation: lives of cases on a virtual clock, with generated borrowers and faults, in one process."""
