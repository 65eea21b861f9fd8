"""What must not get lost or doubled when parts fail at the worst moment."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from temporalio.client import Client

from domain.events import PaymentReceived
from domain.money import Money
from domain.policy import RECEIPT_STEP
from domain.refusals import RefusalCode
from rulebook.load import Rulebook
from runtime.twilio_stand_in import Fault, FaultKind
from tests.e2e.world import World, account, eventually, fast_clock, key_of, world
from worker import working

ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def worker_process(dunlin: World) -> AsyncIterator[Process]:
    """`python worker.py` as an operator runs it. Killed at the end, if it still lives."""
    settings = dunlin.settings
    environment = {"PATH": os.environ["PATH"], "DATABASE_URL": settings.database_url.get_secret_value()}
    for name in settings.model_fields_set - {"database_url"}:
        value = getattr(settings, name)
        plain = value.get_secret_value() if isinstance(value, SecretStr) else value
        environment[f"DUNLIN_{name.upper()}"] = str(plain)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "worker.py", cwd=ROOT, env=environment, stdout=DEVNULL, stderr=DEVNULL
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@pytest.fixture
async def idle(temporal: Client, database_url: str, tmp_path: Path, rulebook: Rulebook) -> AsyncIterator[World]:
    """Everything but a worker."""
    async with world(temporal, database_url, tmp_path, rulebook, work=False) as whole:
        yield whole


async def test_a_worker_killed_while_sending_neither_doubles_nor_loses_a_contact(idle: World) -> None:
    idle.twilio.faults.append(Fault(FaultKind.SLOW, delay_s=60))
    idle.sink.reply_delay_s = 60
    client = idle.client(fast_clock(2))
    by_sms, by_mail = account(channels=("sms",)), account(channels=("email",))

    async with worker_process(idle) as first:
        for registration in (by_sms, by_mail):
            await client.open_case(registration)

        async def both_are_being_sent() -> bool:
            return len(idle.twilio.messages) == 1 and len(idle.sink.mails) == 1

        await eventually("both providers have the message and have not answered", both_are_being_sent)
        first.send_signal(signal.SIGKILL)
        await first.wait()
    idle.sink.reply_delay_s = 0

    async with worker_process(idle):
        for registration in (by_sms, by_mail):
            await eventually(
                "the contact is journaled", partial(idle.has, key_of(registration), "contact_made"), seconds=60
            )

    first_contacts = [
        next(line for line in await client.journal(key_of(registration)) if line.kind == "contact_made")
        for registration in (by_sms, by_mail)
    ]
    assert [line.event["outcome"] for line in first_contacts] == ["sent", "unknown"]
    steps = {line.event["step"] for line in first_contacts}
    assert steps == {"first-sms"}
    texts = [message["body"] for message in idle.twilio.messages]
    assert len(texts) == len(set(texts))
    subjects = [mail.message["Message-ID"] for mail in idle.sink.mails]
    assert len(subjects) == len(set(subjects))


async def test_who_waits_for_a_slow_mail_server_is_not_claimed_and_a_payment_still_silences_it(idle: World) -> None:
    idle.sink.reply_delay_s = 60
    client = idle.client(fast_clock(2))
    registrations = [account(channels=("email",)) for _ in range(6)]
    cases = [key_of(each) for each in registrations]

    async def all_are_due() -> bool:
        described = [await idle.workflow(case).describe() for case in cases]
        return all(each.raw_description.pending_activities for each in described)

    async def both_connections_are_taken() -> bool:
        return len(idle.sink.mails) == 2

    async with working(idle.temporal, idle.settings.model_copy(update={"smtp_connections": 2}), idle.rulebook):
        for registration in registrations:
            await client.open_case(registration)
        await eventually("all six are due", all_are_due)
        await eventually("two are being sent", both_connections_are_taken)
        async with idle.database.transaction() as session:
            claimed = set((await session.execute(text("SELECT case_id FROM contact"))).scalars())
        waiting = [case for case in cases if case.case_id not in claimed]
        for case in waiting:
            await client.signal(case, PaymentReceived(id="p-1", amount=Money(250_00, "GBP")))
        idle.sink.reply_delay_s = 0
        for case in waiting:
            assert (await idle.workflow(case).result())["closed"] == "paid"

    assert len(waiting) == 4
    for case in waiting:
        told = [line.event["step"] for line in await client.journal(case) if line.kind == "contact_made"]
        assert told == [RECEIPT_STEP]


async def test_a_message_that_the_provider_never_took_is_sent_again(idle: World) -> None:
    idle.twilio.faults.append(Fault(FaultKind.CUT_BEFORE_TAKING))
    client = idle.client(fast_clock(2))
    registration = account(channels=("sms",))

    async with worker_process(idle):
        await client.open_case(registration)
        await eventually("it was sent", lambda: idle.has(key_of(registration), "contact_made"), 60)

    assert len(idle.twilio.messages) == 1


async def test_messages_of_any_shape_are_refused_in_the_journal_and_stop_nothing(dunlin: World) -> None:
    client = dunlin.client(fast_clock(2))
    registration = account()
    await client.open_case(registration)
    case = key_of(registration)
    handle = dunlin.workflow(case)

    for arguments in ([], [1, 2, 3], [None], ["text"], [{"id": "p", "amount": {"amount": "-5.00", "currency": "GBP"}}]):
        await handle.signal("payment_received", args=arguments)
    await handle.signal("no_such_message", {"id": "n-1"})
    await handle.signal("payment_received", {"id": "p-9", "amount": {"amount": "1.00", "currency": "EUR"}})
    await handle.signal("payment_received", {"id": "p-1", "amount": {"amount": "250.00", "currency": "GBP"}})

    assert (await handle.result())["closed"] == "paid"
    refused = [line.event["code"] for line in await client.journal(case) if line.kind == "message_refused"]
    assert refused == [
        *[RefusalCode.MALFORMED] * 5,
        RefusalCode.UNKNOWN_MESSAGE,
        RefusalCode.CURRENCY_MISMATCH,
    ]


async def test_a_database_that_is_older_than_the_history_stops_the_case_with_an_alarm(dunlin: World) -> None:
    client = dunlin.client(fast_clock(2))
    registration = account()
    await client.open_case(registration)
    case = key_of(registration)
    await client.pay(case, Money(100, "GBP"), payment="p-1")
    async with dunlin.database.transaction() as session:
        await session.execute(text("UPDATE collection_case SET sequence = 1 WHERE id = :id"), {"id": case.case_id})

    await dunlin.workflow(case).signal("recalled", {"id": "r-1"})

    async def alarmed() -> bool:
        described = await dunlin.workflow(case).describe()
        return any(
            pending.last_failure.application_failure_info.type == "database_behind_history"
            for pending in described.raw_description.pending_activities
        )

    await eventually("the pending activity shows the alarm", alarmed)
    assert "recalled" not in await dunlin.kinds(case)


async def test_a_worker_that_is_told_to_stop_finishes_what_is_in_flight(idle: World) -> None:
    idle.twilio.faults.append(Fault(FaultKind.SLOW, delay_s=2))
    client = idle.client(fast_clock(2))
    registration = account(channels=("sms",))

    async with worker_process(idle) as worker:
        await client.open_case(registration)

        async def is_being_sent() -> bool:
            return len(idle.twilio.messages) == 1

        await eventually("the provider has the message and has not answered", is_being_sent)
        worker.send_signal(signal.SIGTERM)
        assert await worker.wait() == 0

    assert await idle.has(key_of(registration), "contact_made", outcome="sent")
