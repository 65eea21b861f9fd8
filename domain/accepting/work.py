"""What speaks against the completion of work."""

from __future__ import annotations

from domain import events
from domain.disputes import awaits_answer
from domain.events import WorkKind, WorkOutcome
from domain.names import Outcome
from domain.refusals import Checks, Refusal, RefusalCode, Situation
from domain.state import WorkItem

_OF_CALLS = frozenset({WorkOutcome.REACHED, WorkOutcome.NOT_REACHED})
_OF_DISPUTES = frozenset({WorkOutcome.UPHELD, WorkOutcome.REJECTED})


def _completion(message: events.WorkItemCompleted, situation: Situation) -> Refusal | None:
    item = next((item for item in situation.state.work if item.id == message.item), None)
    if item is None:
        return Refusal(RefusalCode.NO_SUCH_WORK_ITEM, "no open work item of this case has that id: list them again")
    reason = _call_unfit(message) if item.work is WorkKind.CALL else _outcome_unfit(message, item, situation)
    return None if reason is None else Refusal(RefusalCode.WORK_OUTCOME_UNFIT, reason)


def _call_unfit(message: events.WorkItemCompleted) -> str | None:
    """The law counts every call, so a call that was made must say how it ended."""
    if message.outcome is WorkOutcome.NOT_NEEDED:
        return None if message.call is None else "a call was made, so say reached or not_reached"
    if message.outcome not in _OF_CALLS:
        return "a call ends with reached, not_reached or not_needed"
    if message.call is None:
        return "say in `call` how the telephone call ended"
    if (message.outcome is WorkOutcome.REACHED) is not (message.call is Outcome.CONVERSATION):
        return "reached goes with the call's outcome conversation, not_reached with any other"
    return None


def _outcome_unfit(message: events.WorkItemCompleted, item: WorkItem, situation: Situation) -> str | None:
    if message.outcome in _OF_CALLS:
        return "only calls end with reached or not_reached: send done, and the call's own outcome in `call`"
    if message.outcome in _OF_DISPUTES and not _is_about_open_dispute(item, situation):
        return "upheld and rejected decide a dispute, and this is not about an open one"
    return None


def _is_about_open_dispute(item: WorkItem, situation: Situation) -> bool:
    return item.about is not None and awaits_answer(item.about, situation.state, situation.today)


CHECKS: Checks = ((events.WorkItemCompleted, _completion),)
