"""Benchmarks: what a contact costs, how fast contacts are made, and how that compares with the least possible."""
