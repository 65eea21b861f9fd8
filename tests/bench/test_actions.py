"""Actions are counted from a history as Temporal Cloud bills them."""

from __future__ import annotations

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import ActivityTaskStartedEventAttributes, HistoryEvent

from bench.actions import actions_of


def event(name: str, **attributes: object) -> HistoryEvent:
    return HistoryEvent(event_type=EventType.Value(f"EVENT_TYPE_{name}"), **attributes)  # type: ignore[arg-type]


def test_a_timer_and_an_activity_are_two_actions() -> None:
    history = [
        event("WORKFLOW_EXECUTION_STARTED"),
        event("WORKFLOW_TASK_SCHEDULED"),
        event("TIMER_STARTED"),
        event("TIMER_FIRED"),
        event("ACTIVITY_TASK_SCHEDULED"),
        event("ACTIVITY_TASK_COMPLETED"),
    ]

    assert actions_of(history) == {"start": 1, "timer": 1, "activity": 1}


def test_each_retry_of_an_activity_counts() -> None:
    third = ActivityTaskStartedEventAttributes(attempt=3)
    history = [
        event("ACTIVITY_TASK_SCHEDULED"),
        event("ACTIVITY_TASK_STARTED", activity_task_started_event_attributes=third),
    ]

    assert actions_of(history) == {"activity": 1, "retry": 2}


def test_a_child_workflow_is_two_actions() -> None:
    assert actions_of([event("START_CHILD_WORKFLOW_EXECUTION_INITIATED")]) == {"child workflow": 2}
