"""What a workflow's history says of its cost: cut into episodes, each from one sleep to the next, and counted.

Histories are the server's own record, with the server's clock: nothing here is said by the process that is judged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

_TIMER_STARTED = EventType.EVENT_TYPE_TIMER_STARTED
_TIMER_FIRED = EventType.EVENT_TYPE_TIMER_FIRED
_SIGNALED = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED
_UPDATE_ACCEPTED = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED
_UPSERTED = EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES
_TASK_SCHEDULED = EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED
_TASK_COMPLETED = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
_ACTIVITY_SCHEDULED = EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED
_ACTIVITY_ENDED = frozenset(
    {
        EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED,
        EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED,
        EventType.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT,
        EventType.EVENT_TYPE_ACTIVITY_TASK_CANCELED,
    }
)
_WAKES = frozenset({_TIMER_FIRED, _SIGNALED, _TASK_SCHEDULED})
"""With what an episode begins. An update has no event of its own before the task that takes it."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What an episode took of the server. A timer counts where it is started, also one that is cancelled later."""

    timers: int
    activities: int
    signals: int
    updates: int
    upserts: int
    events: int

    @property
    def actions(self) -> int:
        """Billable actions as Temporal Cloud counts them, but for retries of activities: those leave no event."""
        return self.timers + self.activities + self.signals + self.updates + self.upserts


@dataclass(frozen=True, slots=True)
class Episode:
    """All events from what woke a workflow to its falling asleep again, or to its end.

    `due` is the instant for which its timer was set; None when something else woke it.
    """

    events: tuple[HistoryEvent, ...]
    due: datetime | None

    @property
    def ended(self) -> datetime:
        """When the workflow slept again with its next timer set: the end of everything that the episode costs."""
        return instant_of(self.events[-1])

    @property
    def activities(self) -> tuple[str, ...]:
        """The types of the activities that it called, in order."""
        return tuple(
            event.activity_task_scheduled_event_attributes.activity_type.name
            for event in self.events
            if event.event_type == _ACTIVITY_SCHEDULED
        )

    @property
    def cost(self) -> Cost:
        count = Counter(event.event_type for event in self.events)
        return Cost(
            timers=count[_TIMER_STARTED],
            activities=count[_ACTIVITY_SCHEDULED],
            signals=count[_SIGNALED],
            updates=count[_UPDATE_ACCEPTED],
            upserts=count[_UPSERTED],
            events=len(self.events),
        )


def episodes_of(history: Iterable[HistoryEvent]) -> tuple[Episode, ...]:
    """Cut a history at its sleeps: where a workflow task has ended and no activity is under way.

    What happens after the last sleep is left out unless it has ended too.
    """
    episodes: list[Episode] = []
    current: list[HistoryEvent] = []
    due_by_timer: dict[int, datetime] = {}
    activities_under_way = 0
    task_is_done = False
    for event in history:
        if task_is_done and activities_under_way == 0 and event.event_type in _WAKES:
            episodes.append(_episode(current, due_by_timer))
            current, task_is_done = [], False
        current.append(event)
        if event.event_type == _TIMER_STARTED:
            wait = event.timer_started_event_attributes.start_to_fire_timeout.ToTimedelta()
            due_by_timer[event.event_id] = instant_of(event) + wait
        elif event.event_type == _ACTIVITY_SCHEDULED:
            activities_under_way += 1
        elif event.event_type in _ACTIVITY_ENDED:
            activities_under_way -= 1
            task_is_done = False
        elif event.event_type == _TASK_SCHEDULED:
            task_is_done = False
        elif event.event_type == _TASK_COMPLETED:
            task_is_done = True
    if task_is_done and activities_under_way == 0:
        episodes.append(_episode(current, due_by_timer))
    return tuple(episodes)


def instant_of(event: HistoryEvent) -> datetime:
    """When the server wrote an event."""
    return event.event_time.ToDatetime(tzinfo=UTC)


def _episode(events: Sequence[HistoryEvent], due_by_timer: dict[int, datetime]) -> Episode:
    first = events[0]
    fired = first.event_type == _TIMER_FIRED
    due = due_by_timer[first.timer_fired_event_attributes.started_event_id] if fired else None
    return Episode(tuple(events), due)
