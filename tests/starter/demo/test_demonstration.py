"""The demonstration on real servers, from its first process to its last."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from rich.console import Console
from sqlalchemy import text

from db.session import Database
from runtime.stack import Stack
from starter.demo.session import begin, go_on
from starter.demo.terms import Terms

START_SECONDS_MAX = 90.0


@pytest.fixture
def folder() -> Iterator[Path]:
    """Short, as sockets lie in it, and open to the user that Postgres runs as."""
    with TemporaryDirectory(prefix="demo-", dir="/tmp") as name:
        yield Path(name) / "d"


def processes_of(folder: Path) -> dict[int, str]:
    """The processes that were started for a folder, by what their command line or environment says."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                environment = (entry / "environ").read_bytes().decode(errors="replace")
            except OSError:  # it has ended meanwhile
                continue
            if str(folder) in command or str(folder) in environment:
                found[int(entry.name)] = command
    return found


def started(folder: Path) -> subprocess.Popen[str]:
    """`dunlin demo` as somebody without a terminal starts it, once it shows the first line about the portfolio."""
    command = [str(Path(sys.executable).with_name("dunlin")), "demo", "--accounts", "4", "--headless"]
    process = subprocess.Popen(  # noqa: S603 - our own program
        [*command, "--folder", str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    deadline = time.monotonic() + START_SECONDS_MAX
    while not process.stdout.readline().startswith("day "):
        assert process.poll() is None
        assert time.monotonic() < deadline
    return process


async def tamper(folder: Path) -> None:
    async with Stack(folder) as stack:
        database = Database(stack.environment()["DATABASE_URL"])
        async with database.transaction() as session:
            await session.execute(text("ALTER TABLE journal DISABLE TRIGGER USER"))
            await session.execute(
                text("UPDATE journal SET at = at + interval '1 second' WHERE kind = 'payment_received'")
            )
        await database.close()


async def test_a_small_portfolio_is_collected_to_its_end_and_a_changed_journal_is_found(folder: Path) -> None:
    said = StringIO()
    console = Console(file=said, width=100)
    terms = Terms(accounts=12, days=120, seconds=60, opening=datetime.now(UTC))

    result = await begin(folder, terms, console)

    assert result.failures == ()
    assert result.refused == ()
    assert result.portfolio.snapshot.ended == 12
    assert result.portfolio.snapshot.collected
    sent = {channel.channel: channel.sent for channel in result.portfolio.snapshot.channels}
    assert len(list((folder / "mail").iterdir())) >= sent["email"] > 0
    assert "day 0 of 120" in said.getvalue()
    assert "The journal verifies, and nobody was contacted after paying." in said.getvalue()
    assert processes_of(folder) == {}

    await tamper(folder)
    again = await go_on(folder, console)

    assert again.failures
    assert all("the line is not what was hashed" in failure for failure in again.failures)


def test_a_demonstration_that_is_stopped_tells_how_it_stands_and_leaves_no_process(folder: Path) -> None:
    process = started(folder)

    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=START_SECONDS_MAX)

    assert process.returncode == 0, said
    assert "Stopped." in said
    assert "The journal verifies" in said
    assert processes_of(folder) == {}


def test_a_demonstration_whose_worker_dies_says_so_and_fails(folder: Path) -> None:
    process = started(folder)

    for number, command in processes_of(folder).items():
        if command.rstrip().endswith("worker.py") and "leash" not in command:
            os.kill(number, signal.SIGKILL)
    said, _ = process.communicate(timeout=START_SECONDS_MAX)

    assert process.returncode == 1, said
    assert "FAILED: the worker ended with code" in said
    assert processes_of(folder) == {}
