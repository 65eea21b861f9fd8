"""What speaks against the completion of work."""

from __future__ import annotations

from domain import events
from domain.refusals import Checks, Refusal, RefusalCode, Situation


def _completion(message: events.WorkItemCompleted, situation: Situation) -> Refusal | None:
    if any(item.id == message.item for item in situation.state.work):
        return None
    return Refusal(RefusalCode.NO_SUCH_WORK_ITEM, "no open work item of this case has that id: list them again")


CHECKS: Checks = ((events.WorkItemCompleted, _completion),)
