"""Business time runs evenly, and whoever waits for a business instant wakes when it has come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.clock import PRODUCTION_CLOCK, Clock

ANCHOR = datetime(2026, 3, 1, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")

factors = st.integers(2, 10_000_000)
near = st.timedeltas(timedelta(hours=-1), timedelta(hours=1))


def test_production_time_is_real_time() -> None:
    assert PRODUCTION_CLOCK.business(ANCHOR) == ANCHOR
    assert PRODUCTION_CLOCK.real_delay(ANCHOR, ANCHOR + timedelta(days=3)) == timedelta(days=3)


def test_at_86400_a_day_passes_in_a_second() -> None:
    clock = Clock(factor=86_400, anchor=ANCHOR)
    assert clock.business(ANCHOR + timedelta(seconds=120)) == ANCHOR + timedelta(days=120)
    assert clock.real_delay(ANCHOR, ANCHOR + timedelta(days=30)) == timedelta(seconds=30)


@given(factors)
def test_both_times_agree_at_the_anchor(factor: int) -> None:
    assert Clock(factor=factor, anchor=ANCHOR).business(ANCHOR) == ANCHOR


@given(factors, near, near)
def test_business_time_keeps_the_order_of_real_time_and_stretches_it_evenly(
    factor: int, one: timedelta, other: timedelta
) -> None:
    clock = Clock(factor=factor, anchor=ANCHOR)
    assert clock.business(ANCHOR + one) - clock.business(ANCHOR + other) == (one - other) * factor


@given(factors, near, st.timedeltas(timedelta(0), timedelta(days=400)))
def test_after_the_real_delay_the_business_instant_has_come_and_not_long_ago(
    factor: int, real: timedelta, ahead: timedelta
) -> None:
    clock = Clock(factor=factor, anchor=ANCHOR)
    now = clock.business(ANCHOR + real)
    woken = clock.business(ANCHOR + real + clock.real_delay(now, now + ahead))
    assert timedelta(0) <= woken - (now + ahead) < timedelta(microseconds=factor)


@given(st.integers(1, 10_000_000), st.timedeltas(timedelta(0), timedelta(days=400)))
def test_there_is_no_wait_for_what_has_passed(factor: int, ago: timedelta) -> None:
    assert Clock(factor=factor, anchor=ANCHOR).real_delay(ANCHOR, ANCHOR - ago) == timedelta(0)


def test_a_delay_across_a_clock_change_counts_the_hours_that_pass() -> None:
    evening_before = datetime(2026, 3, 28, 20, tzinfo=BERLIN)
    morning_after = datetime(2026, 3, 29, 8, tzinfo=BERLIN)
    assert PRODUCTION_CLOCK.real_delay(evening_before, morning_after) == timedelta(hours=11)


def test_business_time_across_a_clock_change_counts_the_hours_that_pass() -> None:
    clock = Clock(factor=24, anchor=datetime(2026, 3, 28, 20, tzinfo=BERLIN))
    half_an_hour_on = datetime(2026, 3, 28, 20, 30, tzinfo=BERLIN)
    assert clock.business(half_an_hour_on) == datetime(2026, 3, 29, 9, tzinfo=BERLIN)


@pytest.mark.parametrize(
    "fields",
    [{"factor": 0}, {"factor": -1}, {"factor": 1.5}, {"factor": 10_000_001}, {"anchor": "2026-03-01T12:00:00"}],
)
def test_a_clock_that_stands_runs_back_or_has_no_offset_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Clock.model_validate({"factor": 60, "anchor": ANCHOR} | fields)


def test_a_faster_clock_needs_an_anchor() -> None:
    with pytest.raises(ValidationError, match="needs an anchor"):
        Clock(factor=60)


def test_an_instant_without_an_offset_is_refused() -> None:
    naive = datetime(2026, 3, 1, 12)  # noqa: DTZ001 - what is refused
    with pytest.raises(ValueError, match="needs a UTC offset"):
        Clock(factor=60, anchor=ANCHOR).business(naive)
    with pytest.raises(ValueError, match="needs a UTC offset"):
        PRODUCTION_CLOCK.real_delay(naive, naive)


def test_a_clock_survives_its_json_form() -> None:
    clock = Clock(factor=60, anchor=ANCHOR)
    assert Clock.model_validate_json(clock.model_dump_json()) == clock
