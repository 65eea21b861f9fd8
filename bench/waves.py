"""How fast contacts are made, against the floor: herds of cases that wake at the same moment, drained one by one.

Every case sleeps until a step whose instant lies, with those of all others, within half a second. What is measured is
how long the whole herd takes from the first instant that is due until the last case sleeps again. Herds of Dunlin's
cases and of the floor's workflows take turns, so that whatever else the machine does disturbs both alike.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from itertools import pairwise
from typing import Any

from sqlalchemy import text
from temporalio.client import WorkflowHandle

from bench.concurrency import at_most
from bench.floor import FLOOR_ACTIVITY, FLOOR_QUEUE, FLOOR_WORKFLOW, FloorStart
from bench.history import Episode, episodes_of
from bench.portfolio import accounts
from bench.processes import ProcessorTime, sampling
from bench.servers import Servers
from bench.treatment import STEPS_PER_STAGE, bench_rulebook
from domain.clock import Clock
from domain.registration import AccountRegistration
from starter.case_key import CaseKey

SECONDS_PER_DAY = 1
_CLOCK_FACTOR = 86_400 // SECONDS_PER_DAY
_HALF_A_DAY_SECONDS = 43_200
_YEAR_DAYS = 365
_CONCURRENCY = 20
_POLL_SECONDS = 0.5
_LATE_SECONDS_MAX = 120


@dataclass(frozen=True, slots=True)
class Plan:
    """How many cases, and when they wake. Days and seconds are the same here: business time runs a day a second.

    The first herd of each kind warms everything up and is not counted.
    """

    cases: int
    herds: int
    apart_seconds: int
    lead_seconds: int

    @property
    def case_days(self) -> tuple[int, ...]:
        """The delinquent days of the policy's steps."""
        return tuple(1 + 2 * self.apart_seconds * herd for herd in range(self.herds + 1))

    @property
    def floor_days(self) -> tuple[int, ...]:
        """The days, on the same axis, of the floor's steps."""
        return tuple(day + self.apart_seconds for day in self.case_days)

    @property
    def floor_end_day(self) -> int:
        """A day that is not waited for, so that the floor's last step ends in a sleep too, as a case's does."""
        return self.floor_days[-1] + _YEAR_DAYS


@dataclass(frozen=True, slots=True)
class Herd:
    """One herd, from the first instant that was due to the moment when the last workflow slept again."""

    enters_stage: bool
    steps: int
    due: datetime
    drained: datetime
    processor_seconds: dict[str, float]

    @property
    def steps_per_second(self) -> float:
        return self.steps / (self.drained - self.due).total_seconds()


@dataclass(frozen=True, slots=True)
class Waves:
    """The herds of both kinds in their order. `faults` say why the figure is void; none when it counts."""

    full: tuple[Herd, ...]
    floor: tuple[Herd, ...]
    faults: tuple[str, ...]


def one_day_a_second() -> Clock:
    """Business time that begins now."""
    return Clock(factor=_CLOCK_FACTOR, anchor=datetime.now(UTC))


async def measure_waves(servers: Servers, plan: Plan) -> Waves:
    """Open the cases and the floor's workflows, let every herd pass, and read the figures off the histories."""
    await servers.start_dunlin(plan.case_days)
    await servers.start_floor()
    clock = one_day_a_second()
    due = clock.business(datetime.now(UTC)).date() + timedelta(days=plan.lead_seconds)
    registrations = accounts("wave", plan.cases, due)
    floor = await _start_floor(servers, plan, clock, due)
    await _open_cases(servers, plan, clock, registrations)
    warm = plan.floor_days[0] + plan.apart_seconds - 2
    await sleep_until(clock, due + timedelta(days=warm))
    async with sampling() as processor_time:
        await sleep_until(clock, due + timedelta(days=plan.floor_days[-1]))
        await _all_contacted(servers, plan)
        await sleep_until(clock, due + timedelta(days=plan.floor_days[-1] + plan.apart_seconds))
    cases = [servers.temporal.get_workflow_handle(_key(each).workflow_id) for each in registrations]
    full_herds = await _herds(cases, "contact", plan.herds + 1, processor_time)
    floor_herds = await _herds(floor, FLOOR_ACTIVITY, plan.herds + 1, processor_time)
    faults = [*await _contact_faults(servers, plan), *_overlaps(full_herds, floor_herds)]
    return Waves(tuple(full_herds[1:]), tuple(floor_herds[1:]), tuple(faults))


async def _open_cases(servers: Servers, plan: Plan, clock: Clock, registrations: Sequence[AccountRegistration]) -> None:
    client = servers.client(bench_rulebook(plan.case_days), clock)
    await at_most(_CONCURRENCY, (client.open_case(each) for each in registrations))


