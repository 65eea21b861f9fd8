"""Promises to pay, arrangements and settlements. At most one is in force: what weighs more takes the other's place."""

from __future__ import annotations

from datetime import date

from domain import events
from domain.agreed import Arrangement, ArrangementStatus, Settlement, SettlementStatus
from domain.agreements import accepted_settlement, plan_of
from domain.balance import paid_in_all, total_charged, total_settling
from domain.evolving.dispatch import apply_event
from domain.state import CaseState, Credit, CreditKind, Promise, PromiseStatus


@apply_event.register
def _(event: events.PromiseMade, state: CaseState, today: date) -> CaseState:
    promise = Promise(id=event.id, amount=event.amount, due=event.due, made_on=today, paid_before=paid_in_all(state))
    return state.model_copy(update={"promises": (*state.promises, promise)})


def _settle_promise(state: CaseState, promise_id: str, status: PromiseStatus) -> CaseState:
    promises = tuple(
        promise.model_copy(update={"status": status}) if promise.id == promise_id else promise
        for promise in state.promises
    )
    return state.model_copy(update={"promises": promises})


@apply_event.register
def _(event: events.PromiseKept, state: CaseState, today: date) -> CaseState:
    return _settle_promise(state, event.promise, PromiseStatus.KEPT)


@apply_event.register
def _(event: events.PromisePartlyKept, state: CaseState, today: date) -> CaseState:
    return _settle_promise(state, event.promise, PromiseStatus.PARTLY_KEPT)


@apply_event.register
def _(event: events.PromiseBroken, state: CaseState, today: date) -> CaseState:
    return _settle_promise(state, event.promise, PromiseStatus.BROKEN)


def _supersede(state: CaseState, today: date) -> CaseState:
    """The promise and the arrangement in force give way to what is agreed now."""
    promises = tuple(
        promise.model_copy(update={"status": PromiseStatus.SUPERSEDED})
        if promise.status is PromiseStatus.OPEN
        else promise
        for promise in state.promises
    )
    arrangements = tuple(
        arrangement.model_copy(update={"status": ArrangementStatus.SUPERSEDED, "ended_on": today})
        if arrangement.status is ArrangementStatus.IN_FORCE
        else arrangement
        for arrangement in state.arrangements
    )
    return state.model_copy(update={"promises": promises, "arrangements": arrangements})


@apply_event.register
def _(event: events.ArrangementAgreed, state: CaseState, today: date) -> CaseState:
    arrangement = Arrangement(
        id=event.id,
        instalments=event.instalments,
        agreed_on=today,
        agreed_by=event.agreed_by,
        payments_before=len(state.payments),
    )
    state = _supersede(state, today)
    return state.model_copy(update={"arrangements": (*state.arrangements, arrangement)})


def _end_arrangement(state: CaseState, arrangement_id: str, status: ArrangementStatus, today: date) -> CaseState:
    arrangements = tuple(
        arrangement.model_copy(update={"status": status, "ended_on": today})
        if arrangement.id == arrangement_id
        else arrangement
        for arrangement in state.arrangements
    )
    return state.model_copy(update={"arrangements": arrangements})


@apply_event.register
def _(event: events.ArrangementBroken, state: CaseState, today: date) -> CaseState:
    return _end_arrangement(state, event.arrangement, ArrangementStatus.BROKEN, event.since or today)


@apply_event.register
def _(event: events.ArrangementCompleted, state: CaseState, today: date) -> CaseState:
    return _end_arrangement(state, event.arrangement, ArrangementStatus.COMPLETED, today)


@apply_event.register
def _(event: events.SettlementRequested, state: CaseState, today: date) -> CaseState:
    return state.model_copy(update={"settlement_requested": event.offer})


@apply_event.register
def _(event: events.SettlementOffered, state: CaseState, today: date) -> CaseState:
    settlement = Settlement(
        id=event.settlement,
        offer=event.offer,
        amount=event.amount,
        forgiven=event.outstanding - event.amount,
        offered_on=today,
        expires_on=event.expires_on,
        payments_before=len(state.payments),
    )
    return state.model_copy(update={"settlements": (*state.settlements, settlement), "settlement_requested": None})


@apply_event.register
def _(event: events.SettlementAccepted, state: CaseState, today: date) -> CaseState:
    state = _supersede(state, today)
    settlements = tuple(
        settlement.model_copy(
            update={
                "status": SettlementStatus.ACCEPTED,
                "accepted_on": today,
                "parts": event.parts or (events.Instalment(due=settlement.expires_on, amount=settlement.amount),),
            }
        )
        if settlement.offer == event.offer and settlement.status is SettlementStatus.OFFERED
        else settlement
        for settlement in state.settlements
    )
    return state.model_copy(update={"settlements": settlements})


def _end_settlement(state: CaseState, settlement_id: str, status: SettlementStatus, today: date) -> CaseState:
    settlements = tuple(
        settlement.model_copy(update={"status": status, "ended_on": settlement.ended_on or today})
        if settlement.id == settlement_id
        else settlement
        for settlement in state.settlements
    )
    return state.model_copy(update={"settlements": settlements})


@apply_event.register
def _(event: events.SettlementCompleted, state: CaseState, today: date) -> CaseState:
    state = _end_settlement(state, event.settlement, SettlementStatus.COMPLETED, today)
    if not event.written_off:
        return state
    discount = Credit(id=event.settlement, amount=event.written_off, on=today, kind=CreditKind.SETTLEMENT_DISCOUNT)
    return state.model_copy(update={"credits": (*state.credits, discount)})


@apply_event.register
def _(event: events.SettlementLapsed, state: CaseState, today: date) -> CaseState:
    """What had been written off is owed again."""
    state = _end_settlement(state, event.settlement, SettlementStatus.LAPSED, event.since or today)
    kept = tuple(credit for credit in state.credits if credit.id != event.settlement)
    return state.model_copy(update={"credits": kept})


def reopen_arrangement(state: CaseState, payment_id: str, today: date) -> CaseState:
    """A payment did not stand: the latest arrangement, if that had completed it, is in force again as far as unpaid.

    Not while nothing is owed, nor where a settlement has taken its place since. A promise that was made since gives
    way to it. `domain.arrangement_follow_ups` then finds it kept or broken, as if the payment had never come.
    """
    latest = state.arrangements[-1] if state.arrangements else None
    if latest is None or latest.status is not ArrangementStatus.COMPLETED:
        return state
    counted = any(payment.id == payment_id for payment in state.payments[latest.payments_before :])
    is_owed = total_charged(state) > total_settling(state)
    if not counted or plan_of(state, latest).is_paid or not is_owed or accepted_settlement(state) is not None:
        return state
    state = _supersede(state, today)
    reopened = latest.model_copy(update={"status": ArrangementStatus.IN_FORCE, "ended_on": None})
    return state.model_copy(update={"arrangements": (*state.arrangements[:-1], reopened)})
