"""What is owed: derived from obligations, payments and credits each time, never counted up, so that it can't drift.

Money moves by pouring: everything paid or credited settles the obligations in order of due date, and within one date
in the order of the policy's waterfall. What is left over is a credit that is reported, never swallowed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from domain.money import Money
from domain.names import Component, Id
from domain.state import CaseState, Credit, Obligation, Payment
from domain.value import Value


@dataclass(frozen=True, slots=True)
class Allocation:
    """One obligation with what has been settled of it."""

    obligation: Obligation
    settled: Money

    @property
    def remaining(self) -> Money:
        return self.obligation.amount - self.settled


@dataclass(frozen=True, slots=True)
class Balance:
    """Where the money stands on a day. outstanding - credit = obligations - payments - credits, always."""

    outstanding: Money
    past_due: Money
    credit: Money
    allocations: tuple[Allocation, ...]

    @property
    def open(self) -> tuple[Allocation, ...]:
        """The obligations that are not settled in full, oldest first."""
        return tuple(allocation for allocation in self.allocations if allocation.remaining)

    @property
    def oldest_unpaid(self) -> Obligation | None:
        return next((allocation.obligation for allocation in self.allocations if allocation.remaining), None)


class Settled(Value):
    """What something that happened settled of an obligation; negative where it took back what had been settled."""

    obligation: Id
    amount: Money


def settled_between(before: Balance, after: Balance) -> tuple[Settled, ...]:
    """What of each obligation is settled after something happened that was not before, oldest first."""
    earlier = {allocation.obligation.id: allocation.settled for allocation in before.allocations}
    changes = (
        Settled(
            obligation=allocation.obligation.id,
            amount=allocation.settled - earlier.get(allocation.obligation.id, Money.zero(allocation.settled.currency)),
        )
        for allocation in after.allocations
    )
    return tuple(change for change in changes if change.amount)


def settled_by(state: CaseState, message: Id, waterfall: Sequence[Component]) -> tuple[Settled, ...]:
    """What a payment or credit that was applied settles as things stand, beyond all money that came before it."""
    amounts = {payment.id: payment.amount for payment in state.payments if payment.reversed_because is None}
    amounts |= {credit.id: credit.amount for credit in state.credits}
    if message not in amounts:
        return ()
    in_order = [applied.id for applied in state.applied]
    later = {other for other in in_order[in_order.index(message) + 1 :] if other in amounts}
    with_it = Money.total((amount for other, amount in amounts.items() if other not in later), state.currency)
    return settled_between(
        settle(state.obligations, with_it - amounts[message], waterfall, date.max),
        settle(state.obligations, with_it, waterfall, date.max),
    )


def money_of(state: CaseState) -> tuple[tuple[Obligation, ...], tuple[Payment, ...], tuple[Credit, ...]]:
    """Everything that a case's balance is worked out from."""
    return state.obligations, state.payments, state.credits


def paid_in_all(state: CaseState) -> Money:
    """All payments that stand."""
    return Money.total(
        (payment.amount for payment in state.payments if payment.reversed_because is None), state.currency
    )


def total_charged(state: CaseState) -> Money:
    """Everything that was ever owed: opening obligations, later ones and charges."""
    return Money.total((obligation.amount for obligation in state.obligations), state.currency)


def total_settling(state: CaseState) -> Money:
    """Everything that settles obligations: payments that stand, and credits."""
    return paid_in_all(state) + Money.total((credit.amount for credit in state.credits), state.currency)


def balance_of(state: CaseState, waterfall: Sequence[Component], on: date) -> Balance:
    """The account's balance. What falls due on `on` itself is not yet past due."""
    return settle(state.obligations, total_settling(state), waterfall, on)


def settle(obligations: Iterable[Obligation], pool: Money, waterfall: Sequence[Component], on: date) -> Balance:
    """Pour a pool of money over obligations in its currency. What falls due on `on` itself is not yet past due."""
    ranks = {component: rank for rank, component in enumerate(waterfall)}
    in_order = sorted(obligations, key=lambda obligation: (obligation.due, ranks[obligation.component], obligation.id))
    currency = pool.currency
    allocations = []
    for obligation in in_order:
        settled = min(pool, obligation.amount)
        pool -= settled
        allocations.append(Allocation(obligation, settled))
    return Balance(
        outstanding=Money.total((allocation.remaining for allocation in allocations), currency),
        past_due=Money.total(
            (allocation.remaining for allocation in allocations if allocation.obligation.due < on), currency
        ),
        credit=pool,
        allocations=tuple(allocations),
    )
