"""Faults made on purpose: a portfolio on real servers that are killed at random instants, and proofs afterwards."""
