"""Interest and late fees: obligations of their own, that grow, shrink and go with what is charged."""

from __future__ import annotations

from datetime import date

from domain import events
from domain.evolving.dispatch import apply_event
from domain.money import Money
from domain.names import Component, Id
from domain.state import CaseState, Obligation, ObligationOrigin


@apply_event.register
def _(event: events.InterestCharged, state: CaseState, today: date) -> CaseState:
    for period in event.periods:
        state = _charge(state, period.charge, period.due, period.amount, ObligationOrigin.INTEREST)
    return state.model_copy(update={"charged_until": event.until})


@apply_event.register
def _(event: events.LateFeeCharged, state: CaseState, today: date) -> CaseState:
    return _charge(state, event.charge, event.due, event.amount, ObligationOrigin.LATE_FEE)


def _charge(state: CaseState, charge: Id, due: date, amount: Money, origin: ObligationOrigin) -> CaseState:
    known = next((obligation for obligation in state.obligations if obligation.id == charge), None)
    if known is None:
        component = Component.INTEREST if origin is ObligationOrigin.INTEREST else Component.FEE
        new = Obligation(id=charge, amount=amount, due=due, component=component, origin=origin)
        return state.model_copy(update={"obligations": (*state.obligations, new)})
    changed = known.model_copy(update={"amount": known.amount + amount})
    kept = (changed if obligation is known else obligation for obligation in state.obligations)
    return state.model_copy(update={"obligations": tuple(obligation for obligation in kept if obligation.amount)})
