"""How fast reminders that are due at one instant leave, and what each costs in processor time."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path

from bench.peers.ground import sink_in
from bench.peers.processor import running_seconds
from bench.peers.reminder import account_name, address_of
from bench.peers.systems import System, Way
from bench.peers.tally import count_mails, read_mails, tally

_POLL_SECONDS = 0.05
_SECONDS_MAX = 300


@dataclass(frozen=True, slots=True)
class Rate:
    """From the instant when all were due until the sink took the last mail. `fault` says why it is void."""

    contacts: int
    seconds: float
    processor_milliseconds: float
    mail_bytes: int
    fault: str | None

    @property
    def per_second(self) -> float:
        return self.contacts / self.seconds


async def measure_rate(system: System, count: int, folder: Path, reminder: Path) -> Rate:
    """So many accounts, due at once, one worker that is never killed, a sink that answers at once."""
    async with sink_in(folder, 0.0) as sink:
        way = Way(sink, reminder)
        due_at = await system.open(way, count)
        worker = await system.work(way, due_at)
        late = time.time() > due_at
        await asyncio.sleep(max(0.0, due_at - time.time()))
        before = running_seconds()
        after = before
        async with asyncio.timeout(_SECONDS_MAX):
            while count_mails(sink.folder) < count and worker.exit_code is None:
                await asyncio.sleep(_POLL_SECONDS)
                after = max(after, running_seconds())
        mails = read_mails(sink.folder)
        await asyncio.to_thread(worker.stop)
    counted = tally(addresses(count), mails)
    fault = None
    if late or counted.missing or counted.doubled or counted.unknown:
        fault = f"{'the worker came after the due instant; ' if late else ''}{counted}"
    return Rate(count, mails[-1].at - due_at, (after - before) / count * 1000, mails[0].size_bytes, fault)


def addresses(count: int) -> list[str]:
    """Where each of so many accounts is written to."""
    return [address_of(account_name(number)) for number in range(count)]
