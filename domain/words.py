"""Names of the contract as words."""

from __future__ import annotations


def words(value: str) -> str:
    """Such as "mistaken posting" for `mistaken_posting`."""
    return value.replace("_", " ")
