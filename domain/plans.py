"""Working out a plan of instalments within a policy's limits, to the last minor unit."""

from __future__ import annotations

from datetime import date, timedelta

from domain.agreement_terms import ArrangementTerms, Interval
from domain.events import Instalment
from domain.localtime import months_after
from domain.money import Money


def propose_plan(
    owed: Money, *, terms: ArrangementTerms, least: Money, number: int, first: date
) -> tuple[Instalment, ...]:
    """Divide what is owed into so many instalments from the day `first` on, as equal as they can be.

    The odd minor units are paid first, so that the last instalment is never the largest. `least` is the policy's
    smallest instalment. Raises ValueError, which names the limit, when no such plan is within the policy's terms;
    whether its days are too late is judged when the plan is agreed.
    """
    if not 1 <= number <= terms.instalments_max:
        raise ValueError(f"the policy accepts 1 to {terms.instalments_max} instalments")
    amounts = owed.split([1] * number)
    if not owed or not amounts[-1]:
        raise ValueError(f"{owed} cannot be divided into {number} instalments")
    if any(amount < least for amount in amounts[:-1]):
        most = max(1, owed.minor // max(1, least.minor))
        raise ValueError(f"an instalment would be below {least}: at most {most} of them are possible")
    return tuple(Instalment(due=_day(first, at, terms.interval), amount=amount) for at, amount in enumerate(amounts))


def _day(first: date, at: int, interval: Interval) -> date:
    match interval:
        case Interval.WEEK | Interval.FORTNIGHT:
            return first + timedelta(days=at * interval.days_max)
        case Interval.MONTH:
            return months_after(first, at)
