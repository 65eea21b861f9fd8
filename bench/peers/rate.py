"""How fast reminders that are due at one instant leave, and what each costs in processor time."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path

from bench.peers.ground import sink_in
from bench.peers.processor import ended_seconds, others_seconds, running_seconds
from bench.peers.reminder import account_name, address_of
from bench.peers.systems import System, Way
from bench.peers.tally import count_mails, read_mails, tally
from runtime.processes import StackError

_POLL_SECONDS = 0.2
_NOTED_SECONDS = 0.5
"""What follows the last mail, such as its receipt, belongs to the contacts. A job ends meanwhile."""
_SECONDS_MAX = 300


@dataclass(frozen=True, slots=True)
class Rate:
    """From the instant when all were due until the sink took the last mail. `fault` says why it is void.

    `others_cores` is how many cores were busy with something else meanwhile: 0 on a machine of its own.
    """

    contacts: int
    seconds: float
    processor_milliseconds: float
    mail_bytes: int
    others_cores: float
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
        before, others_before = running_seconds() + ended_seconds(), others_seconds()
        watched_since = time.monotonic()
        async with asyncio.timeout(_SECONDS_MAX):
            while count_mails(sink.folder) < count and worker.exit_code is None:  # noqa: ASYNC110 - a folder tells nobody
                await asyncio.sleep(_POLL_SECONDS)
        noted_at = time.monotonic() + _NOTED_SECONDS
        while time.monotonic() < noted_at and worker.exit_code is None:  # noqa: ASYNC110 - a process tells nobody
            await asyncio.sleep(_POLL_SECONDS)
        after, others = running_seconds() + ended_seconds(), others_seconds() - others_before
        watched = time.monotonic() - watched_since
        mails = read_mails(sink.folder)
        await asyncio.to_thread(worker.stop)
    if not mails:
        raise StackError(f"{system.name} ended without a mail, see {worker.log}")
    counted = tally(addresses(count), mails)
    fault = None
    if late or counted.missing or counted.doubled or counted.unknown:
        fault = f"{'the worker came after the due instant; ' if late else ''}{counted}"
    return Rate(
        contacts=count,
        seconds=mails[-1].at - due_at,
        processor_milliseconds=(after - before) / count * 1000,
        mail_bytes=mails[0].size_bytes,
        others_cores=max(0.0, others / watched),
        fault=fault,
    )


def addresses(count: int) -> list[str]:
    """Where each of so many accounts is written to."""
    return [address_of(account_name(number)) for number in range(count)]
