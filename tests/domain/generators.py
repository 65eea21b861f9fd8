"""Hypothesis strategies for money, obligations, pauses, messages and whole journals of accepted events."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from domain.ageing import Pause
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


FIRST_DAY = date(2026, 1, 1)
days = st.dates(FIRST_DAY, FIRST_DAY + timedelta(days=120))

# Starts and lengths are small, so that pauses often overlap, nest and touch.
_closed_pauses = st.builds(
    lambda start, length_days: Pause(start, start + timedelta(days=length_days)), days, st.integers(0, 40)
)
_open_pauses = st.builds(Pause, days, st.none())
pause_lists = st.builds(
    lambda closed, open_ended: closed + open_ended,
    st.lists(_closed_pauses, max_size=5),
    st.lists(_open_pauses, max_size=1),
)
