"""Legal referrals."""

from __future__ import annotations

from datetime import date

from domain import events
from domain.evolving.dispatch import apply_event
from domain.names import ReferralStatus
from domain.state import CaseState, Referral


@apply_event.register
def _(event: events.ReferralProposed, state: CaseState, today: date) -> CaseState:
    referral = Referral(id=event.referral, status=ReferralStatus.PROPOSED, proposed_on=today)
    return state.model_copy(update={"referral": referral, "referral_count": state.referral_count + 1})


def _refer(state: CaseState, status: ReferralStatus) -> CaseState:
    if state.referral is None:
        return state
    return state.model_copy(update={"referral": state.referral.model_copy(update={"status": status})})


@apply_event.register
def _(event: events.ReferralDecided, state: CaseState, today: date) -> CaseState:
    return _refer(state, ReferralStatus.APPROVED if event.approved else ReferralStatus.DECLINED)


@apply_event.register
def _(event: events.ReferralStatusChanged, state: CaseState, today: date) -> CaseState:
    return _refer(state, event.status)


@apply_event.register
def _(event: events.ReferralRecalled, state: CaseState, today: date) -> CaseState:
    return _refer(state, ReferralStatus.RECALLED)
