"""The embedded stack starts, goes on after a restart, and leaves nothing behind however it ends."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import mkdtemp

import aiohttp
import psutil
import pytest
from temporalio.client import Client

from runtime.folder_lock import FolderLock
from runtime.processes import LeashedProcess, StackError, free_ports
from runtime.settings import WorkerSettings, load_settings
from runtime.stack import Stack, default_state_folder

GONE_SECONDS_MAX = 30.0


@pytest.fixture
def folder() -> Iterator[Path]:
    """Short, because sockets lie in it."""
    path = Path(mkdtemp(prefix="stack-", dir="/tmp"))
    yield path
    shutil.rmtree(path)


@pytest.fixture
async def stack(folder: Path) -> AsyncIterator[Stack]:
    async with Stack(folder, durable=False) as stack:
        yield stack


def children_of(process_id: int) -> list[psutil.Process]:
    return list(psutil.Process(process_id).children(recursive=True))


def names_of(processes: list[psutil.Process]) -> set[str]:
    return {process.name() for process in processes}


def still_running(processes: list[psutil.Process]) -> list[psutil.Process]:
    return list(psutil.wait_procs(processes, timeout=GONE_SECONDS_MAX)[1])


@asynccontextmanager
async def run_in_process(folder: Path, *words: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, dict[str, str]]]:
    """A stack in another process, once it is up, and its environment."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.runtime.run_stack",
        str(folder),
        *words,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    said = await process.stdout.readline()
    try:
        yield process, json.loads(said)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def test_its_environment_is_a_complete_configuration(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in stack.environment().items():
        monkeypatch.setenv(name, value)
    settings = load_settings(WorkerSettings)
    client = await Client.connect(settings.temporal_address)
    assert (await client.count_workflows()).count == 0
    reader, writer = await asyncio.open_connection(settings.smtp_host, settings.smtp_port)
    assert (await reader.readline()).startswith(b"220")
    writer.close()


async def test_the_temporal_ui_answers(stack: Stack) -> None:
    async with aiohttp.ClientSession() as session:
        answer = await session.get(stack.temporal_ui_url)
        assert answer.status == 200
        assert "<html" in await answer.text()


async def test_a_program_of_the_stack_gets_its_settings(stack: Stack) -> None:
    program = stack.run("told", ["/bin/sh", "-c", "echo $DUNLIN_TEMPORAL_ADDRESS $EXTRA"], EXTRA="more")
    assert await program.ended() == 0
    assert program.last_lines() == f"{stack.temporal_address} more"


async def test_no_process_is_left_after_a_normal_end(folder: Path) -> None:
    before = children_of(os.getpid())
    async with Stack(folder, durable=False) as stack:
        worker = stack.run("worker", ["/bin/sh", "-c", "sleep 600 & sleep 600"])
        started: list[psutil.Process] = []
        async with asyncio.timeout(GONE_SECONDS_MAX):
            while not {"postgres", "temporal", "sleep"} <= names_of(started):
                started = [child for child in children_of(os.getpid()) if child not in before]
                await asyncio.sleep(0)
    assert worker.exit_code is not None
    assert still_running(started) == []


async def test_a_restart_goes_on_at_the_same_addresses_with_the_same_state(folder: Path) -> None:
    async with Stack(folder, durable=False) as stack:
        first = stack.environment()
        client = await Client.connect(stack.temporal_address)
        await client.start_workflow("Sleeper", id="still-here", task_queue="nobody-polls")
    async with Stack(folder, durable=False) as stack:
        assert stack.environment() == first
        client = await Client.connect(stack.temporal_address)
        assert (await client.get_workflow_handle("still-here").describe()).workflow_type == "Sleeper"


async def test_a_second_stack_on_the_folder_is_refused_with_the_first_ones_process(stack: Stack) -> None:
    with pytest.raises(StackError, match=rf"already runs on {stack.folder} \(process {os.getpid()}\): stop it, or"):
        await Stack(stack.folder).start()
    assert (await (await Client.connect(stack.temporal_address)).count_workflows()).count == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_a_signal_ends_it_in_order(folder: Path, number: signal.Signals) -> None:
    async with run_in_process(folder) as (process, _):
        started = children_of(process.pid)
        process.send_signal(number)
        assert await process.wait() == 0
    assert still_running(started) == []


async def test_an_exception_ends_it_too(folder: Path) -> None:
    async with run_in_process(folder, "raise") as (process, _):
        assert process.stderr is not None
        assert b"as the test wants it" in await process.stderr.read()
        assert await process.wait() == 1
    await FolderLock(folder).acquire()  # nobody holds it any more


async def test_nothing_outlives_a_killed_stack_and_the_next_one_starts_at_once(folder: Path) -> None:
    async with run_in_process(folder) as (process, environment):
        started = children_of(process.pid)
        assert {"postgres", "temporal"} <= names_of(started)
        process.kill()
        await process.wait()
    async with Stack(folder, durable=False) as stack:
        assert stack.environment() == environment
        assert still_running(started) == []


async def test_a_port_that_somebody_took_is_left_to_them(folder: Path) -> None:
    async with Stack(folder, durable=False) as stack:
        before = stack.state.ports
    with socket.create_server(("127.0.0.1", before["smtp"])):
        async with Stack(folder, durable=False) as stack:
            after = stack.state.ports
    assert after.pop("smtp") != before.pop("smtp")
    assert after == before


async def test_a_server_that_ends_at_once_is_reported_with_its_last_words(folder: Path) -> None:
    (folder / "temporal.db").mkdir()
    with pytest.raises(StackError, match=r"temporal ended with code 1, see .*temporal\.log:\n"):
        await Stack(folder, durable=False).start()
    await FolderLock(folder).acquire()


def test_a_missing_program_is_named(folder: Path) -> None:
    with pytest.raises(StackError, match="worker: cannot start /nowhere/worker: No such file or directory"):
        LeashedProcess("worker", ["/nowhere/worker"], log=folder / "log", environment={})


def test_a_program_that_does_not_stop_is_killed(folder: Path) -> None:
    before = children_of(os.getpid())
    program = LeashedProcess(
        "stubborn",
        ["/bin/sh", "-c", "trap '' TERM; while :; do sleep 600; done"],
        log=folder / "log",
        environment={},
        grace_seconds=0.2,
    )
    started = [child for child in children_of(os.getpid()) if child not in before]
    program.stop()
    assert still_running(started) == []


def test_ports_are_all_different_and_the_free_ones_are_kept() -> None:
    first = free_ports(["a", "b", "c"], {})
    assert len(set(first.values())) == 3
    assert free_ports(["a", "b", "c"], first) == first
    assert free_ports(["a", "b"], {"a": first["a"], "b": first["a"]})["b"] != first["a"]


async def test_a_folder_of_somebody_else_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(StackError, match="belongs to user"):
        await Stack(folder).start()


def test_the_default_folder_is_short_and_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DUNLIN_STATE_FOLDER", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", "/home/somebody/.local/state")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert default_state_folder() == Path("/var/tmp/dunlin-0")  # noqa: S108
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert default_state_folder() == Path("/home/somebody/.local/state/dunlin")
    monkeypatch.setenv("DUNLIN_STATE_FOLDER", "/srv/elsewhere")
    assert default_state_folder() == Path("/srv/elsewhere")
