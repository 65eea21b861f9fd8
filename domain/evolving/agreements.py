"""Promises to pay."""

from __future__ import annotations

from datetime import date

from domain import events
from domain.balance import paid_in_all
from domain.evolving.dispatch import apply_event
from domain.state import CaseState, Promise, PromiseStatus


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
def _(event: events.PromiseBroken, state: CaseState, today: date) -> CaseState:
    return _settle_promise(state, event.promise, PromiseStatus.BROKEN)
