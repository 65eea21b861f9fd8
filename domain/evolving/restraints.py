"""Holds and disputes."""

from __future__ import annotations

from datetime import date

from domain import events
from domain.evolving.dispatch import apply_event
from domain.names import HoldKind
from domain.state import CaseState, Hold


def _place_hold(state: CaseState, hold: Hold) -> CaseState:
    return state.model_copy(update={"holds": (*state.holds, hold)})


def _end_hold(hold: Hold, today: date) -> Hold:
    """A hold that ends today keeps the days that it covered: paused days are never taken back."""
    if hold.ends_on is not None and hold.ends_on <= today:
        return hold
    return hold.model_copy(update={"ends_on": today})


@apply_event.register
def _(event: events.HoldPlaced, state: CaseState, today: date) -> CaseState:
    return _place_hold(state, Hold(id=event.id, kind=event.hold, placed_on=today, ends_on=event.until))


@apply_event.register
def _(event: events.HoldLifted, state: CaseState, today: date) -> CaseState:
    holds = tuple(_end_hold(hold, today) if hold.kind is event.hold else hold for hold in state.holds)
    return state.model_copy(update={"holds": holds})


@apply_event.register
def _(event: events.DisputeOpened, state: CaseState, today: date) -> CaseState:
    return _place_hold(state, Hold(id=event.id, kind=HoldKind.DISPUTE, placed_on=today, ends_on=None))


@apply_event.register
def _(event: events.DisputeResolved, state: CaseState, today: date) -> CaseState:
    holds = tuple(
        _end_hold(hold, today) if hold.kind is HoldKind.DISPUTE and hold.id == event.dispute else hold
        for hold in state.holds
    )
    return state.model_copy(update={"holds": holds})
