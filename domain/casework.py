"""What is done with messages when they reach a case: judge each, journal it, and say what it did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from domain import events
from domain.accept import is_duplicate, parse_message, refusal_of
from domain.balance import Settled, balance_of, money_of, settled_between, settled_by
from domain.consequences import happen
from domain.events import Entry, Message
from domain.evolve import evolve
from domain.localtime import local_date, zone_of
from domain.policy import Policy
from domain.refusals import Refusal, Situation
from domain.state import CaseState, CaseStatus


class AnswerStatus(StrEnum):
    APPLIED = "applied"
    DUPLICATE = "duplicate"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Judged:
    """One message, what became of it, why not, and what it settled of which obligation."""

    message_id: str
    status: AnswerStatus
    message: Message | None = None
    refusal: Refusal | None = None
    settled: tuple[Settled, ...] = ()


@dataclass(frozen=True, slots=True)
class Received:
    """The case after a batch of messages, the journal entries they made, and one judgement for each, in their order."""

    state: CaseState
    entries: tuple[Entry, ...]
    judged: tuple[Judged, ...]


def receive(state: CaseState, messages: Sequence[tuple[str, Any]], policy: Policy, now: datetime) -> Received:
    """Take messages, as (kind, unchecked JSON), into a case at a business instant, with all that follows from each.

    Money that arrives or is taken back after closing reopens the case while something is owed, unless the lender
    has recalled it.
    """
    entries: list[Entry] = []
    judged: list[Judged] = []
    for kind, payload in messages:
        before = state
        verdict, made = _receive_one(state, kind, payload, policy, now)
        for entry in made:
            state, caused = happen(state, entry)
            entries.extend(caused)
        if made and money_of(state) != money_of(before):
            verdict = replace(verdict, settled=_settled(before, state, policy, now))
        judged.append(verdict)
        if verdict.status is AnswerStatus.APPLIED and _must_reopen(state, verdict.message, policy, now):
            reopening = Entry(at=now, event=events.CaseReopened())
            state = evolve(state, reopening)
            entries.append(reopening)
    return Received(state, tuple(entries), tuple(judged))


def _receive_one(
    state: CaseState, kind: str, payload: Any, policy: Policy, now: datetime
) -> tuple[Judged, tuple[Entry, ...]]:
    parsed = parse_message(kind, payload)
    if isinstance(parsed, Refusal):
        return _refuse(state, kind, _readable_id(payload), parsed, now)
    today = local_date(now, zone_of(state.zone))
    situation = Situation(state, policy, balance_of(state, policy.waterfall, today), today, now)
    refusal = refusal_of(parsed, situation)
    if refusal is not None:
        return _refuse(state, kind, parsed.id, refusal, now)
    if is_duplicate(state, parsed):
        settled = settled_by(state, parsed.id, policy.waterfall)
        return Judged(parsed.id, AnswerStatus.DUPLICATE, parsed, settled=settled), ()
    return Judged(parsed.id, AnswerStatus.APPLIED, parsed), (Entry.model_construct(at=now, event=parsed),)


def _settled(before: CaseState, after: CaseState, policy: Policy, now: datetime) -> tuple[Settled, ...]:
    today = local_date(now, zone_of(after.zone))
    return settled_between(balance_of(before, policy.waterfall, today), balance_of(after, policy.waterfall, today))


def _refuse(
    state: CaseState, kind: str, message_id: str, refusal: Refusal, now: datetime
) -> tuple[Judged, tuple[Entry, ...]]:
    judged = Judged(message_id, AnswerStatus.REFUSED, refusal=refusal)
    if message_id and message_id in state.refused:
        return judged, ()
    known_kind = kind if kind in events.MESSAGES else "unknown"
    event = events.MessageRefused(message=message_id, message_kind=known_kind, code=refusal.code)
    return judged, (Entry(at=now, event=event),)


def _readable_id(payload: Any) -> str:
    """The id of a malformed message, if it has one that is safe to repeat."""
    candidate = payload.get("id") if isinstance(payload, dict) else None
    try:
        return events.Recalled.model_validate({"id": candidate}).id
    except ValueError:
        return ""


def _must_reopen(state: CaseState, message: Message | None, policy: Policy, now: datetime) -> bool:
    if state.status is not CaseStatus.CLOSED or state.recalled:
        return False
    if not isinstance(message, events.PaymentReceived | events.PaymentReversed):
        return False
    today = local_date(now, zone_of(state.zone))
    return bool(balance_of(state, policy.waterfall, today).outstanding)
