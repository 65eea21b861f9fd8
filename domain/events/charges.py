"""What Dunlin charges by the policy, and takes back when it turns out that it should not have."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from domain.events.base import Occurrence
from domain.money import Money
from domain.names import CalendarDate, Id
from domain.value import Value


class PeriodInterest(Value):
    """What is added to the interest of one period: from money that came, or the first day past due, to the next."""

    charge: Id
    due: CalendarDate = Field(description="The day after the first that bore interest.")
    amount: Money = Field(description="Negative where less is owed than was charged before.")


class InterestCharged(Occurrence):
    """Interest up to a day. Negative in all where a fact that came to light makes less of it."""

    kind: Literal["interest_charged"] = "interest_charged"
    until: CalendarDate = Field(description="The first day that is not counted yet.")
    amount: Money
    periods: tuple[PeriodInterest, ...] = Field(min_length=1)


class LateFeeCharged(Occurrence):
    """The fee for one missed obligation. Negative where it is taken back, in whole or in part."""

    kind: Literal["late_fee_charged"] = "late_fee_charged"
    obligation: Id
    charge: Id
    due: CalendarDate
    amount: Money


ChargeOccurrence = InterestCharged | LateFeeCharged
