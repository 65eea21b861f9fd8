"""Stage, recall, refused messages, closing and reopening."""

from __future__ import annotations

from datetime import date

from domain import events
from domain.evolving.dispatch import apply_event
from domain.state import REFUSED_KEPT_MAX, CaseState, CaseStatus


@apply_event.register
def _(event: events.StageEntered, state: CaseState, today: date) -> CaseState:
    return state.model_copy(update={"stage": event.stage, "stage_obligation": event.obligation})


@apply_event.register
def _(event: events.Recalled, state: CaseState, today: date) -> CaseState:
    return state.model_copy(update={"recalled": True})


@apply_event.register
def _(event: events.MessageRefused, state: CaseState, today: date) -> CaseState:
    if not event.message:
        return state
    return state.model_copy(update={"refused": (*state.refused, event.message)[-REFUSED_KEPT_MAX:]})


@apply_event.register
def _(event: events.CaseClosed, state: CaseState, today: date) -> CaseState:
    return state.model_copy(update={"status": CaseStatus.CLOSED, "closed_because": event.reason})


@apply_event.register
def _(event: events.CaseReopened, state: CaseState, today: date) -> CaseState:
    return state.model_copy(update={"status": CaseStatus.OPEN, "closed_because": None})
