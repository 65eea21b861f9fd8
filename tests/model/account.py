"""A slow account, written from the definitions of docs/money.md alone: day by day, nothing clever.

It shares no code with the domain but its vocabularies. A new kind of event is added here by what it means.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from domain.names import Component

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Owed:
    """Something that is owed, in minor units. `origin` is "lender", "interest" or "late_fee"."""

    id: str
    minor: int
    due: date
    component: Component
    origin: str = "lender"


@dataclass(frozen=True)
class Came:
    """Money that came, or a credit."""

    id: str
    minor: int
    on: date


@dataclass(frozen=True)
class Held:
    """A hold on the days `[since, until)`."""

    kind: str
    since: date
    until: date | None
    freezes: bool

    def covers(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True)
class Standing:
    """Amounts in minor units; what was charged as (origin, due, minor), in order."""

    outstanding: int
    past_due: int
    credit: int
    oldest_due: date | None
    charged: list[tuple[str, date, int]]


@dataclass
class Account:
    """What is charged is a percentage of a year of 365 days, and a flat fee after so many days past due."""

    opened_on: date
    waterfall: tuple[Component, ...]
    annual_percent: Fraction = Fraction(0)
    fee_minor: int = 0
    fee_after_day: int = 0
    owed: list[Owed] = field(default_factory=list)
    came: list[Came] = field(default_factory=list)
    reversed: set[str] = field(default_factory=set)
    holds: list[Held] = field(default_factory=list)

    def frozen(self, day: date) -> bool:
        return any(hold.freezes and hold.covers(day) for hold in self.holds)

    def charges(self, today: date) -> list[Owed]:
        """Interest and fees up to today: each day before it has borne interest, today's fees are charged."""
        charged: list[Owed] = []
        exact, period, grew = Fraction(0), None, Fraction(0)
        asked: set[str] = set()
        first = min(self.opened_on, *(each.due for each in self.owed))
        for day in _days(first, today + ONE_DAY):
            for missed in self._missed(day, asked):
                if day > self.opened_on and self._remaining(charged, day - ONE_DAY).get(missed.id):
                    charged.append(Owed(f"fee:{missed.id}", self.fee_minor, day, Component.FEE, "late_fee"))
            if any(money.on == day and money.id not in self.reversed for money in self.came):
                charged += _interest(period, exact, grew)
                exact, period, grew = exact + grew, None, Fraction(0)
            bears_none = self.frozen(day) or not self.opened_on <= day < today
            base = 0 if bears_none else self._past_due_principal(charged, day)
            if base:
                period = period or day
                grew += base * self.annual_percent / 100 / 365
        return charged + _interest(period, exact, grew)

    def stands(self, today: date) -> Standing:
        """What is owed today, and what was charged so far."""
        charged = self.charges(today)
        due_on = {each.id: each.due for each in (*self.owed, *charged)}
        left = {name: minor for name, minor in self._remaining(charged, today).items() if minor}
        total = sum(each.minor for each in (*self.owed, *charged))
        return Standing(
            outstanding=sum(left.values()),
            past_due=sum(minor for name, minor in left.items() if due_on[name] < today),
            credit=max(0, self._money(today) - total),
            oldest_due=min((due_on[name] for name in left), default=None),
            charged=sorted((each.origin, each.due, each.minor) for each in charged),
        )

    def _missed(self, day: date, asked: set[str]) -> Iterator[Owed]:
        """The obligations for which this is the day that decides about a fee."""
        if not self.fee_minor or self.frozen(day):
            return
        for each in self.owed:
            if each.component is Component.PRINCIPAL and each.id not in asked:
                late = sum(not self.frozen(other) for other in _days(each.due, day))
                if late >= self.fee_after_day:
                    asked.add(each.id)
                    yield each

    def _past_due_principal(self, charged: list[Owed], day: date) -> int:
        """What is left past due, at the end of a day, of the principal that the lender says is owed."""
        left = self._remaining(charged, day)
        return sum(left[each.id] for each in self.owed if each.component is Component.PRINCIPAL and each.due <= day)

    def _remaining(self, charged: list[Owed], day: date) -> dict[str, int]:
        """What is left of everything when the money that came goes along the line."""
        line = sorted(
            (*self.owed, *charged), key=lambda each: (each.due, self.waterfall.index(each.component), each.id)
        )
        left, money = {}, self._money(day)
        for each in line:
            left[each.id] = max(0, each.minor - money)
            money = max(0, money - each.minor)
        return left

    def _money(self, day: date) -> int:
        return sum(money.minor for money in self.came if money.on <= day and money.id not in self.reversed)


def _interest(period: date | None, before: Fraction, grew: Fraction) -> list[Owed]:
    """The charge of a period: what the whole sum has grown by, a fraction of a unit left for later."""
    minor = int(before + grew) - int(before)
    if period is None or not minor:
        return []
    return [Owed(f"interest:{period}", minor, period + ONE_DAY, Component.INTEREST, "interest")]


def _days(start: date, end: date) -> Iterator[date]:
    while start < end:
        yield start
        start += ONE_DAY
