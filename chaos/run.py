"""One run: plan, live while faults are made, come to rest, prove."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from chaos.books import Books
from chaos.deeds import SECONDS_PER_DAY, Pace, plan_lives
from chaos.driver import Driver
from chaos.making import FaultMaker
from chaos.plan import FaultKind, plan_faults
from chaos.proof import Proof, contacts_are_known, contacts_are_lawful, nobody_is_told_twice, silences_are_kept
from chaos.servers import servers
from chaos.sinks import contacts_taken
from domain.clock import Clock
from rulebook.load import Rulebook

START = datetime(2026, 5, 11, 8, tzinfo=UTC)
"""A Monday, nine in the morning in London: the business instant at which every run starts."""

_SECONDS_PER_FAULT = 0.75
_SECONDS_MIN = 20.0
_CASES_MIN = 40


@dataclass(frozen=True, slots=True)
class Size:
    """How much goes wrong for how many cases, and how long a business day is in real seconds."""

    faults: int
    cases: int
    seconds_per_day: float

    @classmethod
    def of(cls, faults: int, cases: int | None, seconds_per_day: float) -> Self:
        """With as many cases as give the faults something to strike."""
        return cls(faults, cases or max(_CASES_MIN, faults * 4 // 5), seconds_per_day)

    @property
    def seconds(self) -> float:
        return max(_SECONDS_MIN, self.faults * _SECONDS_PER_FAULT)


@dataclass(frozen=True, slots=True)
class Result:
    """What was done, and what is proved of it."""

    made: Counter[FaultKind]
    planned: Counter[FaultKind]
    proofs: tuple[Proof, ...]
    cases: int
    messages: int
    sends: int
    workers_ended_by_themselves: int
    business_days: float
    seconds: float

    @property
    def is_right(self) -> bool:
        return not any(proof.wrong for proof in self.proofs)


async def run(seed: int, size: Size, folder: Path) -> Result:
    """Everything from one seed. The logs of all that ran are left in the folder."""
    rulebook = Rulebook.load()
    plan = plan_faults(seed, size.faults, size.seconds)
    lives = plan_lives(seed, size.cases, size.seconds, Pace(START, size.seconds_per_day), rulebook)
    async with servers(folder, rulebook) as running:
        began = time.monotonic()
        clock = _clock(size.seconds_per_day)
        client = running.client(rulebook, clock)
        driver = Driver(client, running.temporal, folder / "senders.jsonl")
        maker = FaultMaker(running)
        started = asyncio.get_running_loop().time()
        async with asyncio.TaskGroup() as group:
            group.create_task(maker.make(plan, started))
            group.create_task(driver.live(lives, started))
        books = Books(running, client, rulebook, clock)
        at_rest = await books.come_to_rest(lives)
        await running.workers.stop()
        taken = contacts_taken(running.smtp_journal, running.twilio_journal, lives)
        proofs = (
            contacts_are_known(taken, lives),
            nobody_is_told_twice(taken),
            *silences_are_kept(taken, lives, driver.sent, clock),
            contacts_are_lawful(taken, lives, driver.sent, clock),
            at_rest,
            *await books.prove(lives, driver.sent, taken),
        )
        seconds = time.monotonic() - began
        return Result(
            maker.made,
            Counter(fault.kind for fault in plan),
            proofs,
            len(lives),
            len(driver.sent),
            sum(record.sends for record in driver.sent),
            running.workers.ended_by_themselves,
            seconds / size.seconds_per_day,
            seconds,
        )


def _clock(seconds_per_day: float) -> Clock:
    """Business time that shows START now."""
    factor = int(SECONDS_PER_DAY / seconds_per_day)
    now = datetime.now(UTC)
    return Clock(factor=factor, anchor=now + (now - START) / (factor - 1))