async def _start_floor(servers: Servers, plan: Plan, clock: Clock, due: date) -> list[WorkflowHandle[Any, Any]]:
    async def start(number: int) -> WorkflowHandle[Any, Any]:
        name = f"floor-{number:05}"
        days = (*plan.floor_days, plan.floor_end_day)
        instants = tuple(_real_instant(clock, due + timedelta(days=day), f"{name}/{day}") for day in days)
        return await servers.temporal.start_workflow(
            FLOOR_WORKFLOW, FloorStart(instants=instants), id=name, task_queue=FLOOR_QUEUE
        )

    return await at_most(_CONCURRENCY, (start(number) for number in range(plan.cases)))


def _real_instant(clock: Clock, day: date, name: str) -> datetime:
    """A real instant within the first half of a business day, spread as the policy's own instants are."""
    share = int.from_bytes(sha256(name.encode()).digest()[:8], "big") % _HALF_A_DAY_SECONDS
    return day_begins(clock, day) + timedelta(seconds=share) / clock.factor


def day_begins(clock: Clock, day: date) -> datetime:
    """The real instant at which a business day begins."""
    anchor = clock.anchor
    assert anchor is not None, "a fast clock is anchored"
    return anchor + (datetime.combine(day, time(0), UTC) - anchor) / clock.factor


async def sleep_until(clock: Clock, day: date) -> None:
    """Sleep until a business day begins."""
    wait = day_begins(clock, day) - datetime.now(UTC)
    await asyncio.sleep(wait.total_seconds())


_CONTACTS_MADE = text("SELECT count(*) FROM journal WHERE kind = 'contact_made' AND case_id LIKE 'bench:wave-%'")


async def _all_contacted(servers: Servers, plan: Plan) -> None:
    """Wait until the last herd of cases is drained, but not for ever: what is missing then is a fault."""
    async with asyncio.timeout(_LATE_SECONDS_MAX):
        while await _count(servers, _CONTACTS_MADE) < plan.cases * (plan.herds + 1):  # noqa: ASYNC110
            await asyncio.sleep(_POLL_SECONDS)


_CLAIMS = text("SELECT count(*) FROM contact WHERE status = 'sent' AND case_id LIKE 'bench:wave-%'")
_NOT_MADE = text("""
SELECT count(*) FROM journal
WHERE kind IN ('contact_deferred', 'contact_suppressed', 'contact_failed') AND case_id LIKE 'bench:wave-%'
""")


async def _contact_faults(servers: Servers, plan: Plan) -> list[str]:
    wanted = plan.cases * (plan.herds + 1)
    faults = []
    for what, statement, expected in (
        ("contacts journaled as made", _CONTACTS_MADE, wanted),
        ("contacts sent", _CLAIMS, wanted),
        ("contacts deferred, suppressed or failed", _NOT_MADE, 0),
        ("mails in the sink", None, wanted),
    ):
        if statement is None:
            found = len(list(servers.stack.mail_folder.glob("*.eml")))
        else:
            found = await _count(servers, statement)
        if found != expected:
            faults.append(f"{what}: {found}, and not {expected}")
    return faults


async def _count(servers: Servers, statement: Any) -> int:
    async with servers.database.transaction() as session:
        return int((await session.execute(statement)).scalar_one())


async def _herds(
    handles: Sequence[WorkflowHandle[Any, Any]], activity: str, count: int, processor_time: ProcessorTime
) -> list[Herd]:
    """The herds of one kind, from the histories of its workflows."""
    histories = await at_most(_CONCURRENCY, (handle.fetch_history() for handle in handles))
    by_workflow = [
        [episode for episode in episodes_of(history.events) if episode.due is not None] for history in histories
    ]
    assert all(len(episodes) == count for episodes in by_workflow), "every timer belongs to one step"
    assert all(each.activities == (activity,) for episodes in by_workflow for each in episodes), "one activity a step"
    return [_herd(number, herd, processor_time) for number, herd in enumerate(zip(*by_workflow, strict=True))]


def _herd(number: int, episodes: Sequence[Episode], processor_time: ProcessorTime) -> Herd:
    due = min(episode.due for episode in episodes if episode.due is not None)
    drained = max(episode.ended for episode in episodes)
    return Herd(
        enters_stage=number % STEPS_PER_STAGE == 0,
        steps=len(episodes),
        due=due,
        drained=drained,
        processor_seconds=processor_time.used(due, drained),
    )


def _overlaps(full: Sequence[Herd], floor: Sequence[Herd]) -> list[str]:
    in_order = sorted((*full, *floor), key=lambda herd: herd.due)
    return [
        f"a herd was drained at {before.drained:%H:%M:%S.%f}, after the next was due at {after.due:%H:%M:%S.%f}: "
        "put them further apart (--apart)"
        for before, after in pairwise(in_order)
        if before.drained >= after.due
    ]


def _key(registration: AccountRegistration) -> CaseKey:
    return CaseKey(lender=registration.lender, account=registration.account)
