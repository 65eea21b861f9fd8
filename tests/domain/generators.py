"""Hypothesis strategies for money, obligations, pauses, messages and whole journals of accepted events."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from domain.currency import EXPONENTS
from domain.money import MINOR_UNITS_MAX, Money

currencies = st.sampled_from(sorted(EXPONENTS))


def amounts(
    currency: SearchStrategy[str] = currencies, least: int = -MINOR_UNITS_MAX, most: int = MINOR_UNITS_MAX
) -> SearchStrategy[Money]:
    """Any Money whose minor units lie between the bounds."""
    return st.builds(Money, st.integers(least, most), currency)


def euros(least: int = 1, most: int = 500_00) -> SearchStrategy[Money]:
    return amounts(st.just("EUR"), least, most)
