"""Temporal's actions, as Temporal Cloud bills them, counted from a workflow's history.

https://docs.temporal.io/cloud/actions: a start, a continue-as-new, a timer, an activity and each retry of it, a signal,
an update, an upsert of search attributes however many it changes, and a child workflow (two). Attributes that are given
at the start and the current details are free.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

_KINDS = {
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED: ("start", 1),
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW: ("continue-as-new", 1),
    EventType.EVENT_TYPE_TIMER_STARTED: ("timer", 1),
    EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED: ("activity", 1),
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED: ("signal", 1),
    EventType.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED: ("signal", 1),
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED: ("update", 1),
    EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES: ("upsert", 1),
    EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED: ("child workflow", 2),
    EventType.EVENT_TYPE_MARKER_RECORDED: ("local activities", 1),
}


def actions_of(history: Iterable[HistoryEvent]) -> Mapping[str, int]:
    """Actions by kind, all runs of a workflow together when its history has them."""
    count: Counter[str] = Counter()
    for event in history:
        if event.event_type in _KINDS:
            kind, actions = _KINDS[event.event_type]
            count[kind] += actions
        elif event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED:
            count["retry"] += event.activity_task_started_event_attributes.attempt - 1
    return +count
