"""Holds, disputes, complaints, and what people say of their situation."""

from __future__ import annotations

from datetime import date

from domain import events
from domain.balance import total_charged, total_settling
from domain.evolving.dispatch import apply_event
from domain.holds import disputed_part
from domain.lifting import is_meant
from domain.money import Money
from domain.names import HoldKind
from domain.state import CaseState, Complaint, Dispute, Hardship, Hold


def _place_hold(state: CaseState, hold: Hold) -> CaseState:
    return state.model_copy(update={"holds": (*state.holds, hold)})


def _end_hold(hold: Hold, day: date) -> Hold:
    """A hold that has ended keeps the days that it covered: paused days are never taken back."""
    if hold.ends_on is not None and hold.ends_on <= day:
        return hold
    return hold.model_copy(update={"ends_on": day})


def _end_by_id(state: CaseState, kinds: set[HoldKind], hold_id: str, day: date) -> CaseState:
    holds = (_end_hold(hold, day) if hold.kind in kinds and hold.id == hold_id else hold for hold in state.holds)
    return state.model_copy(update={"holds": tuple(holds)})


@apply_event.register
def _(event: events.HoldPlaced, state: CaseState, today: date) -> CaseState:
    since = today if event.since is None else event.since
    return _place_hold(
        state,
        Hold(id=event.id, kind=event.hold, placed_on=since, ends_on=event.until, alone=event.only_this_account),
    )


@apply_event.register
def _(event: events.HoldLifted, state: CaseState, today: date) -> CaseState:
    day = today if event.until is None else event.until
    holds = tuple(_end_hold(hold, day) if is_meant(event, hold) else hold for hold in state.holds)
    return state.model_copy(update={"holds": holds})


@apply_event.register
def _(event: events.HoldEndSet, state: CaseState, today: date) -> CaseState:
    return _end_by_id(state, set(HoldKind), event.hold, event.until)


@apply_event.register
def _(event: events.DisputeOpened, state: CaseState, today: date) -> CaseState:
    notice = state.validation_notice
    dispute = Dispute(
        id=event.id,
        category=event.category,
        amount=event.amount,
        opened_on=today,
        repeats=event.repeats,
        in_validation_period=event.in_writing and notice is not None and notice.runs_on(today),
    )
    state = state.model_copy(update={"disputes": (*state.disputes, dispute)})
    if event.repeats is not None:
        return state
    part = _part_of_the_debt(event.amount, state, today)
    return _place_hold(state, Hold(id=event.id, kind=HoldKind.DISPUTE, placed_on=today, ends_on=None, amount=part))


def _part_of_the_debt(amount: Money | None, state: CaseState, today: date) -> Money | None:
    """The amount, or None where with what is disputed already it leaves nothing: then the whole debt is."""
    if amount is None:
        return None
    owed = total_charged(state) - total_settling(state)
    return amount if disputed_part(state, today) + amount < owed else None


@apply_event.register
def _(event: events.DisputeResolved, state: CaseState, today: date) -> CaseState:
    disputes = (
        dispute.model_copy(update={"outcome": event.outcome}) if dispute.id == event.dispute else dispute
        for dispute in state.disputes
    )
    state = state.model_copy(update={"disputes": tuple(disputes)})
    return _end_by_id(state, {HoldKind.DISPUTE}, event.dispute, today)


@apply_event.register
def _(event: events.ComplaintOpened, state: CaseState, today: date) -> CaseState:
    complaint = Complaint(id=event.id, category=event.category, owner=event.owner, opened_on=today)
    state = state.model_copy(update={"complaints": (*state.complaints, complaint)})
    return _place_hold(state, Hold(id=event.id, kind=HoldKind.COMPLAINT, placed_on=today, ends_on=None))


@apply_event.register
def _(event: events.ComplaintResolved, state: CaseState, today: date) -> CaseState:
    """Its hold goes on where it may still be taken further: law says until when."""
    complaints = (
        complaint.model_copy(update={"outcome": event.outcome}) if complaint.id == event.complaint else complaint
        for complaint in state.complaints
    )
    state = state.model_copy(update={"complaints": tuple(complaints)})
    if event.outcome.can_go_to_the_ombudsman:
        return state
    return _end_by_id(state, {HoldKind.COMPLAINT}, event.complaint, today)


@apply_event.register
def _(event: events.HardshipStated, state: CaseState, today: date) -> CaseState:
    hardship = Hardship(id=event.id, affordable=event.affordable, stated_on=today)
    state = state.model_copy(update={"hardships": (*state.hardships, hardship)})
    return _place_hold(state, Hold(id=event.id, kind=HoldKind.HARDSHIP, placed_on=today, ends_on=None))


@apply_event.register
def _(event: events.VulnerabilityStated, state: CaseState, today: date) -> CaseState:
    return _place_hold(state, Hold(id=event.id, kind=HoldKind.VULNERABILITY, placed_on=today, ends_on=None))
