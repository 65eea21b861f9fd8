"""One turn of a case: bring it up to date, and record at once whatever needs no effect outside the journal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain import events
from domain.advance import advance
from domain.charging import charges_due
from domain.compliance.model import RulePack
from domain.decision import ActionDecision, AskForCall, Close, ProposeReferral, Wait
from domain.events import Entry
from domain.evolve import evolve
from domain.follow_up import FollowUp
from domain.follow_ups import next_follow_up
from domain.identifiers import contact_id
from domain.person import Person
from domain.policy import Policy
from domain.referring import proposal_of_referral, recall_of_referral
from domain.registration import case_id_of
from domain.state import CaseState, CaseStatus
from domain.validation import notice_given
from domain.work import work_opened, work_withdrawn_at_closing


@dataclass(frozen=True, slots=True)
class Conducted:
    """The case after the turn, the entries that it added, and what the workflow has to do next."""

    state: CaseState
    entries: tuple[Entry, ...]
    decision: ActionDecision


def conduct(state: CaseState, person: Person, policy: Policy, packs: Sequence[RulePack], now: datetime) -> Conducted:
    """Decide until there is something to wait for or somebody to contact.

    Charges, stages, promises, referrals that are due, follow-ups and the end of the case are journaled on the way.
    """
    entries: list[Entry] = []
    while True:
        for charge in charges_due(state, policy, packs, now):
            state = evolve(state, charge)
            entries.append(charge)
        recall = recall_of_referral(state, policy, packs, now)
        if recall is not None:
            state = evolve(state, recall)
            entries.append(recall)
        notice = notice_given(state, policy, packs, now)
        if notice is not None:
            state = evolve(state, notice)
            entries.append(notice)
        advanced = advance(state, person, policy, packs, now)
        state = advanced.state
        entries.extend(advanced.entries)
        follow_up = next_follow_up(state, policy, packs, now)
        due = _due_without_effect(state, policy, advanced.decision, follow_up, now)
        if not due:
            return Conducted(state, tuple(entries), _wake_for(follow_up, advanced.decision))
        for entry in due:
            state = evolve(state, entry)
        entries.extend(due)


def _wake_for(follow_up: FollowUp | None, decision: ActionDecision) -> ActionDecision:
    """The decision, or a wait for the follow-up where that comes first."""
    if follow_up is None:
        return decision
    at = decision.until if isinstance(decision, Wait) else decision.at
    if at is not None and at <= follow_up.at:
        return decision
    return Wait(until=follow_up.at, reason=follow_up.reason)


def _due_without_effect(
    state: CaseState, policy: Policy, decision: ActionDecision, follow_up: FollowUp | None, now: datetime
) -> tuple[Entry, ...]:
    if follow_up is not None and follow_up.at <= now:
        return tuple(Entry(at=now, event=event) for event in follow_up.events)
    if state.status is CaseStatus.CLOSED:
        return ()
    idle = _idle_calls(state, decision)
    if idle:
        return tuple(Entry(at=now, event=event) for event in idle)
    if isinstance(decision, Close) and decision.at <= now:
        closing = (*work_withdrawn_at_closing(state), events.CaseClosed(reason=decision.because))
        return tuple(Entry(at=now, event=event) for event in closing)
    if isinstance(decision, AskForCall) and decision.at <= now:
        return (Entry(at=now, event=_request_for_call(state, decision)),)
    if isinstance(decision, ProposeReferral) and decision.at <= now:
        return proposal_of_referral(state, policy, now)
    return ()


def _idle_calls(state: CaseState, decision: ActionDecision) -> tuple[events.WorkItemWithdrawn, ...]:
    """Calls that agents were asked for and that are wanted no more: paid, on hold, refused, or not lawful any more."""
    awaited = decision.awaits if isinstance(decision, Wait) else None
    return tuple(
        events.WorkItemWithdrawn(item=item.id) for item in state.work if item.call is not None and item.id != awaited
    )


def _request_for_call(state: CaseState, decision: AskForCall) -> events.WorkItemOpened:
    contact = contact_id(case_id_of(state.lender, state.account), decision.step, decision.obligation, decision.attempt)
    call = events.CallStep(
        step=decision.step,
        obligation=decision.obligation,
        template=decision.template,
        allowed_by=decision.allowed_by,
    )
    return work_opened(state, events.WorkKind.CALL, decision.due, decision.priority, contact, call)
