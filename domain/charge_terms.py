"""What a policy charges on what is past due: interest, and fees for missed obligations. Definitions: docs/money.md."""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from domain.money import Money
from domain.value import Value

PERCENT_PATTERN = r"^(0|[1-9][0-9]{0,2})(\.[0-9]{1,4})?$"
AMOUNT_PATTERN = r"^(0|[1-9][0-9]{0,11})(\.[0-9]{1,4})?$"

Percent = Annotated[str, StringConstraints(pattern=PERCENT_PATTERN)]
"""A percentage as a decimal string, such as "8.25"."""

DecimalAmount = Annotated[str, StringConstraints(pattern=AMOUNT_PATTERN)]
"""An amount in the currency of the policy, as a decimal string."""

_HUNDRED = 100


class DayCount(StrEnum):
    """How many days the year has that an annual rate is divided by. The days themselves are always counted."""

    ACTUAL_365 = "actual/365"
    ACTUAL_360 = "actual/360"

    @property
    def days_of_year(self) -> int:
        return 365 if self is DayCount.ACTUAL_365 else 360


class InterestTerms(Value):
    """Simple interest on the principal that is past due, for each day that it is. No interest on interest or fees."""

    annual_percent: Percent = Field(description='Such as "8.25". A lower cap of the law wins.')
    day_count: DayCount = DayCount.ACTUAL_365

    @property
    def daily_rate(self) -> Fraction:
        return Fraction(self.annual_percent) / _HUNDRED / self.day_count.days_of_year


class LateFeeTerms(Value):
    """A fee for an obligation that is missed: once for each, when it has been past due for `after_day` days."""

    after_day: int = Field(ge=1, le=365, description="Days past due, without those on which charges are frozen.")
    amount: DecimalAmount | None = Field(default=None, description="In the policy's currency.")
    percent: Percent | None = Field(default=None, description="Of what is unpaid of the obligation, rounded down.")
    at_most: DecimalAmount | None = Field(default=None, description="The highest fee, where it is a percentage.")

    @model_validator(mode="after")
    def _is_one_or_the_other(self) -> Self:
        if (self.amount is None) == (self.percent is None):
            raise ValueError("a late fee is an amount or a percentage: give one of amount and percent")
        if self.at_most is not None and self.percent is None:
            raise ValueError("at_most limits a percentage: leave it out beside an amount")
        return self

    def fee_on(self, unpaid: Money) -> int:
        """The fee for an obligation of which so much is unpaid, in minor units."""
        if self.percent is None:
            assert self.amount is not None, "a fee is an amount or a percentage"
            return Money.parse(self.amount, unpaid.currency).minor
        share = unpaid.minor * Fraction(self.percent) // _HUNDRED
        return share if self.at_most is None else min(share, Money.parse(self.at_most, unpaid.currency).minor)
