"""`dunlin schedule`: what Temporal starts by night, as Temporal Schedules that its UI shows too."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleCalendarSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleRange,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)
from temporalio.service import RPCError, RPCStatusCode

from activities.signatures import CASE_QUEUE, ReconcileRequest
from runtime.settings import ClientSettings, load_settings
from runtime.temporal import connect
from starter.console import REFUSED, CommandError, instant_text, show_line, show_table
from workflows.inputs import NIGHTLY_CHECK_WORKFLOW, RECONCILIATION_WORKFLOW

app = typer.Typer()

CATCH_UP_WITHIN = timedelta(hours=12)
"""A night that Temporal slept through is made up for until noon."""

AtOption = Annotated[str, typer.Option(metavar="HH:MM", help="The time of day.")]
ZoneOption = Annotated[str, typer.Option(help="The time zone that it is told in, such as Europe/London.")]


@app.command("nightly-check")
def nightly_check(at: AtOption = "03:00", zone: ZoneOption = "UTC") -> None:
    """Check journals, states and ledger of all cases each night; a check that finds something fails in the UI."""
    action = ScheduleActionStartWorkflow(NIGHTLY_CHECK_WORKFLOW, id="nightly-check", task_queue=CASE_QUEUE)
    _set("nightly-check", action, at, zone)


@app.command()
def reconcile(
    lender: Annotated[str, typer.Argument(metavar="LENDER", help="Whose file is compared, LENDER.csv.")],
    at: AtOption = "02:00",
    zone: ZoneOption = "UTC",
    open_missing: Annotated[bool, typer.Option("--open-missing", help="Open the cases that are missing.")] = False,
) -> None:
    """Compare a lender's file of open accounts with the running cases each night."""
    request = ReconcileRequest(lender=lender, open_missing=open_missing)
    action = ScheduleActionStartWorkflow(
        RECONCILIATION_WORKFLOW, request, id=f"reconciliation:{lender}", task_queue=CASE_QUEUE
    )
    _set(f"reconciliation:{lender}", action, at, zone)


@app.command("list")
def list_schedules() -> None:
    """Show what is scheduled, and when it comes next."""

    async def read(client: Client) -> list[tuple[str, str]]:
        found = []
        async for each in await client.list_schedules():
            coming = each.info.next_action_times if each.info is not None else ()
            found.append((each.id, instant_text(coming[0] if coming else None)))
        return found

    show_table(("Schedule", "Next"), _with_temporal(read))


@app.command()
def remove(
    schedule: Annotated[str, typer.Argument(metavar="SCHEDULE", help="As `dunlin schedule list` has it.")],
) -> None:
    """Schedule it no longer. What runs already goes on."""

    async def delete(client: Client) -> None:
        try:
            await client.get_schedule_handle(schedule).delete()
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            raise CommandError(f"nothing is scheduled as {schedule}: see `dunlin schedule list`", REFUSED) from None

    _with_temporal(delete)
    show_line(f"{schedule} is no longer scheduled")


def _set(name: str, action: ScheduleActionStartWorkflow, at: str, zone: str) -> None:
    """Create the schedule, or change the one that is there."""
    clock = _time_of_day(at)
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        raise CommandError(f"--zone: {zone} is not an IANA time zone: write one such as Europe/London") from None
    schedule = Schedule(
        action=action,
        spec=ScheduleSpec(
            calendars=[ScheduleCalendarSpec(hour=[ScheduleRange(clock.hour)], minute=[ScheduleRange(clock.minute)])],
            time_zone_name=zone,
        ),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=CATCH_UP_WITHIN),
    )

    async def put(client: Client) -> None:
        def replace(_: ScheduleUpdateInput) -> ScheduleUpdate:
            return ScheduleUpdate(schedule=schedule)

        try:
            await client.create_schedule(name, schedule)
        except ScheduleAlreadyRunningError:
            await client.get_schedule_handle(name).update(replace)

    _with_temporal(put)
    show_line(f"{name} is scheduled for {at} {zone} each day")


def _time_of_day(text: str) -> time:
    try:
        clock = time.fromisoformat(text)
    except ValueError:
        raise CommandError(f"--at: {text} is not a time of day: write it like 02:30") from None
    if clock.second or clock.microsecond or clock.tzinfo is not None:
        raise CommandError("--at: write whole minutes, like 02:30; the zone goes to --zone")
    return clock


def _with_temporal(use: Callable[[Client], Awaitable[Any]]) -> Any:
    async def work() -> Any:
        return await use(await connect(load_settings(ClientSettings)))

    return asyncio.run(work())
