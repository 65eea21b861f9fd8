"""Asking a person: the events that open and withdraw work items, and how soon each kind is to be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.events import CallStep, WorkItemOpened, WorkItemWithdrawn, WorkKind
from domain.identifiers import work_item_id
from domain.names import Id
from domain.registration import case_id_of
from domain.state import CaseState, WorkItem


@dataclass(frozen=True, slots=True)
class WorkTerms:
    """How soon work is to be done, in business time, and how urgent it is: 1 is the most urgent."""

    within: timedelta
    priority: int


WORK_TERMS: Mapping[WorkKind, WorkTerms] = {
    # House practice, not law: whoever writes waits for an answer, and may have told of something grave.
    WorkKind.UNCLEAR_REPLY: WorkTerms(timedelta(days=1), 2),
    WorkKind.HELP_ASKED: WorkTerms(timedelta(days=1), 2),
    WorkKind.ALREADY_PAID: WorkTerms(timedelta(days=2), 2),
    WorkKind.DISPUTE: WorkTerms(timedelta(days=5), 2),
    WorkKind.ATTORNEY: WorkTerms(timedelta(days=5), 3),
    WorkKind.ESTATE: WorkTerms(timedelta(days=5), 3),
    WorkKind.LOST_CONTACT: WorkTerms(timedelta(days=7), 4),
}

OUTLIVE_THE_CASE = frozenset({WorkKind.UNCLEAR_REPLY, WorkKind.COMPLAINT})
"""What a person wrote is read, and a complaint is answered, also after the account was settled."""


def work_opened(
    state: CaseState, work: WorkKind, due: datetime, priority: int, about: Id | None, call: CallStep | None = None
) -> WorkItemOpened:
    """A new work item of the case, to be done by `due`. Its id counts the items of the case."""
    item = work_item_id(case_id_of(state.lender, state.account), state.work_count + 1)
    return WorkItemOpened(item=item, work=work, due=due, priority=priority, about=about, call=call)


def work_asked(state: CaseState, work: WorkKind, now: datetime, about: Id | None) -> WorkItemOpened:
    """A new work item on the terms of its kind."""
    terms = WORK_TERMS[work]
    return work_opened(state, work, now + terms.within, terms.priority, about)


def work_withdrawn(state: CaseState, about: Id) -> tuple[WorkItemWithdrawn, ...]:
    """All open work about something that is over."""
    return tuple(WorkItemWithdrawn(item=item.id) for item in state.work if item.about == about)


def work_withdrawn_at_closing(state: CaseState) -> tuple[WorkItemWithdrawn, ...]:
    """All open work of a case that closes, but for what is owed to the person whatever becomes of the debt."""
    return tuple(WorkItemWithdrawn(item=item.id) for item in state.work if item.work not in OUTLIVE_THE_CASE)


def open_call(state: CaseState, step: Id, obligation: Id) -> WorkItem | None:
    """The open work item by which an agent is asked to take a step of the policy."""
    return next(
        (item for item in state.work if item.call and (item.call.step, item.call.obligation) == (step, obligation)),
        None,
    )
