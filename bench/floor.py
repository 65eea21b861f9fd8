"""The floor: a workflow with the same timers and an activity that does nothing. What it costs, every design costs."""

from __future__ import annotations

from datetime import datetime, timedelta

from temporalio import activity, workflow

with workflow.unsafe.imports_passed_through():
    from pydantic import AwareDatetime

    from domain.value import Value

FLOOR_WORKFLOW = "Floor"
FLOOR_QUEUE = "floor"
FLOOR_ACTIVITY_QUEUE = "floor-activities"
FLOOR_ACTIVITY = "nothing"
_TIMEOUT = timedelta(seconds=40)


class FloorStart(Value):
    """The real instants at which the activity is called."""

    instants: tuple[AwareDatetime, ...]


@workflow.defn(name=FLOOR_WORKFLOW)
class Floor:
    """Sleeps until each instant and calls the activity."""

    @workflow.run
    async def run(self, start: FloorStart) -> None:
        for instant in start.instants:
            await workflow.sleep(_until(instant))
            await workflow.execute_activity(
                FLOOR_ACTIVITY, start_to_close_timeout=_TIMEOUT, task_queue=FLOOR_ACTIVITY_QUEUE
            )


@activity.defn(name=FLOOR_ACTIVITY)
async def nothing() -> None:
    """Do nothing."""


def _until(instant: datetime) -> timedelta:
    return max(timedelta(0), instant - workflow.now())
