"""The figures of a portfolio in one currency, added up case by case. Formulas: docs/report.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import pairwise

from domain.money import Money
from domain.names import Channel
from domain.portfolio.buckets import Bucket
from domain.portfolio.case_history import CaseHistory, months_between


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole, in cases, calls or minor units."""

    part: int
    whole: int

    @property
    def percent(self) -> Decimal | None:
        """With one decimal place; None of nothing."""
        return None if not self.whole else (Decimal(self.part) * 100 / self.whole).quantize(Decimal("0.1"))


@dataclass(frozen=True, slots=True)
class BucketLine:
    bucket: Bucket
    cases: int
    outstanding: Money


@dataclass(frozen=True, slots=True)
class Roll:
    """What became within a month of the cases that began it in a bucket."""

    month: date
    origin: Bucket
    destination: Bucket
    cases: Share
    balance: Share


@dataclass(frozen=True, slots=True)
class CureLine:
    """Of the cases that were past due when a month began, those that ended it current or paid."""

    month: date
    cases: Share
    balance: Share


@dataclass(frozen=True, slots=True)
class Cohort:
    """The cases that were placed in one month. `collected` adds up from the month of placement on."""

    month: date
    cases: int
    placed: Money
    collected: tuple[Money, ...]

    def liquidation(self, months: int) -> Share:
        """What was collected through so many months after that of placement, of what was placed."""
        return Share(self.collected[months].minor, self.placed.minor)


@dataclass(frozen=True, slots=True)
class ContactLine:
    channel: Channel
    contacts: int
    cost: Money | None


@dataclass(slots=True)
class PortfolioReport:
    """Add each case with `add`, then read the tables. `unit_costs` are what one contact of a channel costs."""

    currency: str
    as_of: date
    unit_costs: Mapping[Channel, Money] = field(default_factory=dict)
    cases: int = 0
    _now: Counter[Bucket] = field(default_factory=Counter)
    _outstanding: Counter[Bucket] = field(default_factory=Counter)
    _rolled_cases: Counter[tuple[date, Bucket, Bucket]] = field(default_factory=Counter)
    _rolled_balance: Counter[tuple[date, Bucket, Bucket]] = field(default_factory=Counter)
    _placed_cases: Counter[date] = field(default_factory=Counter)
    _placed: Counter[date] = field(default_factory=Counter)
    _collected: Counter[tuple[date, int]] = field(default_factory=Counter)
    _contacts: Counter[Channel] = field(default_factory=Counter)
    _promises_kept: int = 0
    _promises_settled: int = 0
    _calls: int = 0
    _conversations: int = 0

    def add(self, case: CaseHistory) -> None:
        """Count one case in. It must be in the report's currency."""
        assert case.currency == self.currency, "each currency has a report of its own"
        assert case.now is not None, "a history is read up to a day"
        self.cases += 1
        self._now[case.now.bucket] += 1
        self._outstanding[case.now.bucket] += case.now.outstanding.minor
        for start, end in pairwise(case.month_ends):
            key = (end.on.replace(day=1), start.bucket, end.bucket)
            self._rolled_cases[key] += 1
            self._rolled_balance[key] += start.outstanding.minor
        placed_in = case.placed_on.replace(day=1)
        self._placed_cases[placed_in] += 1
        self._placed[placed_in] += case.placed.minor
        for month, collected in case.collected.items():
            self._collected[placed_in, month] += collected.minor
        self._contacts.update(case.contacts)
        self._promises_kept += case.promises_kept
        self._promises_settled += case.promises_kept + case.promises_not_kept
        self._calls += case.calls
        self._conversations += case.conversations

    @property
    def buckets(self) -> tuple[BucketLine, ...]:
        return tuple(
            BucketLine(bucket, self._now[bucket], Money(self._outstanding[bucket], self.currency)) for bucket in Bucket
        )

    @property
    def rolls(self) -> tuple[Roll, ...]:
        """By month, bucket at its beginning and bucket at its end. What had ended before is left out."""
        cases, balance = self._by_origin(self._rolled_cases), self._by_origin(self._rolled_balance)
        order = list(Bucket)
        return tuple(
            Roll(
                month=month,
                origin=origin,
                destination=destination,
                cases=Share(count, cases[month, origin]),
                balance=Share(self._rolled_balance[month, origin, destination], balance[month, origin]),
            )
            for (month, origin, destination), count in sorted(
                self._rolled_cases.items(), key=lambda item: (item[0][0], *map(order.index, item[0][1:]))
            )
            if origin not in {Bucket.PAID, Bucket.ENDED}
        )

    @property
    def cures(self) -> tuple[CureLine, ...]:
        months = sorted({month for month, origin, _ in self._rolled_cases if origin.is_past_due})
        return tuple(
            CureLine(month, self._cured(self._rolled_cases, month), self._cured(self._rolled_balance, month))
            for month in months
        )

    @property
    def promises(self) -> Share:
        """Promises kept, of those that were kept or not."""
        return Share(self._promises_kept, self._promises_settled)

    @property
    def right_party_contacts(self) -> Share:
        """Calls that came to a conversation, of all that were placed."""
        return Share(self._conversations, self._calls)

    @property
    def cohorts(self) -> tuple[Cohort, ...]:
        return tuple(self._cohort(month) for month in sorted(self._placed_cases))

    @property
    def contacts(self) -> tuple[ContactLine, ...]:
        return tuple(
            ContactLine(channel, count, self._cost(channel, count))
            for channel in Channel
            if (count := self._contacts[channel])
        )

    @property
    def collected(self) -> Money:
        """Payments net of reversals, over all cases and months."""
        return Money(sum(self._collected.values()), self.currency)

    @property
    def cost(self) -> Money | None:
        """What the contacts cost; None where no unit cost is known."""
        known = [line.cost for line in self.contacts if line.cost is not None]
        return Money.total(known, self.currency) if known else None

    @property
    def cost_per_unit_collected(self) -> Decimal | None:
        """Cost in major units for one major unit that came in, to four decimal places."""
        cost = self.cost
        if cost is None or self.collected.minor <= 0:
            return None
        return (Decimal(cost.minor) / self.collected.minor).quantize(Decimal("0.0001"))

    def _by_origin(self, rolled: Counter[tuple[date, Bucket, Bucket]]) -> Counter[tuple[date, Bucket]]:
        sums: Counter[tuple[date, Bucket]] = Counter()
        for (month, origin, _), amount in rolled.items():
            sums[month, origin] += amount
        return sums

    def _cured(self, rolled: Counter[tuple[date, Bucket, Bucket]], month: date) -> Share:
        of_month = [(key, amount) for key, amount in rolled.items() if key[0] == month and key[1].is_past_due]
        cured = sum(amount for key, amount in of_month if key[2] in {Bucket.CURRENT, Bucket.PAID})
        return Share(cured, sum(amount for _, amount in of_month))

    def _cohort(self, month: date) -> Cohort:
        sums = []
        so_far = 0
        for later in range(months_between(month, self.as_of) + 1):
            so_far += self._collected[month, later]
            sums.append(Money(so_far, self.currency))
        return Cohort(month, self._placed_cases[month], Money(self._placed[month], self.currency), tuple(sums))

    def _cost(self, channel: Channel, contacts: int) -> Money | None:
        unit = self.unit_costs.get(channel)
        return None if unit is None else Money(unit.minor * contacts, self.currency)
