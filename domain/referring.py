"""What happens to a legal referral without anybody's word: it is proposed, recalled, and people are reminded of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain import events
from domain.agreements import arrangement_is_kept
from domain.balance import Balance, balance_of
from domain.compliance.model import RulePack
from domain.events import AnyOccurrence, Entry, WorkKind
from domain.follow_up import FollowUp
from domain.holds import enforcement_is_stayed, referral_is_barred
from domain.identifiers import referral_id
from domain.limitation import LimitationDate, limitation_of, time_bar
from domain.localtime import local_date, start_of_day, with_offset_of, zone_of
from domain.names import RecallReason, ReferralStatus, ReminderKind
from domain.policy import Policy
from domain.referral_terms import Approval, ReferralTerms
from domain.registration import case_id_of
from domain.state import CaseState, CaseStatus, Referral
from domain.work import work_opened, work_withdrawn

APPROVED_BY_POLICY = "policy"

_DECIDED_IN_COURT = (ReferralStatus.JUDGMENT, ReferralStatus.ENFORCEMENT)

DECISION_PRIORITY = 3
REMINDED_PRIORITY = 2
URGENT_PRIORITY = 1


def proposal_of_referral(state: CaseState, policy: Policy, now: datetime) -> tuple[Entry, ...]:
    """The proposal of a new referral, with the request to a person to decide on it, or the policy's own approval."""
    referral = referral_id(case_id_of(state.lender, state.account), state.referral_count + 1)
    outstanding = balance_of(state, policy.waterfall, _today(state, now)).outstanding
    proposal = Entry(at=now, event=events.ReferralProposed(referral=referral, outstanding=outstanding))
    terms = policy.referral
    assert terms is not None, "only a policy with referral terms proposes one"
    if terms.approval is Approval.HUMAN:
        due = _local_morning(state, _today(state, now), terms.remind_days)
        request = work_opened(state, WorkKind.APPROVE_REFERRAL, due, DECISION_PRIORITY, referral)
        return (proposal, Entry(at=now, event=request))
    approval = events.ReferralDecided(
        id=f"{referral}:policy", referral=referral, approved=True, decided_by=APPROVED_BY_POLICY
    )
    return (proposal, Entry(at=now, event=approval))


def recall_of_referral(state: CaseState, policy: Policy, packs: Sequence[RulePack], now: datetime) -> Entry | None:
    """The end of a referral that what happened to the case leaves no ground for, in the turn in which it happened."""
    referral = state.referral
    if referral is None or referral.status.is_final:
        return None
    because = _recall_reason(state, referral.status, policy, packs, _today(state, now))
    return (
        None if because is None else Entry(at=now, event=events.ReferralRecalled(referral=referral.id, because=because))
    )


def _recall_reason(
    state: CaseState, status: ReferralStatus, policy: Policy, packs: Sequence[RulePack], today: date
) -> RecallReason | None:
    """What a court has decided is given up only for a hold that stays its enforcement."""
    balance = balance_of(state, policy.waterfall, today)
    if not balance.outstanding:
        return RecallReason.PAID
    if state.recalled:
        return RecallReason.ACCOUNT_RECALLED
    if not balance.past_due:
        return RecallReason.CURED
    if arrangement_is_kept(state):
        return RecallReason.AGREEMENT
    is_held = enforcement_is_stayed if status in _DECIDED_IN_COURT else referral_is_barred
    if is_held(state, today):
        return RecallReason.HOLD
    if time_bar(state, policy, packs, balance, today) is not None:
        return RecallReason.TIME_BARRED
    return None


@dataclass(frozen=True, slots=True)
class _Standing:
    """What the reminders look at."""

    state: CaseState
    policy: Policy
    balance: Balance
    limitation: LimitationDate | None
    now: datetime

    @property
    def proposed(self) -> Referral | None:
        return self._referral_in(ReferralStatus.PROPOSED)

    @property
    def unacknowledged(self) -> Referral | None:
        return self._referral_in(ReferralStatus.HANDED_OVER)

    @property
    def limitation_id(self) -> str | None:
        """What the work on this date of limitation is about; None when no suit needs to be hurried for."""
        referral = self.state.referral
        if self.limitation is None or self.state.status is CaseStatus.CLOSED:
            return None
        if referral is not None and referral.status.is_in_court:
            return None
        return _limitation_id(self.limitation.last_day)

    def _referral_in(self, status: ReferralStatus) -> Referral | None:
        referral = self.state.referral
        return referral if referral is not None and referral.status is status else None


