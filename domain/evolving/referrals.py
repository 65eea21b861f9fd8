"""Legal referrals, and how long the debt can be sued for."""

from __future__ import annotations

from datetime import date
from typing import Any

from domain import events
from domain.evolving.dispatch import apply_event
from domain.names import ReferralStatus
from domain.state import CaseState, Referral


@apply_event.register
def _(event: events.ReferralProposed, state: CaseState, today: date) -> CaseState:
    referral = Referral(id=event.referral, status=ReferralStatus.PROPOSED, proposed_on=today)
    return state.model_copy(
        update={"referral": referral, "referral_count": state.referral_count + 1, "referral_withheld": ()}
    )


def _refer(state: CaseState, **changes: Any) -> CaseState:
    if state.referral is None:
        return state
    return state.model_copy(update={"referral": state.referral.model_copy(update=changes)})


@apply_event.register
def _(event: events.ReferralDecided, state: CaseState, today: date) -> CaseState:
    return _refer(state, status=ReferralStatus.APPROVED if event.approved else ReferralStatus.DECLINED)


@apply_event.register
def _(event: events.ReferralStatusChanged, state: CaseState, today: date) -> CaseState:
    """That it was handed over may be journaled only after counsel, who had it already, has answered."""
    referral = state.referral
    if referral is None:
        return state
    changes: dict[str, Any] = {"status": event.status}
    if event.status is ReferralStatus.HANDED_OVER:
        changes = {"handed_over_on": today}
        if referral.status is ReferralStatus.APPROVED:
            changes["status"] = event.status
    if event.status is ReferralStatus.FILED and referral.filed_on is None:
        changes["filed_on"] = today
    if event.reference is not None:
        changes["reference"] = event.reference
    return _refer(state, **changes)


@apply_event.register
def _(event: events.ReferralWithheld, state: CaseState, today: date) -> CaseState:
    return state.model_copy(update={"referral_withheld": tuple(reason.rule for reason in event.reasons)})


@apply_event.register
def _(event: events.ReferralReminded, state: CaseState, today: date) -> CaseState:
    if state.referral is None:
        return state
    return _refer(state, reminded=(*state.referral.reminded, event.reminder))


@apply_event.register
def _(event: events.ReferralRecalled, state: CaseState, today: date) -> CaseState:
    return _refer(state, status=ReferralStatus.RECALLED, recalled_because=event.because)


@apply_event.register
def _(event: events.LimitationNoted, state: CaseState, today: date) -> CaseState:
    return state.model_copy(update={"limitation_noted": event.last_day})


@apply_event.register
def _(event: events.LimitationNeared, state: CaseState, today: date) -> CaseState:
    return state.model_copy(update={"limitation_warned": event.last_day})
