"""Which of several words on consent is the newest."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from domain.consent import said_at
from tests.domain.builders import ZONE, instant
from tests.domain.generators import days, instants

LONDON = ZoneInfo(ZONE)
NOW = instant("2026-03-04 12:00")


def test_what_is_reported_on_its_day_was_said_when_it_was_accepted() -> None:
    assert said_at(None, NOW, LONDON, consented=True) == NOW
    assert said_at(date(2026, 3, 4), NOW, LONDON, consented=True) == NOW


def test_a_consent_of_an_earlier_day_counts_from_its_start_and_a_refusal_from_its_end() -> None:
    assert said_at(date(2026, 3, 2), NOW, LONDON, consented=True) == instant("2026-03-02 00:00")
    assert said_at(date(2026, 3, 2), NOW, LONDON, consented=False) == instant("2026-03-03 00:00")


@given(st.none() | days, instants, st.booleans())
def test_nothing_counts_from_later_than_it_was_known(given_on: date | None, at: datetime, consented: bool) -> None:
    assert said_at(given_on, at, LONDON, consented=consented) <= at


@given(days, st.integers(1, 60))
def test_on_one_day_a_refusal_beats_a_consent(day: date, later_days: int) -> None:
    accepted = instant(f"{day + timedelta(days=later_days)} 09:00")

    assert said_at(day, accepted, LONDON, consented=False) > said_at(day, accepted, LONDON, consented=True)
