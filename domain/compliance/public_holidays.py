"""Legal public holidays as a law pack states them, and counting the days between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from enum import IntEnum
from functools import lru_cache
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from domain.localtime import ONE_DAY
from domain.value import Value


class Weekday(IntEnum):
    MONDAY = 0
    TUESDAY = 1
    WEDNESDAY = 2
    THURSDAY = 3
    FRIDAY = 4
    SATURDAY = 5
    SUNDAY = 6


def _by_name(given: object) -> object:
    return Weekday[given.upper()] if isinstance(given, str) and given.upper() in Weekday.__members__ else given


NamedWeekday = Annotated[Weekday, BeforeValidator(_by_name, json_schema_input_type=str)]


class PublicHoliday(Value):
    """A holiday of every year: on a `day` of its month, or on its `nth` `weekday`, where -1 is the last."""

    name: str
    month: int = Field(ge=1, le=12)
    day: int | None = Field(default=None, ge=1, le=31)
    weekday: NamedWeekday | None = None
    nth: int | None = Field(default=None, ge=-1, le=4)

    @model_validator(mode="after")
    def _is_one_day(self) -> Self:
        by_weekday = self.weekday is not None and bool(self.nth)
        if (self.day is not None) == by_weekday or (self.weekday is None) != (self.nth is None):
            raise ValueError("give either a day, or a weekday with its nth (1 to 4, or -1 for the last)")
        return self

    def date_in(self, year: int) -> date:
        """The day itself, whether or not it falls on a weekend."""
        if self.day is not None:
            return date(year, self.month, self.day)
        assert self.weekday is not None and self.nth is not None, "one of the two ways was given"
        if self.nth > 0:
            first = date(year, self.month, 1)
            return first + timedelta(days=(self.weekday - first.weekday()) % 7 + 7 * (self.nth - 1))
        last = date(year + self.month // 12, self.month % 12 + 1, 1) - ONE_DAY
        return last - timedelta(days=(last.weekday() - self.weekday) % 7)


def observed(holiday: date) -> date:
    """The day off: Friday for a Saturday, Monday for a Sunday (5 USC 6103(b), Executive Order 11582)."""
    if holiday.weekday() == Weekday.SATURDAY:
        return holiday - ONE_DAY
    return holiday + ONE_DAY if holiday.weekday() == Weekday.SUNDAY else holiday


def is_business_day(day: date, holidays: Sequence[PublicHoliday]) -> bool:
    """Neither on a weekend nor a holiday, and not the day on which a holiday is observed."""
    return day.weekday() < Weekday.SATURDAY and day not in _days_off(day.year, tuple(holidays))


@lru_cache(maxsize=256)
def _days_off(year: int, holidays: tuple[PublicHoliday, ...]) -> frozenset[date]:
    """Those of the year before and after too: New Year's Day may be observed on the last day of December."""
    return frozenset(_dates_around(year, holidays))


def _dates_around(year: int, holidays: tuple[PublicHoliday, ...]) -> Iterator[date]:
    for each in (year - 1, year, year + 1):
        for holiday in holidays:
            actual = holiday.date_in(each)
            yield actual
            yield observed(actual)