def follow_referral(state: CaseState, policy: Policy, packs: Sequence[RulePack], now: datetime) -> Iterator[FollowUp]:
    """Work that is no longer needed, reminders of decisions and acknowledgements, and the warning of limitation."""
    today = _today(state, now)
    balance = balance_of(state, policy.waterfall, today)
    limitation = limitation_of(state, policy, packs, balance, today)
    standing = _Standing(state, policy, balance, limitation, now)
    yield from _withdraw_idle_work(standing)
    if policy.referral is not None:
        yield from _remind_of_decision(standing, policy.referral)
        yield from _remind_counsel(standing, policy.referral)
    yield from _warn_of_limitation(standing)


def _withdraw_idle_work(standing: _Standing) -> Iterator[FollowUp]:
    needed = {
        WorkKind.APPROVE_REFERRAL: standing.proposed.id if standing.proposed else None,
        WorkKind.COUNSEL_SILENT: standing.unacknowledged.id if standing.unacknowledged else None,
        WorkKind.LIMITATION_NEAR: standing.limitation_id,
    }
    idle = tuple(
        events.WorkItemWithdrawn(item=item.id)
        for item in standing.state.work
        if item.work in needed and item.about != needed[item.work]
    )
    if idle:
        yield FollowUp(standing.now, "withdraw work that is no longer needed", idle)


def _remind_of_decision(standing: _Standing, terms: ReferralTerms) -> Iterator[FollowUp]:
    """The request that nobody answered is made again, each time more urgently."""
    referral = standing.proposed
    if referral is None:
        return
    for reminder, days, priority, words in (
        (ReminderKind.DECISION, terms.remind_days, REMINDED_PRIORITY, "remind of the decision on the legal referral"),
        (ReminderKind.ESCALATION, terms.escalate_days, URGENT_PRIORITY, "escalate the undecided legal referral"),
    ):
        if reminder not in referral.reminded:
            at = _local_morning(standing.state, referral.proposed_on, days)
            due = _local_morning(standing.state, referral.proposed_on, max(terms.escalate_days, days))
            request = work_opened(standing.state, WorkKind.APPROVE_REFERRAL, due, priority, referral.id)
            yield FollowUp(at, words, _reminded(standing.state, referral, reminder, request))
            return


def _remind_counsel(standing: _Standing, terms: ReferralTerms) -> Iterator[FollowUp]:
    referral = standing.unacknowledged
    if referral is None or referral.handed_over_on is None or ReminderKind.ACKNOWLEDGEMENT in referral.reminded:
        return
    at = _local_morning(standing.state, referral.handed_over_on, terms.acknowledge_days)
    request = work_opened(standing.state, WorkKind.COUNSEL_SILENT, at, REMINDED_PRIORITY, referral.id)
    events_then = _reminded(standing.state, referral, ReminderKind.ACKNOWLEDGEMENT, request)
    yield FollowUp(at, "ask why counsel has not acknowledged the referral", events_then)


def _reminded(
    state: CaseState, referral: Referral, reminder: ReminderKind, request: events.WorkItemOpened
) -> tuple[AnyOccurrence, ...]:
    said = events.ReferralReminded(referral=referral.id, reminder=reminder)
    return (said, *work_withdrawn(state, referral.id), request)


def _warn_of_limitation(standing: _Standing) -> Iterator[FollowUp]:
    """Once for each date: what starts the period again makes a later one of it."""
    about, limitation = standing.limitation_id, standing.limitation
    if about is None or limitation is None or limitation.has_passed(_today(standing.state, standing.now)):
        return
    last_day = limitation.last_day
    if standing.state.limitation_warned == last_day:
        return
    at = _local_morning(standing.state, last_day, -standing.policy.limitation_warning_days)
    due = _local_morning(standing.state, last_day, 0)
    request = work_opened(standing.state, WorkKind.LIMITATION_NEAR, due, URGENT_PRIORITY, about)
    reason = f"warn that the debt can be sued for only until {last_day}"
    yield FollowUp(at, reason, (events.LimitationNeared(last_day=last_day), request))


def _limitation_id(last_day: date) -> str:
    return f"limitation.{last_day}"


def _today(state: CaseState, now: datetime) -> date:
    return local_date(now, zone_of(state.zone))


def _local_morning(state: CaseState, day: date, days_later: int) -> datetime:
    """The start of a day where the account lives."""
    zone = zone_of(state.zone)
    return with_offset_of(zone, start_of_day(day + timedelta(days=days_later), zone))
