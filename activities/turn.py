"""What an activity tells the workflow: where the case stands, and what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from activities.signatures import Answer, CaseSheet, Turn
from domain.ageing import days_past_due, delinquent_days, pauses_of
from domain.balance import balance_of
from domain.casework import Judged
from domain.decision import ActionDecision
from domain.describe import describe
from domain.events import Entry
from domain.policy import Policy
from domain.state import CaseState, PromiseStatus


def sheet_of(state: CaseState, policy: Policy, now: datetime, entries: Sequence[Entry]) -> CaseSheet:
    """The case at a glance, at a business instant. `entries` are what this turn added to the journal."""
    today = now.astimezone(ZoneInfo(state.zone)).date()
    balance = balance_of(state, policy.waterfall, today)
    oldest = balance.oldest_unpaid
    late = 0 if oldest is None else max(0, days_past_due(oldest.due, today))
    delinquent = 0 if oldest is None else delinquent_days(oldest.due, today, policy.grace_days, pauses_of(state))
    return CaseSheet(
        status=state.status,
        stage=state.stage,
        delinquent_days=delinquent,
        days_past_due=late,
        outstanding=balance.outstanding,
        past_due=balance.past_due,
        credit=balance.credit,
        delinquent_since=oldest.due if oldest is not None and late else None,
        holds=tuple(dict.fromkeys(hold.kind for hold in state.holds if hold.covers(today))),
        promise_due=next((promise.due for promise in state.promises if promise.status is PromiseStatus.OPEN), None),
        referral=state.referral.status if state.referral is not None else None,
        referral_id=state.referral.id if state.referral is not None else None,
        policy=f"{state.policy.id} v{state.policy.version}",
        last=describe(entries[-1].event) if entries else "looked again, nothing new",
    )


def turn_of(
    state: CaseState,
    policy: Policy,
    decision: ActionDecision,
    *,
    sequence: int,
    now: datetime,
    entries: Sequence[Entry],
    judged: Sequence[Judged] = (),
) -> Turn:
    return Turn(
        sequence=sequence,
        decision=decision,
        sheet=sheet_of(state, policy, now, entries),
        answers=tuple(_answer(one) for one in judged),
        closed=state.closed_because,
    )


def _answer(judged: Judged) -> Answer:
    refusal = judged.refusal
    return Answer(
        message=judged.message_id,
        status=judged.status,
        code=refusal.code if refusal is not None else None,
        detail=refusal.detail if refusal is not None else None,
    )
