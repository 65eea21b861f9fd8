"""What each system runs on while it is measured, and nothing else runs: a new Postgres cluster and the mail sink."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import parse_qs, urlsplit

import asyncpg

from bench.peers.names import ENVIRONMENT, READY, ROOT, SINK_MODULE
from runtime.postgres import EmbeddedPostgres
from runtime.processes import LeashedProcess, StackError, free_ports

_START_SECONDS_MAX = 60
_POLL_SECONDS = 0.1
_PROGRAM_SECONDS_MAX = 300


def socket_folder(database_url: str) -> str:
    """The folder of the Postgres socket in a DATABASE_URL of the embedded server."""
    return parse_qs(urlsplit(database_url).query)["host"][0]


async def until_ready(process: LeashedProcess, word: str = READY) -> None:
    """Wait until it says so in its output. Raises StackError when it ended instead."""
    async with asyncio.timeout(_START_SECONDS_MAX):
        while word not in process.last_lines():
            if process.exit_code is not None:
                raise StackError(f"{process.name} ended with code {process.exit_code}:\n{process.last_lines()}")
            await asyncio.sleep(_POLL_SECONDS)


class Sink:
    """The mail sink of one measurement, with a folder of its own."""

    def __init__(self, folder: Path, delay_seconds: float) -> None:
        self.folder = folder / "mail"
        self.port = free_ports(("smtp",), {})["smtp"]
        self.folder.mkdir(parents=True)
        words = ["--port", str(self.port), "--folder", str(self.folder), "--delay", str(delay_seconds)]
        self.process = LeashedProcess(
            "sink",
            [sys.executable, "-m", SINK_MODULE, *words],
            log=folder / "sink.log",
            environment=os.environ,
            folder=ROOT,
        )


@asynccontextmanager
async def sink_in(folder: Path, delay_seconds: float) -> AsyncIterator[Sink]:
    """A sink that answers each mail after a delay, until the end."""
    sink = Sink(folder, delay_seconds)
    try:
        await until_ready(sink.process)
        yield sink
    finally:
        await asyncio.to_thread(sink.process.stop)


class Ground:
    """A Postgres cluster, and the programs of one peer on it."""

    def __init__(self, folder: Path, socket: str) -> None:
        self.folder = folder
        self.socket = socket
        self._started = 0

    @property
    def command_folder(self) -> Path:
        """Where the peers' commands are."""
        return ENVIRONMENT / "bin"

    async def sql(self, statement: str, database: str = "postgres") -> list[asyncpg.Record]:
        """Run one statement outside of any transaction."""
        connection = await asyncpg.connect(host=self.socket, user="postgres", database=database)
        try:
            return list(await connection.fetch(statement))
        finally:
            await connection.close()

    async def new_database(self, name: str, template: str = "template1") -> None:
        """The database, empty or as the template is, whatever was there before."""
        await self.sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await self.sql(f"CREATE DATABASE {name} TEMPLATE {template}")

    def environment(self, **more: str) -> dict[str, str]:
        """What a peer's program reads."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "TRYTON", "DBOS"))}
        return {**kept, "PGHOST": self.socket, "PGUSER": "postgres", "TZ": "UTC", **more}

    def start(self, program: str, *words: str, **more: str) -> LeashedProcess:
        """Start a peer's program; it ends with the measurement at the latest."""
        self._started += 1
        name = f"{program}-{self._started}"
        return LeashedProcess(
            name,
            self._command(program, words),
            log=self.folder / f"{name}.log",
            environment=self.environment(**more),
            folder=ROOT,
            grace_seconds=5.0,
        )

    async def run(self, program: str, *words: str, **more: str) -> None:
        """Run a peer's program to its end. Raises StackError when it fails."""
        await self.run_command(self._command(program, words), **more)

    async def run_command(self, command: list[str], **more: str) -> None:
        """Run any command to its end, in the peers' environment. Raises StackError when it fails."""
        done = await asyncio.to_thread(
            subprocess.run,
            command,
            capture_output=True,
            text=True,
            check=False,
            cwd=ROOT,
            env=self.environment(**more),
            timeout=_PROGRAM_SECONDS_MAX,
        )
        if done.returncode != 0:
            raise StackError(f"{command[-3:]} ended with code {done.returncode}:\n{done.stderr[-2000:]}")

    @staticmethod
    def _command(program: str, words: tuple[str, ...]) -> list[str]:
        return [str(ENVIRONMENT / "bin" / "python"), "-m", f"bench.peers.programs.{program}", *words]


@asynccontextmanager
async def ground() -> AsyncIterator[Ground]:
    """A new durable cluster in a folder that is gone at the end."""
    folder = Path(mkdtemp(prefix="dunlin-peers-", dir="/var/tmp"))
    try:
        with EmbeddedPostgres(folder / "postgres") as postgres:
            yield Ground(folder, socket_folder(postgres.url))
    finally:
        shutil.rmtree(folder)
