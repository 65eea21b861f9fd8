"""What a day costs on which nothing is due: processor time, and what Postgres did."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from bench.peers.dunlin import Dunlin
from bench.peers.ground import sink_in, socket_folder
from bench.peers.processor import DAY_SECONDS, day_seconds, ended_seconds, memory_bytes, running_seconds
from bench.peers.systems import FAR_DAYS, Cron, Dbos, Tryton, Way

_SETTLE_SECONDS = 10
_CRON_RUNS = 3
_RUNS_PER_DAY = 1440
_COPIES_SETTLE_SECONDS = 5
_REST_SECONDS = 30
"""The server goes on tidying for a while after the last case has fallen asleep."""
_LOOK_SECONDS = 5.0
_STILL_SHARE = 0.02
"""Of one core."""
_STILL_SECONDS_MAX = 60


@dataclass(frozen=True, slots=True)
class Idle:
    """A day with nothing due. Rows and transactions are what Postgres counts itself."""

    accounts: int
    processor_seconds: float
    transactions: float
    rows_read: float
    how: str


@dataclass(frozen=True, slots=True)
class _Counters:
    processor: float
    transactions: int
    rows: int

    def since(self, before: _Counters) -> _Counters:
        return _Counters(
            self.processor - before.processor, self.transactions - before.transactions, self.rows - before.rows
        )


async def idle_cron(cron: Cron, accounts: int, window: int, folder: Path, reminder: Path) -> Idle:
    """A job that cron starts each minute: a process, a poll, and nothing found."""
    async with sink_in(folder, 0.0) as sink:
        way = Way(sink, reminder)
        await cron.store(accounts, _far())
        background = await _window(cron.ground.socket, window)

        async def job() -> None:
            await cron.ground.run("cron_sql", "run", PEER_SMTP_PORT=str(way.sink.port), PEER_REMINDER=str(way.reminder))

        once = await _jobs(cron.ground.socket, job, _CRON_RUNS)
        return _day(accounts, background, window, once, _RUNS_PER_DAY, f"{_CRON_RUNS} jobs, as one a minute")


async def idle_tryton(tryton: Tryton, accounts: int, window: int, folder: Path, reminder: Path) -> Idle:
    """A cycle a day, in which each account has had its first reminder and waits for the second."""
    async with sink_in(folder, 0.0) as sink:
        way = Way(sink, reminder)
        await tryton.store(accounts, waiting=True)
        background = await _window(tryton.ground.socket, window)

        async def job() -> None:
            await tryton.ground.run("tryton_cycle", str(tryton.config(way)))

        once = await _jobs(tryton.ground.socket, job, 1)
        return _day(accounts, background, window, once, 1, "one cycle, as one a day")


async def idle_delayed(dbos: Dbos, accounts: int, window: int, folder: Path, reminder: Path) -> Idle:
    """A worker that polls its queue while all wait in it."""
    async with sink_in(folder, 0.0) as sink:
        worker = await dbos.new_worker(Way(sink, reminder))
        await dbos.enqueue(1, _far())
        await dbos.copy(accounts)
        await asyncio.sleep(_COPIES_SETTLE_SECONDS)
        background = await _window(dbos.ground.socket, window)
        await asyncio.to_thread(worker.stop)
        return _day(accounts, background, window, how=f"{window} s watched")


async def idle_asleep(dbos: Dbos, accounts: int, window: int, folder: Path, reminder: Path) -> Idle:
    """A worker in which all sleep; then it is killed, and what it costs to start it again is told beside."""
    async with sink_in(folder, 0.0) as sink:
        way = Way(sink, reminder)
        worker = await dbos.new_worker(way)
        empty_bytes = memory_bytes(worker.pid)
        await dbos.enqueue(accounts, _far())
        await _until_still()
        each_bytes = (memory_bytes(worker.pid) - empty_bytes) / accounts
        background = await _window(dbos.ground.socket, window)
        await asyncio.to_thread(worker.kill)
        before = running_seconds()
        worker = await dbos.restart(way)
        await _until_still()
        start = running_seconds() - before
        await asyncio.to_thread(worker.stop)
        how = f"{window} s watched; {each_bytes / 1000:.0f} kB of worker each; a restart {start:.1f} s of processor"
        return _day(accounts, background, window, how=how)


async def idle_dunlin(dunlin: Dunlin, accounts: int, window: int, folder: Path, reminder: Path) -> Idle:
    """The server, the worker and Postgres, first with no case and then with all asleep."""
    async with sink_in(folder, 0.0) as sink:
        worker = await dunlin.new_worker(Way(sink, reminder))
        socket = socket_folder(dunlin.running.stack.environment()["DATABASE_URL"])
        await asyncio.sleep(_SETTLE_SECONDS)
        empty = await _window(socket, window)
        await dunlin.open_far(accounts)
        await _until_still()
        await asyncio.sleep(_REST_SECONDS)
        background = await _window(socket, window)
        await asyncio.to_thread(worker.stop)
        without = day_seconds(empty.processor, window)
        return _day(accounts, background, window, how=f"{window} s watched; without a case {without:,.0f} s a day")


def _far() -> float:
    return time.time() + FAR_DAYS * DAY_SECONDS


async def _until_still() -> None:
    """Wait until what is measured does almost nothing, or until it is plain that it goes on doing what it does."""
    deadline = time.monotonic() + _STILL_SECONDS_MAX
    while time.monotonic() < deadline:
        before = running_seconds()
        await asyncio.sleep(_LOOK_SECONDS)
        if running_seconds() - before < _LOOK_SECONDS * _STILL_SHARE:
            break
    await asyncio.sleep(_SETTLE_SECONDS)


async def _window(socket: str, seconds: int) -> _Counters:
    """What is used in so many seconds in which nobody does anything."""
    before = await _counters(socket, running_seconds())
    await asyncio.sleep(seconds)
    return (await _counters(socket, running_seconds())).since(before)


async def _jobs(socket: str, job: Callable[[], Awaitable[None]], times: int) -> _Counters:
    """What one run of a job takes, in its own process and in Postgres."""
    before = await _counters(socket, running_seconds() + ended_seconds())
    for _ in range(times):
        await job()
    used = (await _counters(socket, running_seconds() + ended_seconds())).since(before)
    return _Counters(used.processor / times, used.transactions // times, used.rows // times)


async def _counters(socket: str, processor: float) -> _Counters:
    connection = await asyncpg.connect(host=socket, user="postgres", database="postgres")
    try:
        row = await connection.fetchrow(
            "SELECT sum(xact_commit)::bigint AS transactions, sum(tup_returned + tup_fetched)::bigint AS rows"
            " FROM pg_stat_database WHERE datname <> 'postgres' OR $1",
            await _works_in_postgres(connection),
        )
    finally:
        await connection.close()
    return _Counters(processor, row["transactions"] or 0, row["rows"] or 0)


async def _works_in_postgres(connection: asyncpg.Connection) -> bool:
    """Dunlin's embedded stack keeps its tables in the database that the measurement itself connects to."""
    return bool(await connection.fetchval("SELECT to_regclass('public.journal') IS NOT NULL"))


def _day(
    accounts: int, background: _Counters, window: int, job: _Counters | None = None, jobs: int = 0, how: str = ""
) -> Idle:
    each = job or _Counters(0.0, 0, 0)
    return Idle(
        accounts,
        day_seconds(background.processor, window, each.processor, jobs),
        day_seconds(background.transactions, window, each.transactions, jobs),
        day_seconds(background.rows, window, each.rows, jobs),
        how,
    )
