"""What a whole life costs: each published policy lived through in time-lapse, once unpaid and once paid in stage 2.

Policies, law and hours are the real ones, and so is the worker, in this process, where statements can be counted.
Business time runs fast: a contact that is due minutes before its window closes can come too late and be put off, which
costs a timer and an activity. How many were is part of the figures.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import text

from bench.actions import actions_of
from bench.concurrency import at_most
from bench.portfolio import LENDER
from bench.servers import Servers
from bench.statements import CLIENT_WORKS_ON, Statements, counting_statements
from db.session import Session
from domain.clock import Clock
from domain.events import PaymentReceived
from domain.money import Money
from domain.names import Channel, Place
from domain.policy import Policy, PolicyStatus
from domain.registration import (
    AccountRegistration,
    ConsumerRegistration,
    ContactPointRegistration,
    ObligationRegistration,
)
from rulebook.load import Rulebook
from runtime.settings import WorkerSettings
from starter.case_key import CaseKey
from starter.client import DunlinClient
from worker import working

OWED = "700.00"
"""Enough for every step, too little for a legal referral: what that costs depends on people and courts."""

DAYS_BEFORE_DUE = 9
"""A case is opened so long before its obligation falls due: before the first step of every policy."""

_POLL_SECONDS = 0.5
_SPARE_DAYS = 40
_PLACES = {
    "en-GB": ("Europe/London", "+447700900123"),
    "en-US": ("America/New_York", "+12125550123"),
    "zh-CN": ("Asia/Shanghai", "+8613800138000"),
}
"""By a policy's language: the zone, and a number that is nobody's."""

_BY_CASE = text("""
SELECT table_name FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
WHERE table_schema = 'public' AND column_name = 'case_id' AND table_type = 'BASE TABLE'
""")
_STAGE = text("SELECT stage FROM collection_case WHERE id = :case_id")
_KINDS = text("SELECT kind, count(*) AS times FROM journal WHERE case_id = :case_id GROUP BY kind")
_BY_OTHERS = {
    "collection_case": "id = :case_id",
    "account": "lender_id = :lender AND id = :account",
    "consumer": "id = :consumer",
    "contact_point": "consumer_id = :consumer",
    "consent": "consumer_id = :consumer",
}


@dataclass(frozen=True, slots=True)
class LifeCost:
    """One case from its registration to its end. `bytes` of rows are without indexes and free space."""

    policy: str
    paid: bool
    days: int
    contacts: int
    deferred: int
    actions: Mapping[str, int]
    events: int
    history_bytes: int
    rows: Mapping[str, int]
    row_bytes: int
    statements: int
    transactions: int

    @property
    def actions_total(self) -> int:
        return sum(self.actions.values())

    def as_json(self) -> dict[str, Any]:
        """What JSON can keep, and this class can be made from again."""
        return asdict(self) | {"actions": dict(self.actions), "rows": dict(self.rows)}


async def measure_lives(servers: Servers, seconds_per_day: float) -> list[LifeCost]:
    """All lives at the same time."""
    rulebook = Rulebook.load()
    published = [policy for policy in rulebook.policies if policy.status is PolicyStatus.PUBLISHED]
    latest = {policy.id: policy for policy in published}
    clock = Clock(factor=round(86_400 / seconds_per_day), anchor=datetime.now(UTC))
    client = servers.client(rulebook, clock)
    with counting_statements() as statements:
        async with working(servers.temporal, _settings(servers), rulebook):
            lives = [(policy, paid) for policy in latest.values() for paid in (False, True)]
            calls = (_live(servers, client, clock, policy, paid, statements) for policy, paid in lives)
            return await at_most(len(lives), calls)


async def _live(
    servers: Servers, client: DunlinClient, clock: Clock, policy: Policy, paid: bool, statements: Statements
) -> LifeCost:
    due = clock.business(datetime.now(UTC)).date() + timedelta(days=DAYS_BEFORE_DUE)
    registration = _account(policy, paid, due)
    case = CaseKey(lender=registration.lender, account=registration.account)
    CLIENT_WORKS_ON.set(case.workflow_id)
    opened = datetime.now(UTC)
    await client.open_case(registration)
    days = DAYS_BEFORE_DUE + policy.end.day + policy.grace_days + _SPARE_DAYS
    async with asyncio.timeout(days * 86_400 / clock.factor + 60):
        if paid:
            await _stage_entered(servers, case, policy.stages[1].id)
            CLIENT_WORKS_ON.set(case.workflow_id)
            await client.signal(case, PaymentReceived(id="payment", amount=Money.parse(OWED, policy.currency)))
        handle = servers.temporal.get_workflow_handle(case.workflow_id)
        await handle.result()
    lasted = (datetime.now(UTC) - opened) * clock.factor
    history = await handle.fetch_history()
    described = await handle.describe()
    kinds, rows, row_bytes = await _rows(servers, case, registration)
    return LifeCost(
        policy=f"{policy.id} v{policy.version}",
        paid=paid,
        days=lasted.days,
        contacts=kinds["contact_made"],
        deferred=kinds["contact_deferred"],
        actions=actions_of(history.events),
        events=len(history.events),
        history_bytes=described.raw_description.workflow_execution_info.history_size_bytes,
        rows=rows,
        row_bytes=row_bytes,
        statements=statements.statements[case.workflow_id],
        transactions=statements.transactions[case.workflow_id],
    )


async def _stage_entered(servers: Servers, case: CaseKey, stage: str) -> None:
    CLIENT_WORKS_ON.set("")  # what only looks on is not part of the life
    while True:
        async with servers.database.transaction() as session:
            if (await session.execute(_STAGE, {"case_id": case.case_id})).scalar_one() == stage:
                return
        await asyncio.sleep(_POLL_SECONDS)


async def _rows(
    servers: Servers, case: CaseKey, registration: AccountRegistration
) -> tuple[Counter[str], Mapping[str, int], int]:
    """How often each kind of event is in the journal; rows by table; and the bytes of these rows."""
    CLIENT_WORKS_ON.set("")
    consumer = registration.consumer.id
    values = {"case_id": case.case_id, "lender": case.lender, "account": case.account, "consumer": consumer}
    async with servers.database.transaction() as session:
        kinds = Counter({row.kind: int(row.times) for row in await session.execute(_KINDS, values)})
        where = {row.table_name: "case_id = :case_id" for row in await session.execute(_BY_CASE)} | _BY_OTHERS
        found = {table: await _table(session, table, which, values) for table, which in sorted(where.items())}
    rows = {table: count for table, (count, _) in found.items() if count}
    return kinds, rows, sum(size for _, size in found.values())


async def _table(session: Session, table: str, which: str, values: Mapping[str, str]) -> tuple[int, int]:
    statement = text(
        f"SELECT count(*) AS rows, CAST(coalesce(sum(pg_column_size(t.*)), 0) AS bigint) AS bytes "  # noqa: S608 - our own
        f'FROM "{table}" AS t WHERE {which}'
    )
    row = (await session.execute(statement, values)).one()
    return int(row.rows), int(row.bytes)


def _account(policy: Policy, paid: bool, due: date) -> AccountRegistration:
    zone, number = _PLACES[policy.locale]
    name = f"{policy.id}-{'paid' if paid else 'unpaid'}"
    return AccountRegistration(
        lender=LENDER.id,
        account=name,
        consumer=ConsumerRegistration(
            id=f"p-{name}",
            full_name="Example Borrower",
            locale=policy.locale,
            zones=(zone,),
            contact_points=(
                ContactPointRegistration(
                    channel=Channel.EMAIL, place=Place.EMAIL, value=f"{name}@borrowers.example.com"
                ),
                ContactPointRegistration(channel=Channel.SMS, place=Place.MOBILE, value=number),
                ContactPointRegistration(channel=Channel.VOICE, place=Place.MOBILE, value=number),
                ContactPointRegistration(channel=Channel.LETTER, place=Place.HOME, value="1 Example Street\nExample"),
            ),
        ),
        product="personal-loan",
        currency=policy.currency,
        zone=zone,
        policy=policy.id,
        policy_version=policy.version,
        obligations=(ObligationRegistration(id="o-1", amount=Money.parse(OWED, policy.currency), due=due),),
    )


def _settings(servers: Servers) -> WorkerSettings:
    """The stack's settings, for a worker in this process."""
    named = {name.removeprefix("DUNLIN_").lower(): value for name, value in servers.stack.environment().items()}
    named["DATABASE_URL"] = named.pop("database_url")
    return WorkerSettings.model_validate(named | {"metrics_port": 0, "health_port": 0, "shutdown_grace_seconds": 5})
