"""What the benchmarks run on: the embedded stack as it is, each server in a process of its own, Postgres durable."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import mkdtemp

from temporalio.client import Client

from bench.portfolio import LENDER
from bench.worker import READY
from db.migrate import upgrade
from db.session import Database
from domain.clock import Clock
from rulebook.load import Rulebook
from runtime.processes import LeashedProcess, StackError
from runtime.stack import Stack
from runtime.temporal import DATA_CONVERTER, ensure_search_attributes
from starter.client import DunlinClient
from workflows.search_attributes import ALL

_START_SECONDS_MAX = 60
_POLL_SECONDS = 0.2
_OFF = {"DUNLIN_METRICS_PORT": "0", "DUNLIN_HEALTH_PORT": "0"}


@dataclass(frozen=True, slots=True)
class Servers:
    """A running stack, and the connections to it."""

    stack: Stack
    temporal: Client
    database: Database
    _numbers: Iterator[int] = field(default_factory=count)
    """Each worker has a log of its own."""

    def client(self, rulebook: Rulebook, clock: Clock) -> DunlinClient:
        return DunlinClient(self.temporal, self.database, rulebook, clock=clock)

    async def start_dunlin(self, days: Sequence[int], **settings: str) -> LeashedProcess:
        """A worker of Dunlin's in a process of its own, once it works. `settings` are environment variables."""
        return await self._start("dunlin", *map(str, days), **settings)

    async def start_floor(self, **settings: str) -> LeashedProcess:
        """The floor's worker in a process of its own, once it works."""
        return await self._start("floor", **settings)

    async def _start(self, kind: str, *words: str, **settings: str) -> LeashedProcess:
        name = f"{kind}-{next(self._numbers)}"
        process = self.stack.run(name, [sys.executable, "-m", "bench.worker", kind, *words], **_OFF, **settings)
        async with asyncio.timeout(_START_SECONDS_MAX):
            while READY not in process.last_lines():
                if process.exit_code is not None:
                    raise StackError(f"the worker {name} ended with code {process.exit_code}:\n{process.last_lines()}")
                await asyncio.sleep(_POLL_SECONDS)
        return process


@asynccontextmanager
async def servers() -> AsyncIterator[Servers]:
    """A new stack with Dunlin's tables, search attributes and the lender. It is gone with all it kept at the end."""
    folder = Path(mkdtemp(prefix="dunlin-bench-", dir="/var/tmp"))
    try:
        async with Stack(folder) as stack:
            url = stack.environment()["DATABASE_URL"]
            await upgrade(url)
            temporal = await Client.connect(stack.temporal_address, data_converter=DATA_CONVERTER)
            await ensure_search_attributes(temporal, "default", ALL)
            database = Database(url)
            try:
                await DunlinClient(temporal, database, Rulebook.load()).register_lender(LENDER)
                yield Servers(stack, temporal, database)
            finally:
                await database.close()
    finally:
        shutil.rmtree(folder)
