"""A portfolio's life under load: it is opened, sleeps, wakes in waves, and is paid all at once.

Business time runs a day a second, under the policy of the benchmarks, whose contacts are made however late they come.
The cases' obligations fall due in groups, a group a wave, each some days after the one before; so every wave wakes a
part of a portfolio that is asleep as a whole. One case owes enough for a thousand payments.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial

from bench.mails import mails_in
from bench.portfolio import OWED, accounts
from bench.processes import sampling
from bench.servers import Servers
from bench.storage import tables, temporal_bytes
from bench.treatment import CURRENCY, bench_rulebook
from bench.waves import day_begins, one_day_a_second, sleep_until
from domain.clock import Clock
from domain.events import PaymentReceived
from domain.money import Money
from domain.registration import AccountRegistration
from load import counts
from load.figures import Idle, Latency, Life, Wave
from load.progress import Progress
from load.proof import Sent, faults, still_waiting
from starter.case_key import CaseKey
from starter.client import DunlinClient
from workflows.inputs import CASE_WORKFLOW

CONTACT_DAY = 1
LAST_DAY = 2_000
"""A step that no run lives to see, so that a case that was contacted sleeps on."""

PART = Money.parse("0.10", CURRENCY)
"""Each payment of the burst at one case."""

_CONCURRENCY = 20
_PILOT = 100
_CALM_PAYMENTS = 60
_IDLE_SECONDS = 20
_SETTLE_SECONDS = 3
_SPARE = 1.6
"""Waves are so much further apart than it should take to drain one, judged by how fast the pilot fell asleep."""

_PORTFOLIO = "bench:load-%"
_PILOTS = "bench:pilot-%"
_BURST = "bench:burst-00000"
_ENDED = f"WorkflowType = '{CASE_WORKFLOW}' AND ExecutionStatus = 'Completed'"


@dataclass(frozen=True, slots=True)
class Plan:
    """How much load, on how many worker processes."""

    cases: int
    waves: int
    workers: int
    burst: int


class _Run:
    def __init__(self, servers: Servers, plan: Plan, progress: Progress) -> None:
        self.servers, self.plan, self.progress = servers, plan, progress
        self.clock: Clock = one_day_a_second()
        self.rulebook = bench_rulebook((CONTACT_DAY, LAST_DAY))
        self.client: DunlinClient = servers.client(self.rulebook, self.clock)
        self.sent: list[Sent] = []

    def today(self) -> date:
        return self.clock.business(datetime.now(UTC)).date()

    async def open(self, what: str, registrations: Sequence[AccountRegistration], cases: str) -> tuple[float, float]:
        """Open them, and wait until all sleep: opened a second, and fallen asleep a second."""
        started = time.monotonic()
        calls = [partial(self.client.open_case, each) for each in registrations]
        await self.progress.each(f"{what}: started", _CONCURRENCY, calls, len(calls))
        opened = len(calls) / (time.monotonic() - started)
        count = partial(counts.opened, self.servers, cases)
        await self.progress.until(f"{what}: asleep", len(calls), count)
        return opened, len(calls) / (time.monotonic() - started)

    async def pay(self, case: CaseKey, amount: Money, number: int) -> Sent:
        """One payment, handed over as a payment system does that does not wait for the answer."""
        payment = PaymentReceived(id=f"payment-{number:05}", amount=amount)
        sent = Sent(case, payment, datetime.now(UTC))
        await self.client.signal(case, payment)
        return sent

    async def idle(self) -> tuple[dict[str, float], int]:
        """Processor seconds by server and worker, and transactions, while nothing is asked of anything."""
        await asyncio.sleep(_SETTLE_SECONDS)  # Postgres counts with a delay
        before = await counts.transactions(self.servers)
        async with sampling() as used:
            since = datetime.now(UTC)
            await asyncio.sleep(_IDLE_SECONDS)
            until = datetime.now(UTC)
            await asyncio.sleep(1)
        return used.used(since, until), await counts.transactions(self.servers) - before


async def live(servers: Servers, plan: Plan, progress: Progress) -> Life:
    """All of it, once. The stack must be new."""
    for _ in range(plan.workers):
        await servers.start_dunlin((CONTACT_DAY, LAST_DAY))
    run = _Run(servers, plan, progress)
    progress.say(f"{plan.workers} workers are up")
    far = run.today() + timedelta(days=LAST_DAY)
    _, pilot_rate = await run.open("pilot", accounts("pilot", _PILOT, far), _PILOTS)
    await run.open("case for the burst", accounts("burst", 1, far), _BURST)
    await asyncio.sleep(_SETTLE_SECONDS)
    idle_before, _ = await run.idle()
    empty_temporal = await temporal_bytes(servers)
    apart = round(plan.cases / plan.waves / pilot_rate * _SPARE) + 10
    first = run.today() + timedelta(days=round(plan.cases / pilot_rate * _SPARE) + _IDLE_SECONDS + 30)
    groups = _groups(plan, first, apart)
    opened, asleep = await run.open("portfolio", [each for group in groups for each in group], _PORTFOLIO)
    await asyncio.sleep(_SETTLE_SECONDS)
    asleep_temporal = await temporal_bytes(servers) - empty_temporal
    tables_asleep = await tables(servers)
    lines = await counts.journal_lines(servers, "%")
    idle_asleep, transactions = await run.idle()
    idle = Idle(
        _IDLE_SECONDS,
        plan.cases,
        idle_before,
        idle_asleep,
        await counts.journal_lines(servers, "%") - lines,
        transactions - 1,  # the count before it
    )
    waves = await _waves(run, groups, first, apart)
    calm = await _calm(run)
    flood, flood_sent, flood_all = await _flood(run, [each for group in groups for each in group])
    burst_sent, burst_all = await _burst(run)
    progress.say("checking that nothing is lost ...")
    await asyncio.sleep(_SETTLE_SECONDS)
    found = await faults(servers, run.rulebook, run.sent, plan.cases, progress)
    waiting = await still_waiting(servers)
    return Life(
        cases=plan.cases,
        workers=plan.workers,
        opened_per_second=opened,
        asleep_per_second=asleep,
        temporal_bytes_per_case=asleep_temporal / plan.cases,
        tables_asleep=tables_asleep,
        tables_closed=await tables(servers),
        idle=idle,
        waves=waves,
        calm=calm,
        flood=flood,
        flood_sent_seconds=flood_sent,
        flood_seconds=flood_all,
        burst_signals=plan.burst,
        burst_sent_seconds=burst_sent,
        burst_seconds=burst_all,
        closed=await counts.closed(servers, "%"),
        waiting=waiting,
        mails=len(mails_in(servers.stack.mail_folder)),
        faults=tuple(found),
    )


def _groups(plan: Plan, first: date, apart: int) -> list[list[AccountRegistration]]:
    """The portfolio in as many groups as there are waves; the obligations of each fall due on a day of their own."""
    sizes = [plan.cases // plan.waves + (number < plan.cases % plan.waves) for number in range(plan.waves)]
    return [
        accounts(f"load-{number}", size, first + timedelta(days=apart * number)) for number, size in enumerate(sizes)
    ]


async def _waves(
    run: _Run, groups: Sequence[Sequence[AccountRegistration]], first: date, apart: int
) -> tuple[Wave, ...]:
    """Let every group wake, be contacted and sleep again. The instants are those at which the mails arrived."""
    due = [first + timedelta(days=apart * number + CONTACT_DAY) for number in range(len(groups))]
    run.progress.say(f"the first wave comes in {(due[0] - run.today()).days} s, the others {apart} s apart")
    for number, group in enumerate(groups):
        await sleep_until(run.clock, due[number])
        contacted = partial(counts.contacted, run.servers, f"bench:load-{number}-%")
        await run.progress.until(f"wave {number + 1}: contacted", len(group), contacted)
    arrived: dict[str, datetime] = {mail.account: mail.arrived for mail in mails_in(run.servers.stack.mail_folder)}
    return tuple(
        Wave(
            len(group),
            (max(arrived[each.account] for each in group) - day_begins(run.clock, day)).total_seconds(),
        )
        for day, group in zip(due, groups, strict=True)
    )


async def _calm(run: _Run) -> Latency:
    """Payments one after the other, on servers that have nothing else to do: from the call to the closed workflow."""
    seconds = []
    for number in range(_CALM_PAYMENTS):
        case = CaseKey(lender="bench", account=f"pilot-{number:05}")
        sent = await run.pay(case, OWED, number)
        run.sent.append(sent)
        await run.servers.temporal.get_workflow_handle(case.workflow_id).result()
        seconds.append((datetime.now(UTC) - sent.at).total_seconds())
    run.progress.say(f"{_CALM_PAYMENTS} payments one by one")
    return Latency.of(seconds)


async def _flood(run: _Run, registrations: Sequence[AccountRegistration]) -> tuple[Latency, float, float]:
    """A payment for every case, all at once: each closes its case. Also the seconds of sending, and until all closed.

    A latency ends when Temporal's own record says that the workflow had closed.
    """
    started = time.monotonic()
    cases = [CaseKey(lender=each.lender, account=each.account) for each in registrations]
    calls = [partial(run.pay, case, OWED, number) for number, case in enumerate(cases)]
    sent = await run.progress.each("flood: payments sent", _CONCURRENCY, calls, len(calls))
    run.sent += sent
    sending = time.monotonic() - started
    await run.progress.until("flood: closed", len(cases), partial(counts.closed, run.servers, _PORTFOLIO))
    ended: dict[str, datetime] = {}

    async def listed() -> int:
        async for each in run.servers.temporal.list_workflows(
            f"WorkflowType = '{CASE_WORKFLOW}' AND ExecutionStatus = 'Completed'"
        ):
            if each.close_time is not None:
                ended[each.id] = each.close_time
        return sum(case.workflow_id in ended for case in cases)

    await run.progress.until("flood: workflows ended", len(cases), listed)
    lasted = [(ended[each.case.workflow_id] - each.at).total_seconds() for each in sent]
    last = max(ended[case.workflow_id] for case in cases)
    return Latency.of(lasted), sending, (last - sent[0].at).total_seconds()


async def _burst(run: _Run) -> tuple[float, float]:
    """Many payments at one case: the seconds of sending them, and until the last was applied."""
    started = time.monotonic()
    case = CaseKey(lender="bench", account="burst-00000")
    calls = [partial(run.pay, case, PART, number) for number in range(run.plan.burst)]
    run.sent += await run.progress.each("burst at one case: sent", _CONCURRENCY, calls, len(calls))
    sending = time.monotonic() - started
    await run.progress.until(
        "burst at one case: applied", run.plan.burst, partial(counts.payments, run.servers, _BURST)
    )
    return sending, time.monotonic() - started
