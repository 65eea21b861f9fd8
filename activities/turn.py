"""What an activity tells the workflow: where the case stands, and what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from activities.agreement_lines import plan_line, promise_partly_kept, settlement_line
from activities.signatures import Answer, CaseSheet, HoldLine
from db.cases import CaseView
from domain.ageing import days_past_due, delinquent_days, pauses_of
from domain.balance import balance_of
from domain.casework import Judged
from domain.compliance.model import RulePack
from domain.decision import ActionDecision, Wait
from domain.describe import describe
from domain.events import Entry
from domain.holds import holds_on, stops_in_words
from domain.limitation import limitation_of
from domain.localtime import local_date, zone_of
from domain.policy import Policy
from domain.state import CaseState, PromiseStatus


def sheet_of(
    state: CaseState, policy: Policy, packs: Sequence[RulePack], now: datetime, entries: Sequence[Entry]
) -> CaseSheet:
    """The case at a glance, at a business instant. `entries` are what this turn added to the journal."""
    today = local_date(now, zone_of(state.zone))
    balance = balance_of(state, policy.waterfall, today)
    oldest = balance.oldest_unpaid
    limitation = limitation_of(state, policy, packs, balance, today)
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
        oldest_due=None if oldest is None else oldest.due,
        delinquent_since=oldest.due if oldest is not None and late else None,
        holds=tuple(dict.fromkeys(hold.kind for hold in state.holds if hold.covers(today))),
        hold_lines=tuple(
            HoldLine(
                kind=hold.kind,
                since=hold.placed_on,
                until=hold.ends_on,
                amount=hold.amount,
                stops=stops_in_words(hold, packs, policy.collector, today),
            )
            for hold in holds_on(state, today)
        ),
        promise_due=next((promise.due for promise in state.promises if promise.status is PromiseStatus.OPEN), None),
        promise_partly_kept=promise_partly_kept(state),
        plan=plan_line(state),
        settlement=settlement_line(state),
        validation_period_ends_on=state.validation_notice.period_ends_on if state.validation_notice else None,
        referral=state.referral.status if state.referral is not None else None,
        referral_id=state.referral.id if state.referral is not None else None,
        work=tuple(item.work for item in state.work),
        limitation=None if limitation is None else limitation.last_day,
        policy=f"{state.policy.id} v{state.policy.version}",
        last=describe(entries[-1].event) if entries else "looked again, nothing new",
    )


def view_of(sheet: CaseSheet, decision: ActionDecision, now: datetime) -> CaseView:
    """What lists and reports show of the case."""
    return CaseView(
        outstanding=sheet.outstanding,
        past_due=sheet.past_due,
        credit=sheet.credit,
        oldest_due=sheet.oldest_due,
        holds=sheet.holds,
        promise_due=sheet.promise_due,
        next_action_at=decision.until if isinstance(decision, Wait) else decision.at,
        next_action=decision.reason,
        updated_at=now,
    )


def answer_of(judged: Judged) -> Answer:
    """What the sender of a message is told."""
    refusal = judged.refusal
    return Answer(
        message=judged.message_id,
        status=judged.status,
        code=refusal.code if refusal is not None else None,
        detail=refusal.detail if refusal is not None else None,
        settled=judged.settled,
    )
