"""A demonstration from its first process to its last: the stack, a worker, the run, and what is said at the end."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console
from temporalio.client import Client

from db.session import Database
from rulebook.load import Rulebook
from runtime.processes import LeashedProcess
from runtime.stack import Stack
from runtime.temporal import DATA_CONVERTER
from starter.client import DunlinClient
from starter.demo.live import display
from starter.demo.portfolio import POLICY, ZONE
from starter.demo.run import Demonstration, Result
from starter.demo.terms import Terms, clear
from starter.demo.view import Frame, summary
from starter.door.application import Door, serving
from starter.door.receiver import Receiver
from starter.stack_commands import start_worker


async def begin(folder: Path, terms: Terms, console: Console) -> Result:
    """Run a new demonstration in a folder, whatever an earlier one left there. Its time begins when everything is up.

    When it is cancelled, it ends the show, and still checks and tells what there is. Raises StackError.
    """
    await clear(folder)
    terms.write(folder)
    rulebook = Rulebook.load()
    async with _started(folder, console) as (stack, worker):
        terms = terms.model_copy(update={"opening": datetime.now(UTC)})
        terms.write(folder)
        return await _run(stack, worker, rulebook, terms, console)


async def go_on(folder: Path, console: Console) -> Result:
    """Go on with the demonstration in a folder, like `begin`. Its time has gone on since it was stopped."""
    terms = Terms.read(folder)
    async with _started(folder, console) as (stack, worker):
        return await _run(stack, worker, Rulebook.load(), terms, console)


@asynccontextmanager
async def _started(folder: Path, console: Console) -> AsyncIterator[tuple[Stack, LeashedProcess]]:
    console.print("Starting Postgres, Temporal, a mail sink, a stand-in for Twilio, and a worker ...", soft_wrap=True)
    async with Stack(folder) as stack:
        yield stack, await start_worker(stack)


async def _run(stack: Stack, worker: LeashedProcess, rulebook: Rulebook, terms: Terms, console: Console) -> Result:
    temporal = await Client.connect(stack.temporal_address, data_converter=DATA_CONVERTER)
    database = Database(stack.environment()["DATABASE_URL"])
    try:
        client = DunlinClient(temporal, database, rulebook, clock=terms.clock)
        frame = Frame(terms.opening, terms.days, ZoneInfo(ZONE), stack.temporal_ui_url, stack.mail_folder)
        demonstration = Demonstration(client, database, rulebook.latest_published(POLICY), terms, worker)
        async with serving(_door(stack, client, database), "127.0.0.1", stack.state.ports["callback"]):
            ending = await _watched(demonstration, frame, console)
        result = await demonstration.result(ending)
    finally:
        await database.close()
    _tell(result, frame, stack.folder, console)
    return result


def _door(stack: Stack, client: DunlinClient, database: Database) -> Door:
    """Takes the reports of Twilio's stand-in, by the demonstration's own clock."""
    environment = stack.environment()
    return Door(
        Receiver(client, database),
        public_base_url=environment["DUNLIN_PUBLIC_BASE_URL"],
        twilio_auth_token=environment["DUNLIN_TWILIO_AUTH_TOKEN"],
        link_secret=None,
    )


async def _watched(demonstration: Demonstration, frame: Frame, console: Console) -> str:
    """Show the portfolio until it ends, or until somebody has seen enough. Returns why it ended."""
    try:
        with display(console, frame) as shown:
            return await demonstration.live(shown)
    except asyncio.CancelledError:
        this = asyncio.current_task()
        assert this is not None, "this runs in a task"
        this.uncancel()
        return "Stopped."


def _tell(result: Result, frame: Frame, folder: Path, console: Console) -> None:
    console.print(summary(result.portfolio.snapshot, frame, console.width))
    console.print(f"{result.ending} The journal has {result.journal_lines} lines.", highlight=False)
    for code, count in Counter(refused.code for refused in result.refused).items():
        console.print(f"{count} messages were refused: {code}", highlight=False)
    for failure in result.failures:
        console.print(f"FAILED: {failure}", style="red", highlight=False, markup=False, soft_wrap=True)
    if not result.failures:
        console.print("The journal verifies, and nobody was contacted after paying.", style="green")
    console.print(f"Look on with: dunlin up --folder {folder}", highlight=False, soft_wrap=True)
