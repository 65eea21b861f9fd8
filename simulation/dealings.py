"""What people and agents come to in several acts: a plan and its instalments, a settlement, a dispute and its answer.

How it goes on is left to chance: they pay, or once too few; the payment bounces, the plan is changed, or all is paid.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from domain.currency import exponent_of
from domain.money import Money
from domain.policy import Policy
from simulation.raw import raw_money
from simulation.story import Act, ActKind, Deed, RawMessage

_MINUTES_A_DAY = 24 * 60
_MONTH_DAYS = 30


def make_dealings(random: Random, policy: Policy, days: int) -> list[Deed]:
    """Up to two of them. `days` is how long the life is."""
    if random.random() < 0.4:
        return []
    tell = _Teller(random, policy, days)
    agreements = [tell.plan] * 3 if policy.arrangement is not None else []
    agreements += [tell.settlement] * 3 if policy.settlement is not None else []
    dealings = [*agreements, tell.promise, tell.promise, tell.work, tell.dispute, tell.complaint]
    return [deed for _ in range(random.choice((1, 1, 2))) for deed in random.choice(dealings)()]


class _Teller:
    def __init__(self, random: Random, policy: Policy, days: int) -> None:
        self._random = random
        self._policy = policy
        self._days = days
        self._said = 0

    def plan(self) -> Iterator[Deed]:
        """Instalments are a month apart: most are paid some days before, some are not."""
        number = self._random.choice((1, 2, 3, 4, 6, 12))
        day = self._early()
        yield self._act(day, ActKind.AGREE, number)
        yield from self._pay_monthly(day, number)
        if self._random.random() < 0.2:
            yield self._act(day + self._random.randrange(1, 60), ActKind.AGREE, self._random.choice((2, 5)))

    def settlement(self) -> Iterator[Deed]:
        """Asked for by an agent, or on its own day; some take the offer too late, or not at all."""
        day, number = self._early(), self._random.choice((1, 1, 2, 3))
        yield self._act(day, ActKind.ASK_FOR_OFFER)
        if self._random.random() < 0.85:
            day += self._random.choice((0, 1, 3, 20))
            yield self._act(day, ActKind.ACCEPT_OFFER, number)
            yield from self._pay_monthly(day + 3 - _MONTH_DAYS, number)
        if self._random.random() < 0.2:
            # Money that is no longer owed, after the case has closed, and then the payment of it bounces.
            day += number * _MONTH_DAYS
            yield from self.dispute(day)
            yield self._act(day + 25, ActKind.TAKE_BACK_PAYMENT)

    def promise(self) -> Iterator[Deed]:
        day, number = self._early(), self._random.randrange(1, 28)
        yield self._act(day, ActKind.PROMISE, number)
        if self._random.random() < 0.5:
            yield self._act(day + self._random.randrange(number + 2), ActKind.PAY_WHAT_IS_AGREED)

    def work(self) -> Iterator[Deed]:
        for _ in range(self._random.choice((1, 3))):
            yield self._act(self._random.randrange(self._days), ActKind.FINISH_WORK, self._random.randrange(4))

    def dispute(self, day: int | None = None) -> Iterator[Deed]:
        """About all of the debt or a part of it. Some have their hold lifted before they are decided."""
        opened = self._early() if day is None else day
        part = {"amount": raw_money(self._part())} if self._random.random() < 0.6 else {}
        yield self._deed(opened, "dispute_opened", category="amount", in_writing=True, **part)
        if self._random.random() < 0.3:
            yield self._deed(opened + self._random.randrange(1, 5), "hold_lifted", hold="dispute")
        if self._random.random() < 0.8:
            decided = opened + self._random.randrange(5, 20)
            outcome = self._random.randrange(2)
            yield self._act(decided, self._random.choice((ActKind.DECIDE_DISPUTE, ActKind.FINISH_WORK)), outcome)

    def complaint(self) -> Iterator[Deed]:
        day = self._early()
        yield self._deed(day, "complaint_opened", category="conduct", owner="team-1")
        if self._random.random() < 0.8:
            yield self._act(day + self._random.randrange(1, 70), ActKind.ANSWER_COMPLAINT, self._random.randrange(4))

    def _pay_monthly(self, day: int, number: int) -> Iterator[Deed]:
        paid = number if self._random.random() < 0.6 else self._random.randrange(number + 1)
        for month in range(1, paid + 1):
            yield self._act(day + month * _MONTH_DAYS - self._random.choice((0, 0, 2)), ActKind.PAY_WHAT_IS_AGREED)
        last = day + paid * _MONTH_DAYS
        if self._random.random() < 0.25:
            yield self._act(last + self._random.randrange(1, 20), ActKind.TAKE_BACK_PAYMENT)
        if self._random.random() < 0.1:
            yield self._act(last + self._random.randrange(1, 20), ActKind.PAY_EVERYTHING)

    def _early(self) -> int:
        """In the first half, so that there is time to keep to it."""
        return self._random.randrange(max(1, self._days // 2))

    def _part(self) -> Money:
        unit = 10 ** exponent_of(self._policy.currency)
        return Money(self._random.randrange(unit, 400 * unit), self._policy.currency)

    def _act(self, day: int, kind: ActKind, number: int = 1) -> Deed:
        return self._on(day, Act(kind, self._id(), number))

    def _deed(self, day: int, kind: str, **said: Any) -> Deed:
        return self._on(day, (kind, {"id": self._id(), **said}))

    def _id(self) -> str:
        self._said += 1
        return f"a-{self._said}"

    def _on(self, day: int, message: RawMessage | Act) -> Deed:
        """At some hour of the day's work."""
        minute = min(max(day, 0), self._days - 1) * _MINUTES_A_DAY + self._random.randrange(8 * 60, 18 * 60)
        late = self._random.choice((0, 0, 0, 1, 240))
        return Deed(minute, message, late, twice=self._random.random() < 0.1)
