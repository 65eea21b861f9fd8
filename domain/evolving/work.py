"""Work items: opened, completed, withdrawn."""

from __future__ import annotations

from datetime import date

from domain import events
from domain.evolving.dispatch import apply_event
from domain.state import Asked, CaseState, WorkItem


@apply_event.register
def _(event: events.WorkItemOpened, state: CaseState, today: date) -> CaseState:
    item = WorkItem(
        id=event.item,
        work=event.work,
        due=event.due,
        priority=event.priority,
        about=event.about,
        opened_on=today,
        call=event.call,
    )
    asked = state.asked if event.about is None else (*state.asked, Asked(about=event.about, work=event.work))
    return state.model_copy(update={"work": (*state.work, item), "work_count": state.work_count + 1, "asked": asked})


@apply_event.register(events.WorkItemCompleted)
@apply_event.register(events.WorkItemWithdrawn)
def _(event: events.WorkItemCompleted | events.WorkItemWithdrawn, state: CaseState, today: date) -> CaseState:
    return state.model_copy(update={"work": tuple(item for item in state.work if item.id != event.item)})
