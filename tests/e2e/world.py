"""A whole Dunlin for tests: real Postgres, a real Temporal server, a real mail server, and Twilio's stand-in."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from temporalio.client import Client, WorkflowHandle

from db.ledger import disagreements
from db.session import Database
from domain.clock import Clock
from domain.registration import AccountRegistration, LenderRegistration
from rulebook.load import Rulebook
from runtime.settings import WorkerSettings
from runtime.smtp_sink import SmtpSink
from runtime.twilio_stand_in import TwilioStandIn
from starter.case_key import CaseKey
from starter.client import DunlinClient
from worker import working

TEMPORAL_BINARY = Path(sys.executable).parent / "temporal"
ACCOUNT_SID = "AC" + "0" * 32
AUTH_TOKEN = "test-token"
TIMERS_ARE_EXACT = (
    *("--dynamic-config-value", 'history.timerProcessorMaxTimeShift="10ms"'),
    *("--dynamic-config-value", "history.timerProcessorMaxPollRPS=1000"),
)
"""By default they fire on a grid of a second."""
SECONDS_PER_DAY = 86_400

LENDER = LenderRegistration(
    id="acme",
    name="Acme Collections",
    creditor_name="Acme Bank",
    phone="+442079460000",
    email="help@acme.example",
    postal_address="1 Example Street\nLondon",
    pay_url="https://acme.example/pay",
    dispute_url="https://acme.example/dispute",
    stop_url="https://acme.example/stop",
    voice_name="Acme",
)


@dataclass
class World:
    """What a test can reach of it."""

    temporal: Client
    database: Database
    rulebook: Rulebook
    sink: SmtpSink
    twilio: TwilioStandIn
    settings: WorkerSettings
    lender: LenderRegistration

    def client(self, clock: Clock | None = None) -> DunlinClient:
        return DunlinClient(self.temporal, self.database, self.rulebook, clock=clock or Clock())

    async def kinds(self, case: CaseKey) -> list[str]:
        """The kinds of everything that happened to a case so far, in order."""
        return [line.kind for line in await self.client().journal(case)]

    async def has(self, case: CaseKey, kind: str, **facts: str) -> bool:
        """Whether the journal has an event of that kind with those facts."""
        return any(
            line.kind == kind and all(line.event.get(name) == value for name, value in facts.items())
            for line in await self.client().journal(case)
        )

    def workflow(self, case: CaseKey) -> WorkflowHandle[Any, Any]:
        return self.temporal.get_workflow_handle(case.workflow_id)


START = datetime(2026, 3, 2, 9, tzinfo=UTC)
"""Monday morning: the business instant at which the tests' cases begin, whatever day it is."""


def fast_clock(seconds_per_day: float = 0.5, start: datetime = START) -> Clock:
    """Business time that shows `start` now, and runs fast."""
    factor = int(SECONDS_PER_DAY / seconds_per_day)
    now = datetime.now(UTC)
    return Clock(factor=factor, anchor=now + (now - start) / (factor - 1))


async def eventually(what: str, holds: Callable[[], Awaitable[bool]], seconds: float = 30) -> None:
    """Look until something holds; fail with `what` when it does not come."""
    try:
        async with asyncio.timeout(seconds):
            while not await holds():  # noqa: ASYNC110 - what is looked at tells nobody when it changes
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(f"after {seconds} s still not so: {what}") from None


NUMBERS = {"en-GB": "+447700900123", "en-US": "+12125550123", "zh-CN": "+8613800138000"}
"""Of the place whose language is spoken. They are reserved for fiction, but for the Chinese one: a service number."""


def account(
    *,
    policy: str = "uk-personal-loan",
    days_past_due: int = 5,
    amount: str = "250.00",
    currency: str = "GBP",
    zone: str = "Europe/London",
    locale: str = "en-GB",
    channels: tuple[str, ...] = ("email", "sms", "voice"),
    name: str = "Example Borrower",
    lender: str = "acme",
    today: date | None = None,
    account_id: str | None = None,
    consumer_id: str | None = None,
) -> AccountRegistration:
    """An account whose one obligation is that late."""
    number = account_id or f"A-{uuid4().hex[:10]}"
    points = {
        "email": {"channel": "email", "place": "email", "value": f"{number.lower()}@borrowers.example.com"},
        "sms": {"channel": "sms", "place": "mobile", "value": NUMBERS[locale]},
        "voice": {"channel": "voice", "place": "mobile", "value": NUMBERS[locale]},
    }
    due = (today or START.date()) - timedelta(days=days_past_due)
    return AccountRegistration.model_validate_json(
        json.dumps(
            {
                "lender": lender,
                "account": number,
                "consumer": {
                    "id": consumer_id or f"P-{number}",
                    "full_name": name,
                    "locale": locale,
                    "zones": [zone],
                    "contact_points": [points[channel] for channel in channels],
                },
                "product": "personal-loan",
                "currency": currency,
                "zone": zone,
                "policy": policy,
                "obligations": [
                    {"id": "o-1", "amount": {"amount": amount, "currency": currency}, "due": due.isoformat()}
                ],
            }
        )
    )


def key_of(registration: AccountRegistration) -> CaseKey:
    return CaseKey(lender=registration.lender, account=registration.account)


@asynccontextmanager
async def world(
    temporal: Client,
    database_url: str,
    folder: Path,
    rulebook: Rulebook,
    *,
    work: bool = True,
    register: bool = True,
) -> AsyncIterator[World]:
    """Servers, client and, with `work`, a worker in this process. With `register` there is a lender."""
    async with SmtpSink() as sink, TwilioStandIn(account_sid=ACCOUNT_SID, auth_token=AUTH_TOKEN) as twilio:
        settings = settings_for(database_url, temporal, sink, twilio, folder)
        database = Database(database_url)
        whole = World(temporal, database, rulebook, sink, twilio, settings, LENDER)
        try:
            if register:
                await whole.client().register_lender(LENDER)
            if work:
                async with working(temporal, settings, rulebook):
                    yield whole
            else:
                yield whole
            async with database.transaction() as session:
                assert await disagreements(session, rulebook.waterfall) == [], "the books of every life agree"
        finally:
            await database.close()


def settings_for(
    database_url: str, temporal: Client, sink: SmtpSink, twilio: TwilioStandIn, folder: Path
) -> WorkerSettings:
    return WorkerSettings.model_validate(
        {
            "DATABASE_URL": database_url,
            "temporal_address": temporal.service_client.config.target_host,
            "public_base_url": "http://127.0.0.1:9",
            "smtp_host": "127.0.0.1",
            "smtp_port": sink.port,
            "smtp_starttls": False,
            "smtp_from": "collections@acme.example",
            "twilio_account_sid": ACCOUNT_SID,
            "twilio_auth_token": AUTH_TOKEN,
            "twilio_base_url": f"http://127.0.0.1:{twilio.port}",
            "twilio_sms_from": "+15005550006",
            "twilio_voice_from": "+15005550006",
            "print_folder": str(folder),
            "reconciliation_folder": str(folder / "reconciliation"),
            "health_port": 0,
            "metrics_port": 0,
            "shutdown_grace_seconds": 5,
        }
    )
