"""Telephone calls that say a text."""
