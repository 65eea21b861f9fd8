"""What a system loses or doubles when its worker is killed in the middle of sending, by what the sink took."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path

from bench.peers.ground import sink_in
from bench.peers.rate import addresses
from bench.peers.systems import System, Way
from bench.peers.tally import Tally, count_mails, read_mails, tally
from runtime.processes import LeashedProcess

ANSWER_SECONDS = 0.05
"""How long the sink takes to answer a mail that it has kept, about what a mail server far away takes."""
KILLED_AT = (0.22, 0.47, 0.71)
"""After which shares of the mails the worker is killed. Not round, so that no batch has just ended."""
_POLL_SECONDS = 0.02
_CRON_SECONDS = 2.0
"""How long until cron starts a job again that has ended or died: its minute, shortened."""


@dataclass(frozen=True, slots=True)
class Survival:
    """How often the worker was killed, and what had arrived in the end."""

    kills: int
    tally: Tally


async def measure_survival(system: System, count: int, folder: Path, reminder: Path) -> Survival:
    """So many accounts, due at once; SIGKILL to the one worker, three times; a new one takes up its work at once."""
    async with sink_in(folder, ANSWER_SECONDS) as sink:
        way = Way(sink, reminder)
        worker = await system.work(way, await system.open(way, count))
        kills = 0
        for share in KILLED_AT:
            if not await _arrived(sink.folder, round(share * count), system.settle_seconds):
                break
            if worker.exit_code is None:
                await asyncio.to_thread(worker.kill)
                kills += 1
            worker = await system.work(way, 0.0)
        await _settled(system, way, worker)
        return Survival(kills, tally(addresses(count), read_mails(sink.folder)))


async def _arrived(folder: Path, wanted: int, settle_seconds: float) -> bool:
    """Wait for that many mails; False when nothing more comes. The first may take as long as the accounts' due date."""
    quiet_since, before = time.monotonic(), 0
    while (found := count_mails(folder)) < wanted:
        if found != before or not found:
            quiet_since, before = time.monotonic(), found
        if time.monotonic() - quiet_since > settle_seconds:
            return False
        await asyncio.sleep(_POLL_SECONDS)
    return True


async def _settled(system: System, way: Way, worker: LeashedProcess) -> None:
    """Keep a worker running until nothing has come for long enough."""
    quiet_since, before = time.monotonic(), count_mails(way.sink.folder)
    while time.monotonic() - quiet_since < system.settle_seconds:
        await asyncio.sleep(_CRON_SECONDS)
        if worker.exit_code is not None:
            worker = await system.work(way, 0.0)
        if (found := count_mails(way.sink.folder)) != before:
            quiet_since, before = time.monotonic(), found
    await asyncio.to_thread(worker.stop)
