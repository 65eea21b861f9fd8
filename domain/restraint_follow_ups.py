"""What disputes, complaints, hardship and vulnerability bring about by themselves: work, time limits, ends, credits.

People are asked once about each. When the days that the law gives for an answer are over, an urgent item says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from domain.compliance.model import RulePack
from domain.compliance.parameters import LimitedBy
from domain.compliance.time_limits import time_limits_days
from domain.events import AnyEvent, BalanceAdjusted, DisputeOutcome, HoldEndSet, WorkKind
from domain.events.money import AdjustmentReason
from domain.follow_up import FollowUp
from domain.identifiers import upheld_credit_id
from domain.localtime import ONE_DAY, local_date, start_of_day, zone_of
from domain.names import HoldKind
from domain.policy import Policy
from domain.registration import case_id_of
from domain.state import Asked, CaseState, CaseStatus, Hold
from domain.work import work_opened, work_withdrawn

PERSON_ANSWERS_WITHIN = timedelta(days=2)
"""House rule for what no law gives days for: somebody waits for a person's decision."""

ANSWERED_WITHIN_DAYS = 30
"""House rule for disputes and complaints where no pack has a time limit."""

_URGENT = 1
_ASKED_OF_A_PERSON: Mapping[HoldKind, tuple[WorkKind, int]] = {
    HoldKind.VULNERABILITY: (WorkKind.VULNERABILITY, 1),
    HoldKind.HARDSHIP: (WorkKind.HARDSHIP, 2),
}
"""What a person is asked when such a hold begins, and how urgent it is."""


def follow_restraints(state: CaseState, policy: Policy, packs: Sequence[RulePack], now: datetime) -> Iterable[FollowUp]:
    """Every follow-up of this module, at once or at the instant when it comes due."""
    if not state.holds and not state.disputes and not state.work:
        return
    today = local_date(now, zone_of(state.zone))
    for reason, event in _due_at_once(state, policy, packs, today, now):
        yield FollowUp(at=now, reason=reason, events=(event,))
    yield from _answers(state, policy, packs, now)


def _due_at_once(
    state: CaseState, policy: Policy, packs: Sequence[RulePack], today: date, now: datetime
) -> Iterator[tuple[str, AnyEvent]]:
    yield from _credits(state)
    yield from _ends_of_holds(state, policy, packs, today)
    for hold in state.holds:
        asks = _ASKED_OF_A_PERSON.get(hold.kind)
        if asks is not None and hold.covers(today) and not _is_asked(state, hold.id, asks[0]):
            work, priority = asks
            yield f"a person is asked: {work}", work_opened(state, work, now + PERSON_ANSWERS_WITHIN, priority, hold.id)
    for complaint in state.complaints:
        if complaint.outcome is not None:
            for withdrawn in work_withdrawn(state, complaint.id):
                yield "the complaint has its answer", withdrawn


def _credits(state: CaseState) -> Iterator[tuple[str, AnyEvent]]:
    """What was disputed in part and upheld is no longer owed."""
    known = {credit.id for credit in state.credits}
    for dispute in state.disputes:
        if dispute.outcome is not DisputeOutcome.UPHELD or dispute.amount is None:
            continue
        credit = upheld_credit_id(case_id_of(state.lender, state.account), dispute.id)
        if credit not in known:
            yield (
                "an upheld dispute is credited",
                BalanceAdjusted(id=credit, amount=-dispute.amount, reason=AdjustmentReason.DISPUTE_UPHELD),
            )


def _ends_of_holds(
    state: CaseState, policy: Policy, packs: Sequence[RulePack], today: date
) -> Iterator[tuple[str, AnyEvent]]:
    """A hardship's time is the policy's; a complaint that may go to the ombudsman is held as long as the law says."""
    open_ended = {hold.id: hold for hold in state.holds if hold.ends_on is None}
    for hardship in state.hardships:
        if _is_held(open_ended.get(hardship.id), HoldKind.HARDSHIP):
            until = today + timedelta(days=policy.hardship.hold_days)
            yield "the policy's time for hardship", HoldEndSet(hold=hardship.id, until=until)
    for complaint in state.complaints:
        if complaint.outcome is not None and _is_held(open_ended.get(complaint.id), HoldKind.COMPLAINT):
            days = time_limits_days(packs, policy.collector, LimitedBy.OMBUDSMAN, today)
            until = today + timedelta(days=max(days, default=0))
            yield "the complaint may be taken further", HoldEndSet(hold=complaint.id, until=until)


def _is_held(hold: Hold | None, kind: HoldKind) -> bool:
    return hold is not None and hold.kind is kind


def _answers(state: CaseState, policy: Policy, packs: Sequence[RulePack], now: datetime) -> Iterator[FollowUp]:
    """Disputes and complaints that wait for their answer: complaints are asked for, both called overdue in time."""
    for complaint in state.complaints:
        if complaint.outcome is None:
            due = answer_due(state, policy, packs, LimitedBy.COMPLAINT, complaint.opened_on)
            if not _is_asked(state, complaint.id, WorkKind.COMPLAINT):
                item = work_opened(state, WorkKind.COMPLAINT, due, 2, complaint.id)
                yield FollowUp(now, "a person is asked: complaint", (item,))
            yield from _overdue(state, complaint.id, due, now)
    for dispute in state.disputes:
        if dispute.outcome is None and dispute.repeats is None:
            due = answer_due(state, policy, packs, LimitedBy.DISPUTE, dispute.opened_on)
            yield from _overdue(state, dispute.id, due, now)


def _overdue(state: CaseState, about: str, due: datetime, now: datetime) -> Iterator[FollowUp]:
    if state.status is CaseStatus.OPEN and not _is_asked(state, about, WorkKind.OVERDUE):
        at = max(due, now)
        yield FollowUp(at, "a time limit is over", (work_opened(state, WorkKind.OVERDUE, at, _URGENT, about),))


def answer_due(
    state: CaseState, policy: Policy, packs: Sequence[RulePack], limited_by: LimitedBy, opened_on: date
) -> datetime:
    """The end of the last day for an answer, where the account lives: the strictest of the packs' time limits."""
    days = time_limits_days(packs, policy.collector, limited_by, opened_on)
    last_day = opened_on + timedelta(days=min(days, default=ANSWERED_WITHIN_DAYS))
    return start_of_day(last_day + ONE_DAY, zone_of(state.zone))


def _is_asked(state: CaseState, about: str, work: WorkKind) -> bool:
    return Asked(about=about, work=work) in state.asked
