"""What a debt consists of: what it was on a day that the creditor names, and what was added and taken off since.

12 CFR 1006.34(b)(3) names the days that may be taken, and (c)(2)(vi) to (ix) what the consumer is told of them.
"""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from domain.money import Money, PositiveMoney
from domain.names import CalendarDate
from domain.value import Value


class Itemization(Value):
    """The debt on `as_of`, and what came to it or off it from then until it was registered. None: nothing."""

    as_of: CalendarDate
    amount: PositiveMoney
    interest: PositiveMoney | None = None
    fees: PositiveMoney | None = None
    payments: PositiveMoney | None = None
    credits: PositiveMoney | None = None

    @model_validator(mode="after")
    def _is_of_one_currency(self) -> Self:
        parts = (self.interest, self.fees, self.payments, self.credits)
        if any(part is not None and part.currency != self.amount.currency for part in parts):
            raise ValueError("all amounts of an itemization must be in one currency")
        return self

    @property
    def total(self) -> Money:
        """What it adds up to: what was owed when it was registered."""
        nothing = Money.zero(self.amount.currency)
        added = self.amount + (self.interest or nothing) + (self.fees or nothing)
        return added - (self.payments or nothing) - (self.credits or nothing)
