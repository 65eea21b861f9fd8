"""How an arrangement ends by itself: all of it paid, or an instalment missed beyond its grace."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from domain import events
from domain.ageing import hold_pauses
from domain.agreements import arrangement_in_force, plan_of
from domain.balance import balance_of
from domain.compliance.model import RulePack
from domain.follow_up import FollowUp
from domain.localtime import local_date, start_of_day, zone_of
from domain.policy import Policy
from domain.state import CaseState, CaseStatus


def end_arrangement(state: CaseState, policy: Policy, packs: Sequence[RulePack], now: datetime) -> Iterator[FollowUp]:
    """Completed once it is paid, or nothing is owed any more. Days of a hold don't count to an instalment's grace."""
    arrangement, terms = arrangement_in_force(state), policy.arrangement
    if arrangement is None or terms is None or state.status is CaseStatus.CLOSED or state.recalled:
        return
    zone = zone_of(state.zone)
    plan = plan_of(state, arrangement)
    if plan.is_paid or not balance_of(state, policy.waterfall, local_date(now, zone)).outstanding:
        completed = events.ArrangementCompleted(arrangement=arrangement.id)
        yield FollowUp(at=now, reason="the arrangement is completed", events=(completed,))
        return
    upcoming, breaks_on = plan.next, plan.breaks_on(terms.grace_days, hold_pauses(state))
    if upcoming is not None and breaks_on is not None:
        broken = events.ArrangementBroken(
            arrangement=arrangement.id, instalment=plan.kept + 1, due=upcoming.due, since=breaks_on
        )
        reason = f"an instalment of {upcoming.due} is missing"
        yield FollowUp(at=start_of_day(breaks_on, zone), reason=reason, events=(broken,))
