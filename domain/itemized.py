"""The itemization of a debt as it stands now: the creditor's, and what has happened since the case opened."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from domain.balance import paid_in_all
from domain.messaging import ValidationFacts
from domain.money import Money
from domain.names import Component
from domain.state import CaseState, Obligation


def validation_facts(state: CaseState, ends_on: date) -> ValidationFacts | None:
    """What the validation notice says of the debt, or None when the creditor did not itemize it.

    amount + interest + fees + charges - paid_or_credited = owed, always.
    """
    if state.placement is None:
        return None
    itemization = state.placement.itemization
    nothing = Money.zero(state.currency)
    later = state.obligations[state.placement.obligations :]
    interest = (itemization.interest or nothing) + _added(later, Component.INTEREST, nothing)
    fees = (itemization.fees or nothing) + _added(later, Component.FEE, nothing)
    charges = _added(later, Component.PRINCIPAL, nothing)
    credited = Money.total((credit.amount for credit in state.credits), state.currency)
    before = (itemization.payments or nothing) + (itemization.credits or nothing)
    paid_or_credited = before + paid_in_all(state) + credited
    return ValidationFacts(
        as_of=itemization.as_of,
        amount=itemization.amount,
        interest=interest,
        fees=fees,
        charges=charges,
        paid_or_credited=paid_or_credited,
        owed=itemization.amount + interest + fees + charges - paid_or_credited,
        ends_on=ends_on,
    )


def _added(obligations: Iterable[Obligation], component: Component, nothing: Money) -> Money:
    added = (obligation.amount for obligation in obligations if obligation.component is component)
    return Money.total(added, nothing.currency)
