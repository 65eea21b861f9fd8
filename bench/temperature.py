"""A contact on a warm worker, on a cold one, and around a continue-as-new: `python -m bench.temperature`.

Herds of cases are contacted again and again. For a cold herd the worker is started anew a few seconds before, so that
each case is replayed from its history. On a second stack, cases continue as new after every other contact; the one
after that finds a case that has just begun. What is compared: how long a herd takes from the first instant due to its
last mail, and the processor time of the worker until the herd sleeps again.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psutil

from bench.concurrency import at_most
from bench.mails import mails_in
from bench.portfolio import accounts
from bench.servers import Servers, servers
from bench.treatment import bench_rulebook
from bench.waves import day_begins, one_day_a_second, sleep_until
from bench.worker import HISTORY_EVENTS_MAX
from runtime.logging import configure_logging
from runtime.processes import LeashedProcess

WARM, COLD, CONTINUES, CONTINUED = "warm", "cold", "continues as new", "after it"
BY_TEMPERATURE = (WARM, WARM, COLD, WARM, COLD, WARM, COLD)
BY_RUN = (WARM, CONTINUES, CONTINUED, CONTINUES, CONTINUED)
"""In this order; the first of each warms up and is not counted."""

TEMPERATURE_RATIO_WANTED = 1.5

_CONCURRENCY = 20
_STARTUP_SECONDS = 12
"""How long before a herd its worker is started anew."""
_CONTINUE_SOON = "28"
"""More events than a run has when it wakes for its second contact, fewer than it has after it."""


@dataclass(frozen=True, slots=True)
class Herd:
    """Figures of one herd: contacts a second, and the worker's processor time for each."""

    kind: str
    contacts_per_second: float
    processor_ms: float


@dataclass(frozen=True, slots=True)
class Plan:
    """`apart` and `lead` are seconds: between herds, and to open the cases in."""

    cases: int
    apart: int
    lead: int


async def measure_temperature(plan: Plan) -> list[Herd]:
    """All herds but the first of each stack."""
    async with servers() as running:
        by_temperature = await _measure(running, plan, BY_TEMPERATURE)
    async with servers() as running:
        by_run = await _measure(running, plan, BY_RUN, **{HISTORY_EVENTS_MAX: _CONTINUE_SOON})
        await _check_runs(running, plan)
    return [*by_temperature, *by_run]


async def _measure(running: Servers, plan: Plan, kinds: Sequence[str], **settings: str) -> list[Herd]:
    days = tuple(1 + plan.apart * number for number in range(len(kinds)))
    clock = one_day_a_second()
    worker = await running.start_dunlin(days, **settings)
    due = clock.business(datetime.now(UTC)).date() + timedelta(days=plan.lead)
    client = running.client(bench_rulebook(days), clock)
    await at_most(_CONCURRENCY, (client.open_case(each) for each in accounts("heat", plan.cases, due)))
    used: list[float] = []
    for day, kind in zip(days, kinds, strict=True):
        await sleep_until(clock, due + timedelta(days=day - _STARTUP_SECONDS))
        if kind == COLD:
            await asyncio.to_thread(worker.stop)
            worker = await running.start_dunlin(days, **settings)
        await sleep_until(clock, due + timedelta(days=day))
        before = _processor_seconds(worker)
        await sleep_until(clock, due + timedelta(days=day + plan.apart - _STARTUP_SECONDS - 1))
        used.append(_processor_seconds(worker) - before)
    mails = mails_in(running.stack.mail_folder)
    assert len(mails) == plan.cases * len(kinds), "every case is contacted once a herd"
    last = [mails[plan.cases * (number + 1) - 1].arrived for number in range(len(kinds))]
    begun = [day_begins(clock, due + timedelta(days=day)) for day in days]
    return [
        Herd(kind, plan.cases / (end - start).total_seconds(), seconds / plan.cases * 1000)
        for kind, start, end, seconds in zip(kinds, begun, last, used, strict=True)
    ][1:]


async def _check_runs(running: Servers, plan: Plan) -> None:
    """That the cases did continue as new where this module says so, and nowhere else."""
    continued = await running.temporal.count_workflows("ExecutionStatus = 'ContinuedAsNew'")
    assert continued.count == plan.cases * BY_RUN.count(CONTINUES), f"{continued.count} runs continued as new"


def _processor_seconds(worker: LeashedProcess) -> float:
    times = psutil.Process(worker.pid).cpu_times()
    return float(times.user + times.system)


def words_of(herds: Sequence[Herd]) -> str:
    """A line a kind of herd, with its ratio to the warm ones."""
    lines = []
    warm_seconds, warm_ms = _mean(herds, WARM)
    for kind in (WARM, COLD, CONTINUES, CONTINUED):
        seconds, milliseconds = _mean(herds, kind)
        lines.append(
            f"{kind:17} {1 / seconds:5.1f} contacts/s, {seconds / warm_seconds:.2f} times a warm one's time; "
            f"{milliseconds:5.1f} ms of the worker's processor, {milliseconds / warm_ms:.2f} times "
            f"(wanted: {TEMPERATURE_RATIO_WANTED})"
        )
    return "\n".join(lines)


def _mean(herds: Sequence[Herd], kind: str) -> tuple[float, float]:
    """Seconds a contact, and milliseconds of processor time."""
    chosen = [herd for herd in herds if herd.kind == kind]
    seconds = sum(1 / herd.contacts_per_second for herd in chosen) / len(chosen)
    return seconds, sum(herd.processor_ms for herd in chosen) / len(chosen)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.temperature", description=__doc__)
    parser.add_argument("--cases", type=int, default=200, help="cases in the herd: fewer than a worker's cache holds")
    parser.add_argument("--apart", type=int, default=26, help="seconds from one herd to the next")
    parser.add_argument("--lead", type=int, default=25, help="seconds to open the cases in")
    words = parser.parse_args()
    configure_logging(level="warning", log_format="auto")
    print(words_of(asyncio.run(measure_temperature(Plan(words.cases, words.apart, words.lead)))))
