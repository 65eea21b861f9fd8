"""What every system can be asked to do, so that all are measured by the same code."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bench.peers.ground import Ground, Sink, until_ready
from runtime.processes import LeashedProcess

FAR_DAYS = 20
"""How far off the next reminder is on a day on which nothing is due."""


@dataclass(frozen=True, slots=True)
class Way:
    """Where mails go and what they say."""

    sink: Sink
    reminder: Path


class System(Protocol):
    """One system on its own servers."""

    name: str
    settle_seconds: float
    """Without a mail for so long, with a worker running, nothing more comes."""

    async def open(self, way: Way, count: int) -> float:
        """Set up that many accounts with one reminder each. Returns when they are due, in seconds since 1970."""
        ...

    async def work(self, way: Way, due_at: float) -> LeashedProcess:
        """Start the worker and wait until it works. One that cron starts ends when nothing is left."""
        ...


class Cron:
    """A cron job that polls a table. With a lease it tries again what a dead worker claimed, without it never."""

    _LEASE_SECONDS = 8
    _LEAD_SECONDS = 8
    _MARGIN_SECONDS = 5.0

    def __init__(self, ground: Ground, *, tries_again: bool) -> None:
        self.name = f"cron and SQL, {'at least' if tries_again else 'at most'} once"
        self.settle_seconds = self._MARGIN_SECONDS + (self._LEASE_SECONDS if tries_again else 0)
        self.ground = ground
        self._lease = ("--lease", str(self._LEASE_SECONDS)) if tries_again else ()

    async def open(self, way: Way, count: int) -> float:
        due_at = time.time() + self._LEAD_SECONDS
        await self.store(count, due_at)
        return due_at

    async def store(self, count: int, due_at: float) -> None:
        """The table, in a new database."""
        await self.ground.new_database("cron")
        await self.ground.run("cron_sql", "open", str(count), "--at", str(due_at))

    async def work(self, way: Way, due_at: float) -> LeashedProcess:
        process = self.ground.start("cron_sql", "run", *self._lease, "--at", str(due_at), **_mail(way))
        await until_ready(process)
        return process


class Dbos:
    """DBOS Transact, with a durable sleep or a delayed queue."""

    settle_seconds = 10.0
    _LEAD_SECONDS = 8
    _ACCOUNTS_PER_SECOND = 100

    def __init__(self, ground: Ground, way_to_wait: str) -> None:
        self.name = {"sleep": "DBOS, durable sleep", "delay": "DBOS, delayed queue"}[way_to_wait]
        self.ground = ground
        self._way_to_wait = way_to_wait
        self._first: LeashedProcess | None = None

    async def open(self, way: Way, count: int) -> float:
        """The first worker makes the tables, so it is there before the accounts are."""
        self._first = await self.new_worker(way)
        due_at = time.time() + self._LEAD_SECONDS + count / self._ACCOUNTS_PER_SECOND
        await self.enqueue(count, due_at)
        return due_at

    async def new_worker(self, way: Way) -> LeashedProcess:
        """A worker on a new database."""
        await self.ground.new_database("dbos")
        return await self.restart(way)

    async def restart(self, way: Way) -> LeashedProcess:
        """A worker, which takes up what an earlier one left."""
        process = self.ground.start("dbos_cases", "work", **_mail(way))
        await until_ready(process)
        return process

    async def enqueue(self, count: int, due_at: float) -> None:
        """As a client does."""
        await self.ground.run("dbos_cases", "open", self._way_to_wait, str(count), "--at", str(due_at))

    async def copy(self, count: int) -> None:
        """Make many of the one delayed workflow."""
        await self.ground.run("dbos_cases", "copy", str(count))

    async def work(self, way: Way, due_at: float) -> LeashedProcess:
        process, self._first = self._first, None
        return process if process is not None else await self.restart(way)


class Tryton:
    """Tryton's dunning cycle, as cron starts it."""

    name = "Tryton account_dunning"
    settle_seconds = 10.0
    _LEAD_SECONDS = 10
    _OVERDUE_DAYS = 6

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self._config = ground.folder / "trytond.conf"

    async def set_up(self, reminder: Path) -> None:
        """The modules and the books, once; every measurement begins with a copy of them."""
        self._config.write_text("[database]\nuri = postgresql://\n")
        password = self.ground.folder / "password"
        password.write_text("made-up\n")
        await self.ground.new_database("tryton")
        admin = str(self.ground.command_folder / "trytond-admin")
        command = [admin, "-c", str(self._config), "-d", "tryton", "--all", "--email", "admin@example.com"]
        await self.ground.run_command(command, TRYTONPASSFILE=str(password))
        await self.ground.run("tryton_books", "set-up", str(reminder), TRYTOND_CONFIG=str(self._config))
        await self.ground.new_database("tryton_books", template="tryton")

    async def open(self, way: Way, count: int) -> float:
        await self.store(count, waiting=False)
        return time.time() + self._LEAD_SECONDS

    async def store(self, count: int, *, waiting: bool) -> None:
        """Customers with an overdue line each, which have had the first reminder when `waiting`."""
        await self.ground.new_database("tryton", template="tryton_books")
        words = [str(count), "--overdue-days", str(self._OVERDUE_DAYS), *(["--waiting"] if waiting else [])]
        await self.ground.run("tryton_books", "customers", *words)

    async def work(self, way: Way, due_at: float) -> LeashedProcess:
        process = self.ground.start("tryton_cycle", str(self.config(way)), "--at", str(due_at))
        await until_ready(process)
        return process

    def config(self, way: Way) -> Path:
        """Its configuration file, with this sink."""
        mail = f"[email]\nuri = smtp://127.0.0.1:{way.sink.port}\nfrom = collections@lender.example\n"
        self._config.write_text(f"[database]\nuri = postgresql://\n{mail}")
        return self._config


def _mail(way: Way) -> dict[str, str]:
    return {"PEER_SMTP_PORT": str(way.sink.port), "PEER_REMINDER": str(way.reminder)}
