"""Why each contact of a case was made, waited or was dropped, told from the journal's own records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain import events
from domain.ageing import days_past_due
from domain.agreement_terms import (
    ARRANGEMENT_CONFIRMATION_STEP,
    INSTALMENT_REMINDER_STEP,
    PART_REMINDER_STEP,
    PROMISE_REMINDER_STEP,
    SETTLEMENT_CONFIRMATION_STEP,
    SETTLEMENT_STEP,
)
from domain.events import Entry, Event, Reason, StepEvent
from domain.evolve import evolve
from domain.localtime import local_date, zone_of
from domain.names import Channel
from domain.policy import HELP_STEP, RECEIPT_STEP, Policy
from domain.state import CaseState


class Became(StrEnum):
    """What became of a contact. `asked`: an agent was asked to call."""

    ASKED = "asked"

    MADE = "made"
    FAILED = "failed"
    WAITED = "waited"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Explained:
    """One record of a contact. `planned_day` and `stage` are the policy's; `because` says why it was wanted, in words.

    `reasons` are the rules that were asked then: those that allowed a contact that was made or asked for, those that
    objected to one that waited or was dropped. `until` is when one that waited goes on, or an agent's call is due.
    `days_past_due` is None for a receipt, which is about a payment.
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
        record = _record(entry.event)
        if record is not None:
            assert state is not None, "a journal starts with case_opened"
            explained.append(_explain(entry.at, record, state, policy))
        state = evolve(state, entry)
    return tuple(explained)


@dataclass(frozen=True, slots=True)
class _Record:
    """What an event says of a contact."""

    step: str
    obligation: str
    channel: Channel
    became: Became
    reasons: tuple[Reason, ...] = ()
    until: datetime | None = None
    code: str | None = None
    together: str = ""


def _explain(at: datetime, record: _Record, state: CaseState, policy: Policy | None) -> Explained:
    stage, step = next(
        (
            (stage, step)
            for stage in (policy.stages if policy else ())
            for step in stage.steps
            if step.id == record.step
        ),
        (None, None),
    )
    due = next((known.due for known in state.obligations if known.id == record.obligation), None)
    days = None if due is None else days_past_due(due, local_date(at, zone_of(state.zone)))
    named = f"{state.policy.id} v{state.policy.version}"
    planned = "" if step is None else f", planned for day {step.day}"
    instead = (
        "" if step is None or record.channel is step.channel else f", by {record.channel} instead of {step.channel}"
    )
    lateness = "" if days is None else f"; obligation {record.obligation} of {due} is {_late(days)}"
    if record.step == RECEIPT_STEP:
        because = f"receipt of policy {named}: payment {record.obligation} left nothing outstanding"
    elif record.step == HELP_STEP:
        because = f"help of policy {named}: hardship was stated in {record.obligation}"
    elif step is None and (agreed := _agreed(record, state)) is not None:
        because = f"{agreed} by policy {named}"
    else:
        because = f"step {record.step} of policy {named}{planned}{instead}{lateness}{record.together}"
    return Explained(
        at=at,
        step=record.step,
        obligation=record.obligation,
        channel=record.channel,
        became=record.became,
        policy=named,
        stage=None if stage is None else stage.id,
        planned_day=None if step is None else step.day,
        days_past_due=days,
        because=because,
        until=record.until,
        code=record.code,
        reasons=record.reasons,
    )


def _together(event: events.ContactEvent) -> str:
    """Which message said it, where one message named several accounts."""
    if event.covered_by is not None:
        return f"; told in the message of case {event.covered_by}"
    return f"; its message also names {' and '.join(event.covers)}" if event.covers else ""


def _record(event: Event) -> _Record | None:
    """None for an event that is not about a contact."""
    match event:
        case events.WorkItemOpened(call=events.CallStep() as call):
            return _Record(call.step, call.obligation, Channel.VOICE, Became.ASKED, call.allowed_by, until=event.due)
        case events.ContactMade():
            return _Record(
                event.step,
                event.obligation,
                event.channel,
                Became.MADE,
                event.allowed_by,
                together=_together(event),
            )
        case events.ContactFailed():
            return _Record(
                event.step, event.obligation, event.channel, Became.FAILED, code=event.code, together=_together(event)
            )
        case events.ContactDeferred():
            return _Record(event.step, event.obligation, event.channel, Became.WAITED, event.reasons, until=event.until)
        case events.ContactSuppressed():
            return _Record(event.step, event.obligation, event.channel, Became.DROPPED, event.reasons)
        case StepEvent():
            raise AssertionError(f"nothing explains {event.kind}: say here what it means")
        case _:
            return None


def _agreed(record: _Record, state: CaseState) -> str | None:
    """What a message beside the steps of the treatment is about; None for a step."""
    about, number = record.obligation, record.step.rpartition("-")[2]
    if record.step == PROMISE_REMINDER_STEP:
        return f"reminder of promise {about}"
    if record.step == ARRANGEMENT_CONFIRMATION_STEP:
        return f"confirmation of arrangement {about}"
    if record.step == SETTLEMENT_CONFIRMATION_STEP:
        return f"confirmation of settlement {about}"
    if record.step.startswith(INSTALMENT_REMINDER_STEP) and number.isdecimal():
        return f"reminder of instalment {number} of arrangement {about}"
    if record.step.startswith(PART_REMINDER_STEP) and number.isdecimal():
        return f"reminder of part {number} of settlement {about}"
    if any(settlement.id == about for settlement in state.settlements):
        return f"offer {record.step.removeprefix(SETTLEMENT_STEP)}, as settlement {about}, made"
    return None


def _late(days: int) -> str:
    if days > 0:
        return f"{days} {'day' if days == 1 else 'days'} past due"
    return "due today" if days == 0 else f"due in {-days} {'day' if days == -1 else 'days'}"
