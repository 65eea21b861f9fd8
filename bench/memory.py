"""What a sleeping case takes of a worker and of Temporal's database, beside the floor: `python -m bench.memory`.

Both workers keep every workflow in their cache. The floor is a workflow that sleeps on one timer. A case has had its
first turn, and sleeps on one timer too.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

import psutil
from sqlalchemy import text

from bench.concurrency import at_most
from bench.floor import FLOOR_QUEUE, FLOOR_WORKFLOW, FloorStart
from bench.portfolio import accounts
from bench.servers import Servers, servers
from bench.storage import temporal_bytes
from bench.treatment import bench_rulebook
from domain.clock import PRODUCTION_CLOCK
from runtime.logging import configure_logging
from runtime.processes import LeashedProcess

MEMORY_RATIO_WANTED = 1.5

_DAYS = (1, 11, 21)
_CONCURRENCY = 20
_WARM = 300
_SETTLE_SECONDS = 5
_POLL_SECONDS = 0.5
_CACHE_ALL = {"DUNLIN_MAX_CACHED_WORKFLOWS": "100000"}
_OPENED = text("SELECT count(*) FROM collection_case WHERE status <> 'registered'")


@dataclass(frozen=True, slots=True)
class Sleeper:
    """Bytes that one more sleeping workflow takes: of its worker's memory, and of Temporal's database."""

    worker_bytes: float
    temporal_bytes: float


@dataclass(frozen=True, slots=True)
class Sleepers:
    case: Sleeper
    floor: Sleeper

    @property
    def ratio(self) -> float:
        """A cached case's memory against the floor's."""
        return self.case.worker_bytes / self.floor.worker_bytes


async def measure_memory(servers: Servers, count: int) -> Sleepers:
    """`count` sleepers of each kind, after some that warm the worker up."""
    dunlin = await servers.start_dunlin(_DAYS, **_CACHE_ALL)
    case = await _measure(servers, dunlin, count, partial(_open_cases, servers))
    await asyncio.to_thread(dunlin.stop)
    floor_worker = await servers.start_floor(**_CACHE_ALL)
    return Sleepers(case, await _measure(servers, floor_worker, count, partial(_start_floor, servers)))


async def _measure(
    servers: Servers, worker: LeashedProcess, count: int, start: Callable[[str, int], Awaitable[None]]
) -> Sleeper:
    await start("warm", _WARM)
    await asyncio.sleep(_SETTLE_SECONDS)
    memory, disk = _resident(worker), await temporal_bytes(servers)
    await start("sleep", count)
    await asyncio.sleep(_SETTLE_SECONDS)
    return Sleeper((_resident(worker) - memory) / count, (await temporal_bytes(servers) - disk) / count)


def _resident(worker: LeashedProcess) -> int:
    return int(psutil.Process(worker.pid).memory_info().rss)


async def _open_cases(servers: Servers, name: str, count: int) -> None:
    client = servers.client(bench_rulebook(_DAYS), PRODUCTION_CLOCK)
    due = datetime.now(UTC).date() + timedelta(days=60)
    before = await _opened(servers)
    await at_most(_CONCURRENCY, (client.open_case(each) for each in accounts(f"memory-{name}", count, due)))
    while await _opened(servers) < before + count:  # noqa: ASYNC110 - Postgres tells nobody
        await asyncio.sleep(_POLL_SECONDS)


async def _opened(servers: Servers) -> int:
    async with servers.database.transaction() as session:
        return int((await session.execute(_OPENED)).scalar_one())


async def _start_floor(servers: Servers, name: str, count: int) -> None:
    start = FloorStart(instants=(datetime.now(UTC) + timedelta(days=60),))

    async def one(number: int) -> None:
        await servers.temporal.start_workflow(
            FLOOR_WORKFLOW, start, id=f"floor-{name}-{number:05}", task_queue=FLOOR_QUEUE
        )

    await at_most(_CONCURRENCY, (one(number) for number in range(count)))
    last = servers.temporal.get_workflow_handle(f"floor-{name}-{count - 1:05}")
    while (await last.describe()).history_length < 5:  # noqa: ASYNC110 - until its timer is set
        await asyncio.sleep(_POLL_SECONDS)


def words_of(found: Sleepers) -> str:
    """The figures in two lines."""
    return (
        f"memory of a cached case {found.case.worker_bytes / 1024:.0f} KiB, of the floor "
        f"{found.floor.worker_bytes / 1024:.0f} KiB: ratio {found.ratio:.2f} (wanted: {MEMORY_RATIO_WANTED})\n"
        f"Temporal's database: {found.case.temporal_bytes:,.0f} bytes a sleeping case, "
        f"{found.floor.temporal_bytes:,.0f} bytes a sleeping workflow of the floor"
    )


async def _run(count: int) -> None:
    async with servers() as running:
        print(words_of(await measure_memory(running, count)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.memory", description=__doc__)
    parser.add_argument("--cases", type=int, default=2_000, help="sleepers of each kind that are counted")
    configure_logging(level="warning", log_format="auto")
    sys.exit(asyncio.run(_run(parser.parse_args().cases)))
