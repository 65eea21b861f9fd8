"""Why each contact of a case was made, waited or was dropped, told from the journal's own records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain import events
from domain.ageing import days_past_due
from domain.events import Entry, Reason, StepEvent
from domain.evolve import evolve
from domain.localtime import local_date, zone_of
from domain.names import Channel
from domain.policy import RECEIPT_STEP, Policy
from domain.state import CaseState


class Became(StrEnum):
    """What became of a contact."""

    MADE = "made"
    FAILED = "failed"
    WAITED = "waited"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Explained:
    """One record of a contact. `planned_day` and `stage` are the policy's; `because` says why it was wanted, in words.

    `reasons` are the rules that were asked then: those that allowed a contact that was made, those that objected to
    one that waited or was dropped. `days_past_due` is None for a receipt, which is about a payment.
    """

    at: datetime
    step: str
    obligation: str
    channel: Channel
    became: Became
    policy: str
    stage: str | None
    planned_day: int | None
    days_past_due: int | None
    because: str
    until: datetime | None
    code: str | None
    reasons: tuple[Reason, ...]


def explain(entries: Sequence[Entry], policy: Policy | None) -> tuple[Explained, ...]:
    """Every contact in a whole journal, oldest first.

    `policy` is what the case is pinned to; None when the rulebook has it no more, which leaves out the planned days.
    """
    explained: list[Explained] = []
    state: CaseState | None = None
    for entry in entries:
        if isinstance(entry.event, StepEvent):
            assert state is not None, "a journal starts with case_opened"
            explained.append(_explain(entry.at, entry.event, state, policy))
        state = evolve(state, entry)
    return tuple(explained)


def _explain(at: datetime, event: StepEvent, state: CaseState, policy: Policy | None) -> Explained:
    became, channel, reasons = _record(event)
    stage, step = next(
        ((stage, step) for stage in (policy.stages if policy else ()) for step in stage.steps if step.id == event.step),
        (None, None),
    )
    due = next((known.due for known in state.obligations if known.id == event.obligation), None)
    days = None if due is None else days_past_due(due, local_date(at, zone_of(state.zone)))
    named = f"{state.policy.id} v{state.policy.version}"
    planned = "" if step is None else f", planned for day {step.day}"
    instead = "" if step is None or channel is step.channel else f", by {channel} instead of {step.channel}"
    lateness = "" if days is None else f"; obligation {event.obligation} of {due} is {_late(days)}"
    if event.step == RECEIPT_STEP:
        because = f"receipt of policy {named}: payment {event.obligation} left nothing outstanding"
    else:
        because = f"step {event.step} of policy {named}{planned}{instead}{lateness}{_together(event)}"
    return Explained(
        at=at,
        step=event.step,
        obligation=event.obligation,
        channel=channel,
        became=became,
        policy=named,
        stage=None if stage is None else stage.id,
        planned_day=None if step is None else step.day,
        days_past_due=days,
        because=because,
        until=event.until if isinstance(event, events.ContactDeferred) else None,
        code=event.code if isinstance(event, events.ContactFailed) else None,
        reasons=reasons,
    )


def _together(event: StepEvent) -> str:
    """Which message said it, where one message named several accounts."""
    if not isinstance(event, events.ContactEvent):
        return ""
    if event.covered_by is not None:
        return f"; told in the message of case {event.covered_by}"
    return f"; its message also names {' and '.join(event.covers)}" if event.covers else ""


def _record(event: StepEvent) -> tuple[Became, Channel, tuple[Reason, ...]]:
    match event:
        case events.ContactMade():
            return Became.MADE, event.channel, event.allowed_by
        case events.ContactFailed():
            return Became.FAILED, event.channel, ()
        case events.ContactDeferred():
            return Became.WAITED, event.channel, event.reasons
        case events.ContactSuppressed():
            return Became.DROPPED, event.channel, event.reasons
        case _:
            raise AssertionError(f"nothing explains {event.kind}: say here what it means")


def _late(days: int) -> str:
    if days > 0:
        return f"{days} {'day' if days == 1 else 'days'} past due"
    return "due today" if days == 0 else f"due in {-days} {'day' if days == -1 else 'days'}"
