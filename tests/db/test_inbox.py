"""The inbox takes each message once, and no contact overlooks one."""

from __future__ import annotations

import asyncio

import pytest

from db.cases import lock_case
from db.contact_facts import load_for_contact
from db.inbox import Acceptance, accept_message, mark_applied, unapplied
from db.session import Database
from domain.events import AnyMessage, PaymentReceived, Recalled
from domain.money import Money
from tests.db.builders import CASE, KEY, T0, an_account, register, until_somebody_waits_for_a_lock

PAYMENT = PaymentReceived(id="pay-1", amount=Money.parse("250.00", "USD"))


async def _accept(database: Database, message: AnyMessage, case_id: str = CASE) -> Acceptance:
    async with database.transaction() as session:
        return await accept_message(session, case_id, message)


async def _waiting(database: Database) -> list[str]:
    async with database.transaction() as session:
        return [message.message_id for message in await unapplied(session, CASE)]


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (PAYMENT, Acceptance.DUPLICATE),
        (PaymentReceived(id="pay-1", amount=Money.parse("250.01", "USD")), Acceptance.CONFLICT),
        (Recalled(id="pay-1"), Acceptance.CONFLICT),
        (PaymentReceived(id="pay-2", amount=Money.parse("250.00", "USD")), Acceptance.ACCEPTED),
    ],
)
async def test_a_second_message_is_judged_by_its_id_and_content(
    database: Database, second: AnyMessage, expected: Acceptance
) -> None:
    await register(database)

    assert await _accept(database, PAYMENT) is Acceptance.ACCEPTED
    assert await _accept(database, second) is expected


async def test_a_message_for_an_unknown_case_is_refused(database: Database) -> None:
    assert await _accept(database, PAYMENT, "acme:nobody") is Acceptance.UNKNOWN_CASE


async def test_of_the_same_message_sent_many_times_at_once_one_is_accepted(database: Database) -> None:
    await register(database)

    answers = await asyncio.gather(*(_accept(database, PAYMENT) for _ in range(8)))

    assert sorted(answers) == [Acceptance.ACCEPTED] + [Acceptance.DUPLICATE] * 7


async def test_messages_wait_in_the_order_in_which_they_were_accepted(database: Database) -> None:
    await register(database)
    ids = ["z", "a", "m"]
    for message_id in ids:
        await _accept(database, Recalled(id=message_id))

    assert await _waiting(database) == ids


async def test_an_applied_message_waits_no_more_and_stays_known(database: Database) -> None:
    await register(database)
    await _accept(database, PAYMENT)

    async with database.transaction() as session:
        await mark_applied(session, CASE, [PAYMENT.id, "came-by-signal"], T0)

    assert await _waiting(database) == []
    assert await _accept(database, PAYMENT) is Acceptance.DUPLICATE


async def test_a_payload_is_kept_as_it_was_sent(database: Database) -> None:
    await register(database)
    await _accept(database, PAYMENT)

    async with database.transaction() as session:
        (message,) = await unapplied(session, CASE)

    assert PaymentReceived.model_validate(message.payload) == PAYMENT


async def test_a_contact_waits_for_a_message_that_is_being_accepted_and_sees_it(database: Database) -> None:
    await register(database)

    async def look() -> list[str]:
        async with database.transaction() as session:
            facts = await load_for_contact(session, CASE, KEY, T0, T0)
            return [message.message_id for message in facts.unapplied]

    async with database.transaction() as session:
        await accept_message(session, CASE, PAYMENT)
        looking = asyncio.create_task(look())
        await until_somebody_waits_for_a_lock(database)

    assert await looking == [PAYMENT.id]


async def test_a_message_is_accepted_only_after_a_contact_that_is_being_claimed(database: Database) -> None:
    await register(database, an_account("A-1"), an_account("A-2"))

    async with database.transaction() as session:
        await lock_case(session, CASE)
        accepting = asyncio.create_task(_accept(database, PAYMENT))
        await until_somebody_waits_for_a_lock(database)
        assert await _accept(database, PAYMENT, "acme:A-2") is Acceptance.ACCEPTED
        assert not accepting.done()

    assert await accepting is Acceptance.ACCEPTED
