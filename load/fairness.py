"""One lender's intake against another's ten accounts, and a channel's rate limit, both under backlog.

While no worker runs, a large lender's cases are started, and after them a small lender's. Then two workers start: first
with the opening of all these cases in the queue, later, when all have slept, with a contact of each that falls due on
the same day, under a rate limit. The large lender's cases are always first in time. It is done twice: with the fairness
key that Dunlin starts cases with, their lender, and without.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial

from sqlalchemy import text
from temporalio.common import Priority

from activities.signatures import CASE_QUEUE
from bench.mails import Mail, count_mails, mails_in
from bench.portfolio import LENDER, OWED, accounts
from bench.servers import Servers
from bench.treatment import POLICY, bench_rulebook
from bench.waves import day_begins, one_day_a_second, sleep_until
from domain.clock import Clock
from domain.registration import AccountRegistration
from load import counts
from load.figures import Fairness, Latency, Queue
from load.progress import Progress
from starter.client import DunlinClient
from workflows import attributes
from workflows.inputs import CASE_WORKFLOW, CaseStart, case_workflow_id

LARGE, SMALL = "large", "small"
SMALL_ACCOUNTS = 10

_DAYS = (1, 2_000)
_CONCURRENCY = 20
_WORKERS = 2
_PRIORITY = 3
_OPENED_PER_SECOND_MIN = 20
"""So slow is no machine on which this is worth running: when the contacts fall due must be known before the opening."""

_OPENINGS = text("SELECT case_id, recorded_at_real FROM journal WHERE kind = 'case_opened'")


async def measure_fairness(
    servers: Servers, backlog: int, rate_limit: float, progress: Progress, *, keyed: bool
) -> Fairness:
    """One of the two runs. The stack must be new."""
    clock = one_day_a_second()
    client = servers.client(bench_rulebook(_DAYS), clock)
    for lender in (LARGE, SMALL):
        await client.register_lender(LENDER.model_copy(update={"id": lender}))
    lead_seconds = round(backlog / 60 + backlog / _OPENED_PER_SECOND_MIN) + 15
    due = clock.business(datetime.now(UTC)).date() + timedelta(days=lead_seconds)
    large = _of(LARGE, backlog, due)
    small = _of(SMALL, SMALL_ACCOUNTS, due + timedelta(days=1))
    words = "with fairness keys" if keyed else "without fairness keys"
    for each in (large, small):
        calls = [partial(_start, servers, client, clock, account, keyed=keyed) for account in each]
        await progress.each(f"{words}: started", _CONCURRENCY, calls, len(calls))
    for _ in range(_WORKERS):
        await servers.start_dunlin(_DAYS, DUNLIN_EMAIL_RATE_PER_SECOND=str(rate_limit))
    everybody = backlog + SMALL_ACCOUNTS
    await progress.until(f"{words}: opened", everybody, partial(counts.opened, servers, "%"))
    opening = await _openings(servers, backlog)
    await sleep_until(clock, due + timedelta(days=_DAYS[0]))

    async def mailed() -> int:
        return count_mails(servers.stack.mail_folder)

    await progress.until(f"{words}: mailed, {rate_limit:g} a second allowed", everybody, mailed)
    mails = mails_in(servers.stack.mail_folder)
    contacts = _contacts(mails, backlog, clock, due + timedelta(days=_DAYS[0]))
    return Fairness(keyed, opening, contacts, rate_limit, rate_of(mails))


def rate_of(mails: Sequence[Mail]) -> float:
    """Mails a second under full backlog.

    The first tenth is left out, when the queue and the workers use what they have saved up, and the last fifth, when
    the queue's partitions, each with its share of the limit, fall empty one by one.
    """
    full = [mail.arrived for mail in mails[len(mails) // 10 : len(mails) * 4 // 5]]
    return (len(full) - 1) / (full[-1] - full[0]).total_seconds()


def _of(lender: str, number: int, due: date) -> list[AccountRegistration]:
    return [each.model_copy(update={"lender": lender}) for each in accounts(lender, number, due)]


async def _start(
    servers: Servers, client: DunlinClient, clock: Clock, account: AccountRegistration, *, keyed: bool
) -> None:
    """Open a case as Dunlin does, or the same but for the fairness key."""
    if keyed:
        await client.open_case(account)
        return
    await client.register(account)
    await servers.temporal.start_workflow(
        CASE_WORKFLOW,
        CaseStart(lender=account.lender, account=account.account, clock=clock),
        id=case_workflow_id(account.lender, account.account),
        task_queue=CASE_QUEUE,
        priority=Priority(priority_key=_PRIORITY),
        search_attributes=attributes.at_start(account.lender, f"{POLICY} v1", OWED, amounts_hidden=False),
    )


async def _openings(servers: Servers, backlog: int) -> Queue:
    """Seconds from the first turn of any case until each case had its own."""
    async with servers.database.transaction() as session:
        opened = {row.case_id: row.recorded_at_real for row in await session.execute(_OPENINGS)}
    first = min(opened.values())
    return _queue(backlog, {case: (at - first).total_seconds() for case, at in opened.items()})


def _contacts(mails: Sequence[Mail], backlog: int, clock: Clock, day: date) -> Queue:
    """Seconds from the day on which the contacts of a lender fell due until each mail arrived."""
    due = {LARGE: day_begins(clock, day), SMALL: day_begins(clock, day + timedelta(days=1))}
    waits = {mail.account: (mail.arrived - due[mail.account.partition("-")[0]]).total_seconds() for mail in mails}
    return _queue(backlog, waits)


def _queue(backlog: int, waits: Mapping[str, float]) -> Queue:
    """Of waits by the name of a case or account, which begins with its lender's."""
    of = {
        lender: Latency.of([wait for name, wait in waits.items() if name.startswith(lender)])
        for lender in (LARGE, SMALL)
    }
    return Queue(backlog, of[SMALL], of[LARGE])
