"""Windows of local time, against a clock that is read minute by minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.localtime import is_inside, next_inside, start_of_day, with_offset_of, zone_of

MINUTE = timedelta(minutes=1)

# Each near a change of offset: by an hour, by half an hour, at midnight, across midnight, and by a whole skipped day.
CHANGES = [
    ("Europe/London", datetime(2026, 3, 29, 1, tzinfo=UTC)),
    ("Europe/London", datetime(2026, 10, 25, 1, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 11, 1, 6, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 15, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
    ("America/Havana", datetime(2026, 3, 8, 5, tzinfo=UTC)),
    ("America/Havana", datetime(2026, 11, 1, 5, tzinfo=UTC)),
    ("America/Sao_Paulo", datetime(2018, 2, 18, 2, tzinfo=UTC)),
    ("America/St_Johns", datetime(2006, 10, 29, 2, 31, tzinfo=UTC)),
    ("Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC)),
    ("Asia/Shanghai", datetime(2026, 6, 1, 12, tzinfo=UTC)),
]


@st.composite
def windows(draw: st.DrawFn) -> tuple[time, time]:
    start = draw(st.integers(0, 24 * 60 - 2))
    end = draw(st.integers(start + 1, 24 * 60 - 1))
    return time(start // 60, start % 60), time(end // 60, end % 60)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(CHANGES), st.integers(-36 * 60, 12 * 60), windows())
def test_the_next_opening_is_the_first_minute_at_which_the_wall_clock_is_inside(
    change: tuple[str, datetime], minutes: int, window: tuple[time, time]
) -> None:
    zone, around = zone_of(change[0]), change[1]
    at = around + minutes * MINUTE
    scanned = at
    while not window[0] <= scanned.astimezone(zone).time() < window[1]:
        scanned += MINUTE
    assert next_inside(*window, zone, at) == scanned


def test_a_start_that_spring_skips_opens_at_the_end_of_the_gap() -> None:
    at = datetime(2026, 3, 28, 12, tzinfo=UTC)
    assert next_inside(time(1, 30), time(5), zone_of("Europe/London"), at) == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_a_window_that_closed_opens_again_when_autumn_repeats_the_hour() -> None:
    between = datetime(2026, 10, 25, 0, 45, tzinfo=UTC)
    opening = next_inside(time(1), time(1, 30), zone_of("Europe/London"), between)
    assert opening == datetime(2026, 10, 25, 1, tzinfo=UTC)


def test_an_instant_inside_the_window_is_its_own_answer_to_the_microsecond() -> None:
    at = datetime(2026, 6, 1, 16, 59, 59, 999_999, tzinfo=UTC)
    zone = zone_of("Europe/London")
    assert next_inside(time(9), time(18), zone, at) == at
    assert not is_inside(time(9), time(18), zone, at + timedelta(microseconds=1))


@given(st.sampled_from(CHANGES), st.integers(-3, 3))
def test_a_day_starts_at_the_first_instant_of_its_date(change: tuple[str, datetime], days: int) -> None:
    zone = zone_of(change[0])
    day = change[1].astimezone(zone).date() + timedelta(days=days)
    started = start_of_day(day, zone)
    assert (started - timedelta(seconds=1)).astimezone(zone).date() < day <= started.astimezone(zone).date()


def test_the_day_that_samoa_skipped_starts_where_the_next_one_does() -> None:
    zone = ZoneInfo("Pacific/Apia")
    assert start_of_day(date(2011, 12, 30), zone) == start_of_day(date(2011, 12, 31), zone)


def test_an_instant_written_with_a_local_offset_equals_itself_even_in_the_repeated_hour() -> None:
    at = datetime(2026, 10, 25, 1, 15, tzinfo=UTC)
    written = with_offset_of(zone_of("Europe/London"), at)
    assert written == at
    assert written.isoformat() == "2026-10-25T01:15:00+00:00"
