"""Ageing against a reader of calendars that goes day by day. Definitions: docs/ageing.md."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from domain.ageing import Pause, date_of_day, days_past_due, delinquent_days, paused_days, treatment_day
from tests.domain.documentation import tables_of
from tests.domain.generators import days, pause_lists

DAY = timedelta(days=1)
graces = st.integers(0, 20)


def _dates(start: date, end: date) -> list[date]:
    return [start + DAY * number for number in range((end - start).days)]


def _is_paused(day: date, pauses: Sequence[Pause]) -> bool:
    return any(pause.start <= day and (pause.end is None or day < pause.end) for pause in pauses)


def _delinquent_days_slowly(oldest_due: date, as_of: date, grace_days: int, pauses: Sequence[Pause]) -> int:
    """Walk the calendar from the due date, and take the grace off the days that no pause covers."""
    walked = sum(1 for day in _dates(oldest_due, as_of) if not _is_paused(day, pauses))
    return walked - grace_days if walked > grace_days else 0


def _treatment_day_slowly(oldest_due: date, as_of: date, grace_days: int, pauses: Sequence[Pause]) -> int:
    if as_of <= oldest_due:
        return -len(_dates(as_of, oldest_due))
    return _delinquent_days_slowly(oldest_due, as_of, grace_days, pauses)


class TestDaysPastDue:
    def test_an_obligation_due_today_is_not_yet_past_due(self) -> None:
        assert days_past_due(date(2026, 5, 1), date(2026, 5, 1)) == 0

    def test_the_day_after_is_the_first_day_past_due(self) -> None:
        assert days_past_due(date(2026, 5, 1), date(2026, 5, 2)) == 1

    def test_before_the_due_date_it_is_negative(self) -> None:
        assert days_past_due(date(2026, 5, 1), date(2026, 4, 28)) == -3

    def test_a_leap_day_counts(self) -> None:
        assert days_past_due(date(2024, 2, 28), date(2024, 3, 1)) == 2
        assert days_past_due(date(2026, 2, 28), date(2026, 3, 1)) == 1

    @given(days, days)
    def test_it_is_the_number_of_calendar_days_between(self, due: date, as_of: date) -> None:
        assert days_past_due(due, as_of) == len(_dates(due, as_of)) - len(_dates(as_of, due))


class TestPausedDays:
    @given(days, days, pause_lists)
    def test_a_day_is_paused_once_however_many_pauses_cover_it(
        self, start: date, end: date, pauses: list[Pause]
    ) -> None:
        assert paused_days(start, end, pauses) == sum(1 for day in _dates(start, end) if _is_paused(day, pauses))

    @given(days, days, pause_lists)
    def test_the_order_of_the_pauses_does_not_matter(self, start: date, end: date, pauses: list[Pause]) -> None:
        assert paused_days(start, end, pauses[::-1]) == paused_days(start, end, pauses)

    @pytest.mark.parametrize(
        ("pauses", "expected"),
        [
            ([], 0),
            ([Pause(date(2026, 5, 3), date(2026, 5, 6))], 3),
            ([Pause(date(2026, 4, 1), date(2026, 5, 3))], 2),
            ([Pause(date(2026, 5, 9), date(2026, 6, 1))], 2),
            ([Pause(date(2026, 5, 9), None)], 2),
            ([Pause(date(2026, 5, 3), date(2026, 5, 8)), Pause(date(2026, 5, 4), date(2026, 5, 5))], 5),
            ([Pause(date(2026, 5, 3), date(2026, 5, 5)), Pause(date(2026, 5, 4), date(2026, 5, 7))], 4),
            ([Pause(date(2026, 5, 3), date(2026, 5, 5)), Pause(date(2026, 5, 5), date(2026, 5, 7))], 4),
            ([Pause(date(2026, 5, 3), date(2026, 5, 3))], 0),
            ([Pause(date(2026, 5, 3), None), Pause(date(2026, 5, 4), date(2026, 5, 5))], 8),
            ([Pause(date(2026, 5, 11), None)], 0),
        ],
        ids=[
            "none",
            "inside",
            "begun before",
            "ending after",
            "open",
            "nested",
            "overlapping",
            "touching",
            "lifted on the day it was placed",
            "nested in an open one",
            "begun at the end",
        ],
    )
    def test_the_days_from_the_first_to_the_tenth_of_may(self, pauses: list[Pause], expected: int) -> None:
        assert paused_days(date(2026, 5, 1), date(2026, 5, 11), pauses) == expected


class TestDelinquentDays:
    def test_the_worked_example(self) -> None:
        """Of the contract of `dunlin age`."""
        due, as_of = date(2023, 10, 1), date(2023, 10, 30)
        pauses = [Pause(date(2023, 10, 6), date(2023, 10, 30))]
        assert days_past_due(due, as_of) == 29
        assert delinquent_days(due, as_of, 3, pauses) == 2

    @given(days, days, graces, pause_lists)
    def test_it_is_days_past_due_less_grace_less_paused_days(
        self, due: date, as_of: date, grace: int, pauses: list[Pause]
    ) -> None:
        assert delinquent_days(due, as_of, grace, pauses) == _delinquent_days_slowly(due, as_of, grace, pauses)

    @given(days, st.integers(0, 20), pause_lists)
    def test_within_the_grace_nothing_is_delinquent(self, due: date, grace: int, pauses: list[Pause]) -> None:
        assert delinquent_days(due, due + DAY * grace, grace, pauses) == 0
        assert delinquent_days(due, due + DAY * (grace + 1), grace, ()) == 1

    @given(days, days, graces, pause_lists)
    def test_a_day_later_is_at_most_one_day_more_and_never_less(
        self, due: date, as_of: date, grace: int, pauses: list[Pause]
    ) -> None:
        today = delinquent_days(due, as_of, grace, pauses)
        tomorrow = delinquent_days(due, as_of + DAY, grace, pauses)
        assert tomorrow - today in (0, 1)
        assert not (_is_paused(as_of, pauses) and tomorrow > today)

    @given(days, days, days, graces, pause_lists)
    def test_paying_off_the_oldest_obligation_never_makes_a_case_severer(
        self, due: date, next_due: date, as_of: date, grace: int, pauses: list[Pause]
    ) -> None:
        assume(due <= next_due)
        assert treatment_day(next_due, as_of, grace, pauses) <= treatment_day(due, as_of, grace, pauses)

    @given(days, days, graces, pause_lists, pause_lists)
    def test_a_further_pause_never_makes_a_case_severer(
        self, due: date, as_of: date, grace: int, pauses: list[Pause], more: list[Pause]
    ) -> None:
        assert delinquent_days(due, as_of, grace, pauses + more) <= delinquent_days(due, as_of, grace, pauses)


class TestTreatmentDay:
    @given(days, days, graces, pause_lists)
    def test_it_counts_down_to_the_due_date_and_on_in_delinquent_days(
        self, due: date, as_of: date, grace: int, pauses: list[Pause]
    ) -> None:
        assert treatment_day(due, as_of, grace, pauses) == _treatment_day_slowly(due, as_of, grace, pauses)

    def test_a_pause_does_not_hold_up_the_days_before_the_due_date(self) -> None:
        assert treatment_day(date(2026, 5, 10), date(2026, 5, 7), 3, [Pause(date(2026, 5, 1), None)]) == -3


class TestDateOfDay:
    @given(st.integers(-30, 60), days, graces, pause_lists)
    def test_it_is_the_first_date_on_which_the_treatment_day_is_reached(
        self, day: int, due: date, grace: int, pauses: list[Pause]
    ) -> None:
        far_beyond_every_pause = due + DAY * 400
        calendar = _dates(due - DAY * 40, far_beyond_every_pause)
        reached = (each for each in calendar if _treatment_day_slowly(due, each, grace, pauses) >= day)
        assert date_of_day(day, due, grace, pauses) == next(reached, None)

    @given(st.integers(1, 60), days, graces, pause_lists)
    def test_on_the_day_itself_the_count_is_exact(self, day: int, due: date, grace: int, pauses: list[Pause]) -> None:
        found = date_of_day(day, due, grace, pauses)
        if found is None:
            return
        assert treatment_day(due, found, grace, pauses) == day
        assert treatment_day(due, found - DAY, grace, pauses) == day - 1

    def test_an_open_pause_keeps_the_day_from_coming(self) -> None:
        assert date_of_day(5, date(2026, 5, 1), 0, [Pause(date(2026, 5, 5), None)]) is None

    def test_a_day_that_was_reached_before_an_open_pause_began_stays_reached(self) -> None:
        assert date_of_day(5, date(2026, 5, 1), 0, [Pause(date(2026, 5, 6), None)]) == date(2026, 5, 6)


class TestTheExamplesInTheDocumentation:
    @pytest.mark.parametrize("row", tables_of("ageing.md")["oldest due"], ids=" ".join)
    def test_how_old(self, row: tuple[str, ...]) -> None:
        due, as_of, grace, pauses = (
            date.fromisoformat(row[0]),
            date.fromisoformat(row[1]),
            int(row[2]),
            _pauses_in_words(row[3]),
        )
        counted = (
            days_past_due(due, as_of),
            delinquent_days(due, as_of, grace, pauses),
            treatment_day(due, as_of, grace, pauses),
        )
        assert counted == tuple(int(number) for number in row[4:])

    @pytest.mark.parametrize("row", tables_of("ageing.md")["day"], ids=" ".join)
    def test_when_a_day_comes(self, row: tuple[str, ...]) -> None:
        found = date_of_day(int(row[0]), date.fromisoformat(row[1]), int(row[2]), _pauses_in_words(row[3]))
        assert (str(found) if found else "never") == row[4]


def _pauses_in_words(words: str) -> list[Pause]:
    """Such as "2026-05-03 to 2026-05-05, from 2026-05-09"."""
    pauses = []
    for phrase in words.split(", ") if words != "-" else []:
        start, _, end = phrase.removeprefix("from ").partition(" to ")
        pauses.append(Pause(date.fromisoformat(start), date.fromisoformat(end) if end else None))
    return pauses
