"""How much processor time each server and worker takes: sampled while the benchmark runs, read off afterwards."""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import psutil

_EVERY_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class _Sample:
    at: datetime
    seconds: Mapping[str, float]


@dataclass(slots=True)
class ProcessorTime:
    """Processor time that the children of this process have used, by what they are."""

    samples: list[_Sample] = field(default_factory=list)

    def used(self, since: datetime, until: datetime) -> dict[str, float]:
        """Seconds of processor time by server or worker, between two instants."""
        first, last = self._at(since), self._at(until)
        return {name: last[name] - first.get(name, 0.0) for name in last}

    def _at(self, instant: datetime) -> Mapping[str, float]:
        position = bisect_left(self.samples, instant, key=lambda sample: sample.at)
        return self.samples[min(position, len(self.samples) - 1)].seconds


@asynccontextmanager
async def sampling() -> AsyncIterator[ProcessorTime]:
    """Sample in the background."""
    taken = ProcessorTime()
    children = {process: name for process in psutil.Process().children(recursive=True) if (name := _name_of(process))}

    async def sample() -> None:
        while True:
            taken.samples.append(_sample(children))
            await asyncio.sleep(_EVERY_SECONDS)

    sampler = asyncio.create_task(sample())
    try:
        yield taken
    finally:
        sampler.cancel()


def _sample(children: Mapping[psutil.Process, str]) -> _Sample:
    seconds: dict[str, float] = {}
    for process, name in children.items():
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        seconds[name] = seconds.get(name, 0.0) + times.user + times.system
    return _Sample(datetime.now(UTC), seconds)


def _name_of(process: psutil.Process) -> str:
    """What a child of the benchmark is; empty for what only holds another process."""
    words = process.cmdline()
    if "-I" in words:  # the leash
        return ""
    if process.name() in ("temporal", "postgres"):
        return str(process.name())
    if "bench.worker" in words:
        return f"{words[words.index('bench.worker') + 1]} worker"
    return "mail sink" if "runtime.smtp_sink" in words else ""
