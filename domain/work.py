"""Asking a person: the events that open and withdraw work items."""

from __future__ import annotations

from datetime import datetime

from domain.events import WorkItemOpened, WorkItemWithdrawn, WorkKind
from domain.identifiers import work_item_id
from domain.names import Id
from domain.registration import case_id_of
from domain.state import CaseState


def work_opened(state: CaseState, work: WorkKind, due: datetime, priority: int, about: Id | None) -> WorkItemOpened:
    """A new work item of the case, to be done by `due`. Its id counts the items of the case."""
    item = work_item_id(case_id_of(state.lender, state.account), state.work_count + 1)
    return WorkItemOpened(item=item, work=work, due=due, priority=priority, about=about)


def work_withdrawn(state: CaseState, about: Id) -> tuple[WorkItemWithdrawn, ...]:
    """All open work about something that is over."""
    return tuple(WorkItemWithdrawn(item=item.id) for item in state.work if item.about == about)
