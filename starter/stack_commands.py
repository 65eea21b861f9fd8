"""`dunlin up`: the embedded stack and a worker on it, for development."""

from __future__ import annotations

import asyncio
import sys
import sysconfig
from http import HTTPStatus
from pathlib import Path
from typing import Annotated

import aiohttp
import typer
from rich.console import Console
from rich.table import Table

from db.migrate import upgrade
from runtime.logging import configure_logging
from runtime.processes import LeashedProcess, StackError
from runtime.signals import run_until_signalled
from runtime.stack import Stack, default_state_folder

_WORKER = Path(__file__).parents[1] / "worker.py"
_DUNLIN = Path(sysconfig.get_path("scripts")) / "dunlin"
_DUNLIN = Path(sys.executable).with_name("dunlin")

_POLL_SECONDS = 0.2
_READY_SECONDS_MAX = 60.0
_console = Console()


def up(
    folder: Annotated[
        Path | None,
        typer.Option(help="Where its state is kept; DUNLIN_STATE_FOLDER and then a default when not given."),
    ] = None,
) -> None:
    """Start the embedded stack and a worker, show the addresses, and run until Ctrl-C."""
    configure_logging(level="warning", log_format="auto")
    try:
        run_until_signalled(_up(folder or default_state_folder()))
    except StackError as error:
        _console.print(str(error), style="red", highlight=False, markup=False)
        raise typer.Exit(1) from None


async def _up(folder: Path) -> None:
    async with Stack(folder) as stack:
        worker = await start_worker(stack)
        stack.run("door", [str(_DUNLIN), "door"])
        _console.print(addresses(stack))
        _console.print("Stop with Ctrl-C.")
        await worker.ended()
        raise _ended(worker)


async def start_worker(stack: Stack) -> LeashedProcess:
    """Bring the stack's database up to date, and start a worker on it. Returns once it works; raises StackError."""
    await upgrade(stack.environment()["DATABASE_URL"])
    worker = stack.run("worker", [sys.executable, str(_WORKER)])
    await _until_ready(worker, stack.state.ports["health"])
    return worker


def addresses(stack: Stack) -> Table:
    """Where everything of a stack can be reached."""
    table = Table(title="Dunlin's embedded stack", show_header=False, title_justify="left")
    table.add_column()
    table.add_column(overflow="fold")
    for name, where in (
        ("Temporal UI", stack.temporal_ui_url),
        ("Temporal", stack.temporal_address),
        ("Postgres", stack.environment()["DATABASE_URL"]),
        ("E-mails", stack.mail_folder),
        ("Texts and calls", stack.twilio_journal),
        ("Letters", stack.print_folder),
        ("HTTP door", stack.environment()["DUNLIN_PUBLIC_BASE_URL"]),
        ("Logs", stack.folder / "logs"),
    ):
        table.add_row(name, str(where))
    return table


async def _until_ready(worker: LeashedProcess, health_port: int) -> None:
    """Wait until the worker can work. Raises StackError when it ends before, or takes too long."""
    try:
        async with asyncio.timeout(_READY_SECONDS_MAX), aiohttp.ClientSession() as session:
            while not await _is_ready(session, health_port):
                if worker.exit_code is not None:
                    raise _ended(worker)
                await asyncio.sleep(_POLL_SECONDS)
    except TimeoutError:
        raise StackError(f"the worker is not ready after {_READY_SECONDS_MAX:g} s, see {worker.log}") from None


async def _is_ready(session: aiohttp.ClientSession, health_port: int) -> bool:
    try:
        async with session.get(f"http://127.0.0.1:{health_port}/ready") as answer:
            return answer.status == HTTPStatus.OK
    except aiohttp.ClientError:
        return False


def _ended(worker: LeashedProcess) -> StackError:
    return StackError(f"the worker ended with code {worker.exit_code}, see {worker.log}:\n{worker.last_lines()}")
