"""Stage, recall, refused messages, closing and reopening."""

from __future__ import annotations

from datetime import date

from domain import events
from domain.evolving.dispatch import apply_event
from domain.names import CloseReason
from domain.state import REFUSED_KEPT_MAX, CaseState, CaseStatus, IdlePeriod


@apply_event.register
def _(event: events.StageEntered, state: CaseState, today: date) -> CaseState:
    return state.model_copy(update={"stage": event.stage, "stage_obligation": event.obligation})


@apply_event.register
def _(event: events.Recalled, state: CaseState, today: date) -> CaseState:
    return state.model_copy(update={"recalled": True})


@apply_event.register
def _(event: events.Transferred, state: CaseState, today: date) -> CaseState:
    return state.model_copy(update={"recalled": True, "transferred_to": event.to})


@apply_event.register
def _(event: events.MessageRefused, state: CaseState, today: date) -> CaseState:
    if not event.message:
        return state
    return state.model_copy(update={"refused": (*state.refused, event.message)[-REFUSED_KEPT_MAX:]})


@apply_event.register
def _(event: events.CaseClosed, state: CaseState, today: date) -> CaseState:
    return state.model_copy(update={"status": CaseStatus.CLOSED, "closed_because": event.reason, "closed_on": today})


@apply_event.register
def _(event: events.CaseReopened, state: CaseState, today: date) -> CaseState:
    """A case that was closed as paid, and is not, goes on as if it had never closed. Any other had been given up."""
    reopened = {"status": CaseStatus.OPEN, "closed_because": None, "closed_on": None}
    if state.closed_on is None or state.closed_because is CloseReason.PAID:
        return state.model_copy(update=reopened)
    idle = IdlePeriod(since=state.closed_on, until=today)
    return state.model_copy(update={**reopened, "idle": (*state.idle, idle)})
