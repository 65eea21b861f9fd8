"""The embedded Postgres: starts for anybody, keeps its data, and never outlives whoever started it."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from runtime.postgres import SOCKET_PATH_LENGTH_MAX, EmbeddedPostgres, PostgresFailed


@pytest.fixture
def folder() -> Iterator[Path]:
    with TemporaryDirectory(prefix="pg-", dir="/tmp") as name:
        yield Path(name)


async def _ask(url: str, question: str) -> object:
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.begin() as connection:
        return (await connection.execute(text(question))).scalar()


async def _run(url: str, statement: str) -> None:
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.execute(text(statement))


def _servers_of(folder: Path) -> list[int]:
    """The ids of all processes that have the data folder among their words."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if os.fsencode(folder) in words:
            found.append(int(process.name))
    return found


@pytest.mark.parametrize("how", [signal.SIGQUIT, signal.SIGKILL])
async def test_what_was_committed_survives_a_crash(folder: Path, how: signal.Signals) -> None:
    server = EmbeddedPostgres(folder)
    url = server.start()
    await _run(url, "CREATE TABLE kept AS SELECT 42 AS answer")

    server.crash(how)
    server.crash(how)
    _start_when_its_children_are_gone(server)

    assert await _ask(url, "SELECT answer FROM kept") == 42
    server.stop()
    assert _servers_of(folder) == []


def _start_when_its_children_are_gone(server: EmbeddedPostgres) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            server.start()
        except PostgresFailed:
            assert time.monotonic() < deadline
        else:
            return


async def test_data_survives_a_restart_under_the_same_address(folder: Path) -> None:
    server = EmbeddedPostgres(folder)
    first = server.start()
    await _run(first, "CREATE TABLE kept AS SELECT 42 AS answer")
    server.stop()

    with EmbeddedPostgres(folder) as again:
        assert again.url == first
        assert await _ask(first, "SELECT answer FROM kept") == 42


def test_a_closed_parent_folder_is_neither_opened_nor_in_the_way(folder: Path) -> None:
    folder.chmod(0o700)

    with EmbeddedPostgres(folder / "data", durable=False) as server:
        assert server.url

    assert folder.stat().st_mode & 0o777 == 0o700


async def test_a_data_folder_with_a_long_path_gets_a_socket_with_a_short_one(folder: Path) -> None:
    long = folder / ("d" * 100)

    with EmbeddedPostgres(long, durable=False) as server:
        socket = str(await _ask(server.url, "SHOW unix_socket_directories"))

        assert len(f"{socket}/.s.PGSQL.5432") <= SOCKET_PATH_LENGTH_MAX


async def test_fsync_is_given_up_only_when_asked(folder: Path) -> None:
    with EmbeddedPostgres(folder) as server:
        assert await _ask(server.url, "SHOW fsync") == "on"
    with EmbeddedPostgres(folder, durable=False) as server:
        assert await _ask(server.url, "SHOW fsync") == "off"


async def test_a_second_server_on_the_same_data_is_refused_and_the_first_goes_on(folder: Path) -> None:
    with EmbeddedPostgres(folder, durable=False) as server:
        with pytest.raises(PostgresFailed, match=r"postmaster\.pid"):
            EmbeddedPostgres(folder, durable=False).start()

        assert await _ask(server.url, "SELECT 1") == 1


def test_stopping_leaves_no_process_behind(folder: Path) -> None:
    server = EmbeddedPostgres(folder, durable=False)
    server.start()
    assert _servers_of(folder)

    server.stop()

    assert _servers_of(folder) == []


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_the_server_ends_with_a_process_that_was_interrupted(folder: Path, how: signal.Signals) -> None:
    script = (
        "import pathlib, sys, time; from runtime.postgres import EmbeddedPostgres;"
        "EmbeddedPostgres(pathlib.Path(sys.argv[1]), durable=False).start(); print('up', flush=True); time.sleep(600)"
    )
    starter = subprocess.Popen(  # noqa: S603  the test's own words
        [sys.executable, "-c", script, str(folder)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert starter.stdout is not None
    assert starter.stdout.readline() == b"up\n"
    server = os.pidfd_open(int((folder / "cluster" / "postmaster.pid").read_text().split()[0]))

    starter.send_signal(how)
    starter.communicate()

    ended, _, _ = select.select([server], [], [], 20)
    os.close(server)
    assert ended


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become a normal user")
def test_a_normal_user_can_start_and_stop_it(folder: Path) -> None:
    folder.chmod(0o777)
    script = (
        "import pathlib, sys; from runtime.postgres import EmbeddedPostgres;"
        "server = EmbeddedPostgres(pathlib.Path(sys.argv[1]) / 'data'); server.start(); server.stop()"
    )

    # The capability only lets the interpreter be read, wherever it is installed.
    as_nobody = [
        *("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--securebits=+no_setuid_fixup"),
        *("--inh-caps=+dac_override", "--ambient-caps=+dac_override"),
    ]
    done = subprocess.run(  # noqa: S603  the test's own words
        [*as_nobody, sys.executable, "-c", script, str(folder)],
        env={"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
