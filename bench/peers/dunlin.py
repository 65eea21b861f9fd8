"""Dunlin itself, on its embedded stack: the same accounts, and mails to the same sink as the peers'."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, time, timedelta

from bench.concurrency import at_most
from bench.peers.ground import until_ready
from bench.peers.reminder import account_name
from bench.peers.systems import FAR_DAYS, Way
from bench.portfolio import accounts
from bench.servers import Servers, servers
from bench.treatment import bench_rulebook
from bench.waves import one_day_a_second
from bench.worker import READY
from domain.clock import PRODUCTION_CLOCK, Clock
from domain.registration import AccountRegistration
from runtime.processes import LeashedProcess

STEP_DAYS = (1, 1500)
"""One reminder, and another so far off that it never comes while this runs."""
PREFIX = account_name(0).split("-")[0]
_CONCURRENCY = 20
_LEAD_SECONDS = 12
_CASES_PER_SECOND = 35
"""Opened and asleep, while the worker runs; what is due before it sleeps would spoil the figure."""


class Dunlin:
    """Business time runs a day a second, so that cases sleep first and are due together, by the policy's own plan."""

    name = "Dunlin"
    settle_seconds = 35.0
    """An activity whose worker died is tried again 25 s after it began."""

    def __init__(self, running: Servers) -> None:
        self.running = running
        self._started = 0
        self._first: LeashedProcess | None = None

    async def open(self, way: Way, count: int) -> float:
        self._first = await self.new_worker(way)
        clock = one_day_a_second()
        lead = timedelta(days=round(_LEAD_SECONDS + count / _CASES_PER_SECOND))
        due = clock.business(datetime.now(UTC)).date() + lead
        await self.register(accounts(PREFIX, count, due), clock)
        return _real_instant(clock, datetime.combine(due + timedelta(days=STEP_DAYS[0]), time(0), UTC))

    async def open_far(self, count: int) -> None:
        """Cases in real time, with nothing due for long."""
        due = datetime.now(UTC).date() + timedelta(days=FAR_DAYS)
        await self.register(accounts("far", count, due), PRODUCTION_CLOCK)

    async def register(self, registrations: list[AccountRegistration], clock: Clock) -> None:
        """Open the cases through the client."""
        client = self.running.client(bench_rulebook(STEP_DAYS), clock)
        await at_most(_CONCURRENCY, (client.open_case(each) for each in registrations))

    async def work(self, way: Way, due_at: float) -> LeashedProcess:
        process, self._first = self._first, None
        return process if process is not None else await self.new_worker(way)

    async def new_worker(self, way: Way) -> LeashedProcess:
        """A worker in a process of its own that sends to this sink."""
        self._started += 1
        process = self.running.stack.run(
            f"dunlin-{self._started}",
            [sys.executable, "-m", "bench.worker", "dunlin", *map(str, STEP_DAYS)],
            DUNLIN_METRICS_PORT="0",
            DUNLIN_HEALTH_PORT="0",
            DUNLIN_SMTP_PORT=str(way.sink.port),
        )
        await until_ready(process, READY)
        return process


@asynccontextmanager
async def dunlin() -> AsyncIterator[Dunlin]:
    """Dunlin on a new stack."""
    async with servers() as running:
        yield Dunlin(running)


def _real_instant(clock: Clock, business: datetime) -> float:
    assert clock.anchor is not None, "a fast clock is anchored"
    return (clock.anchor + (business - clock.anchor) / clock.factor).timestamp()
