"""Obligations, payments and credits."""

from __future__ import annotations

from datetime import date
from typing import Any

from domain import events
from domain.evolving.agreements import reopen_arrangement
from domain.evolving.dispatch import apply_event
from domain.names import Component
from domain.state import CaseState, Credit, CreditKind, Obligation, Payment


@apply_event.register
def _(event: events.PaymentReceived, state: CaseState, today: date) -> CaseState:
    payment = Payment(id=event.id, amount=event.amount, on=today)
    return state.model_copy(update={"payments": (*state.payments, payment)})


@apply_event.register
def _(event: events.PaymentReversed, state: CaseState, today: date) -> CaseState:
    payment = next(payment for payment in state.payments if payment.id == event.payment)
    gone = payment.model_copy(update={"reversed_because": event.reason})
    payments = tuple(gone if other is payment else other for other in state.payments)
    in_order = [applied.id for applied in state.applied]
    promises = tuple(
        promise.model_copy(update={"paid_before": promise.paid_before - payment.amount})
        if in_order.index(payment.id) < in_order.index(promise.id)
        else promise
        for promise in state.promises
    )
    reversed_state = state.model_copy(update={"payments": payments, "promises": promises})
    return reopen_arrangement(reversed_state, payment.id, today)


@apply_event.register
def _(event: events.ObligationDue, state: CaseState, today: date) -> CaseState:
    obligation = Obligation(id=event.id, amount=event.amount, due=event.due, component=event.component)
    return state.model_copy(update={"obligations": (*state.obligations, obligation)})


_COMPONENT_OF_CHARGE = {
    events.AdjustmentReason.FEE: Component.FEE,
    events.AdjustmentReason.INTEREST: Component.INTEREST,
    events.AdjustmentReason.LEGAL_COST: Component.FEE,
}


@apply_event.register
def _(event: events.BalanceAdjusted, state: CaseState, today: date) -> CaseState:
    if event.amount.minor < 0:
        is_written_off = event.reason is events.AdjustmentReason.WRITE_OFF
        kind = CreditKind.WRITE_OFF if is_written_off else CreditKind.ADJUSTMENT
        credit = Credit(id=event.id, amount=-event.amount, on=today, kind=kind)
        return state.model_copy(update={"credits": (*state.credits, credit)})
    charge = Obligation(
        id=event.id,
        amount=event.amount,
        due=event.due or today,
        component=_COMPONENT_OF_CHARGE.get(event.reason, Component.PRINCIPAL),
    )
    changes: dict[str, Any] = {"obligations": (*state.obligations, charge)}
    if event.reason is events.AdjustmentReason.LEGAL_COST:
        changes["legal_costs"] = (*state.legal_costs, event.id)
    return state.model_copy(update=changes)
