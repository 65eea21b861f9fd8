"""The holidays of the federal law pack are those of an independent library, for decades."""

from __future__ import annotations

from datetime import date, timedelta

import holidays
import pytest
from pydantic import ValidationError

from domain.compliance.parameters import ValidationPeriod
from domain.compliance.public_holidays import PublicHoliday, Weekday, is_business_day, observed
from rulebook.load import load_law

PERIOD = next(
    version.set
    for rule in load_law()["us-federal"].rules
    for version in rule.versions
    if isinstance(version.set, ValidationPeriod)
)


@pytest.mark.parametrize("year", range(2022, 2061))
def test_each_year_has_the_legal_public_holidays_and_the_days_on_which_they_are_observed(year: int) -> None:
    ours = {holiday.date_in(year) for holiday in PERIOD.holidays}
    library = holidays.country_holidays("US", years=[year], observed=False)

    assert ours == set(library)


@pytest.mark.parametrize("year", range(2022, 2061))
def test_no_day_off_is_taken_for_a_business_day(year: int) -> None:
    days = [date(year, 1, 1) + timedelta(days=number) for number in range(365)]
    library = holidays.country_holidays("US", years=[year - 1, year, year + 1])

    ours = [day for day in days if is_business_day(day, PERIOD.holidays)]

    assert ours == [day for day in days if day.weekday() < 5 and day not in library]


def test_a_holiday_at_a_weekend_is_observed_beside_it() -> None:
    assert observed(date(2026, 7, 4)) == date(2026, 7, 3)
    assert observed(date(2027, 7, 4)) == date(2027, 7, 5)
    assert observed(date(2026, 12, 25)) == date(2026, 12, 25)


def test_the_last_weekday_of_december_is_found() -> None:
    last = PublicHoliday(name="Test", month=12, weekday=Weekday.FRIDAY, nth=-1)

    assert last.date_in(2026) == date(2026, 12, 25)


@pytest.mark.parametrize(
    "wrong",
    [{}, {"day": 1, "weekday": "monday", "nth": 1}, {"weekday": "monday"}, {"nth": 2}, {"weekday": "monday", "nth": 0}],
)
def test_a_holiday_is_either_a_date_or_a_weekday(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        PublicHoliday.model_validate({"name": "Test", "month": 5, **wrong})
