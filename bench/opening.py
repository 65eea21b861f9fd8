"""How fast cases are opened through the client, against bare starts of the same workflow on the same server.

No worker runs, so that all are what callers wait for: the client writes the account to Postgres and starts the
workflow; a bare start does only the latter, with nothing but its input; a described start gives the workflow its search
attributes, summary and priority as the client does. Batches of the three kinds take turns.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from activities.signatures import CASE_QUEUE
from bench.concurrency import at_most
from bench.portfolio import LENDER, OWED, accounts
from bench.servers import Servers
from bench.treatment import POLICY, bench_rulebook
from domain.clock import PRODUCTION_CLOCK
from starter.case_key import CaseKey
from starter.client import ANSWER_WITHIN
from starter.gateway import CaseGateway, CaseTerms
from workflows.inputs import CASE_WORKFLOW, CaseStart, case_workflow_id

_CONCURRENCY = 20
_DAYS = (1, 11, 21)


@dataclass(frozen=True, slots=True)
class OpeningRates:
    """Starts a second, over all batches but the first of each kind, which warms up."""

    opened_per_second: float
    described_per_second: float
    bare_per_second: float


async def measure_opening(servers: Servers, batch: int, batches: int) -> OpeningRates:
    """Open `batches` batches of cases of each kind, and one more to warm up."""
    client = servers.client(bench_rulebook(_DAYS), PRODUCTION_CLOCK)
    due = datetime.now(UTC).date()
    gateway = CaseGateway(servers.temporal, PRODUCTION_CLOCK, ANSWER_WITHIN)
    opened_seconds = described_seconds = bare_seconds = 0.0
    for number in range(batches + 1):
        registrations = accounts(f"open-{number}", batch, due)
        opened = await _seconds(client.open_case(each) for each in registrations)
        described = await _seconds(gateway.start(_described(f"described-{number}-{each:05}")) for each in range(batch))
        bare = await _seconds(_bare_start(servers, f"bare-{number}-{each:05}") for each in range(batch))
        if number:
            opened_seconds += opened
            described_seconds += described
            bare_seconds += bare
    return OpeningRates(*(batch * batches / seconds for seconds in (opened_seconds, described_seconds, bare_seconds)))


async def _seconds(calls: Iterable[Awaitable[object]]) -> float:
    started = time.perf_counter()
    await at_most(_CONCURRENCY, calls)
    return time.perf_counter() - started


def _described(account: str) -> CaseTerms:
    return CaseTerms(CaseKey(lender=LENDER.id, account=account), "personal-loan", OWED, f"{POLICY} v1", 3)


async def _bare_start(servers: Servers, account: str) -> None:
    await servers.temporal.start_workflow(
        CASE_WORKFLOW,
        CaseStart(lender=LENDER.id, account=account),
        id=case_workflow_id(LENDER.id, account),
        task_queue=CASE_QUEUE,
    )
