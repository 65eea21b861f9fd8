"""Claims, receipts and reports."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from db.calls import record_call, record_call_outcome
from db.contacts import (
    ClaimKey,
    ContactRow,
    UnknownContact,
    contacts_of_case,
    find_claim,
    insert_claim,
    mark_retryable,
    mark_unknown,
    record_delivery,
    record_failure,
    record_receipt,
    renew_claim,
)
from db.session import Database, Session
from db.tables import ClaimStatus
from domain.names import Direction, Outcome
from tests.db.builders import CASE, KEY, T0, a_claim, an_account, register

LATER = T0 + timedelta(minutes=5)
Step = Callable[[Session], Awaitable[None]]


async def _claim(database: Database, contact_id: str = "c-1", key: ClaimKey = KEY) -> bool:
    async with database.transaction() as session:
        return await insert_claim(session, a_claim(contact_id, key=key))


async def _after(database: Database, *steps: Step) -> ContactRow:
    """The claim after each of the steps was taken in a transaction of its own."""
    for step in steps:
        async with database.transaction() as session:
            await step(session)
    async with database.transaction() as session:
        found = await find_claim(session, CASE, KEY)
    assert found is not None
    return found


def _receipt(session: Session) -> Awaitable[None]:
    return record_receipt(session, "c-1", "SM123", LATER)


def _unknown(session: Session) -> Awaitable[None]:
    return mark_unknown(session, "c-1", LATER)


def _retryable(session: Session) -> Awaitable[None]:
    return mark_retryable(session, "c-1", "451")


def _failure(session: Session) -> Awaitable[None]:
    return record_failure(session, "c-1", "21211")


def _renewal(session: Session) -> Awaitable[None]:
    return renew_claim(session, replace(a_claim(at=LATER), content_digest="e" * 16))


def _delivered(session: Session) -> Awaitable[None]:
    return record_delivery(session, CASE, "c-1", Outcome.DELIVERED, None, LATER)


def _bounced(session: Session) -> Awaitable[None]:
    return record_delivery(session, CASE, "c-1", Outcome.FAILED, "30003", LATER)


def _answered(session: Session) -> Awaitable[None]:
    return record_call_outcome(session, CASE, "c-1", Outcome.CONVERSATION, LATER)


async def test_of_many_claims_for_one_attempt_at_once_one_succeeds(database: Database) -> None:
    await register(database)

    claimed = await asyncio.gather(*(_claim(database, f"c-{number}") for number in range(8)))

    assert sorted(claimed) == [False] * 7 + [True]


async def test_the_next_attempt_and_another_obligation_have_claims_of_their_own(database: Database) -> None:
    await register(database)

    assert await _claim(database)
    assert await _claim(database, "c-2", ClaimKey(KEY.step, KEY.obligation, 1))
    assert await _claim(database, "c-3", ClaimKey(KEY.step, "o-2", 0))
    assert not await _claim(database, "c-4")


async def test_an_attempt_that_was_not_claimed_is_not_found(database: Database) -> None:
    await register(database)

    async with database.transaction() as session:
        assert await find_claim(session, CASE, KEY) is None


@pytest.mark.parametrize(
    ("steps", "status", "outcome"),
    [
        ((), ClaimStatus.CLAIMED, None),
        ((_receipt,), ClaimStatus.SENT, Outcome.SENT),
        ((_receipt, _receipt), ClaimStatus.SENT, Outcome.SENT),
        ((_failure,), ClaimStatus.FAILED, Outcome.FAILED),
        ((_retryable,), ClaimStatus.RETRYABLE, None),
        ((_retryable, _renewal), ClaimStatus.CLAIMED, None),
        ((_retryable, _renewal, _receipt), ClaimStatus.SENT, Outcome.SENT),
        ((_unknown,), ClaimStatus.UNKNOWN, Outcome.UNKNOWN),
        ((_unknown, _receipt), ClaimStatus.SENT, Outcome.SENT),
        ((_receipt, _delivered), ClaimStatus.SENT, Outcome.DELIVERED),
        ((_delivered, _receipt), ClaimStatus.SENT, Outcome.DELIVERED),
        ((_unknown, _delivered), ClaimStatus.SENT, Outcome.DELIVERED),
        ((_receipt, _bounced), ClaimStatus.SENT, Outcome.FAILED),
        ((_receipt, _answered), ClaimStatus.SENT, Outcome.CONVERSATION),
    ],
    ids=lambda value: "-".join(step.__name__ for step in value) if isinstance(value, tuple) else str(value),
)
async def test_a_contact_becomes_what_is_proven_of_it(
    database: Database, steps: tuple[Step, ...], status: ClaimStatus, outcome: Outcome | None
) -> None:
    await register(database)
    await _claim(database)

    contact = await _after(database, *steps)

    assert (contact.status, contact.outcome) == (status, outcome)


async def test_a_receipt_names_the_providers_id_and_the_instant(database: Database) -> None:
    await register(database)
    await _claim(database)

    contact = await _after(database, _receipt)

    assert (contact.provider_id, contact.claimed_at, contact.sent_at) == ("SM123", T0, LATER)


@pytest.mark.parametrize("before", [(), (_receipt,), (_unknown,), (_failure,)])
async def test_what_may_have_been_sent_is_never_claimed_again(database: Database, before: tuple[Step, ...]) -> None:
    await register(database)
    await _claim(database)

    with pytest.raises(UnknownContact):
        await _after(database, *before, _renewal)


@pytest.mark.parametrize("step", [_receipt, _unknown, _retryable, _failure, _delivered, _bounced, _answered])
async def test_a_contact_that_nobody_claimed_cannot_become_anything(database: Database, step: Step) -> None:
    await register(database)

    with pytest.raises(UnknownContact):
        await _after(database, step)


async def test_a_report_on_a_contact_of_another_case_changes_nothing(database: Database) -> None:
    await register(database, an_account("A-1"), an_account("A-2"))
    await _claim(database)

    with pytest.raises(UnknownContact):
        async with database.transaction() as session:
            await record_delivery(session, "acme:A-2", "c-1", Outcome.DELIVERED, None, LATER)


async def test_a_call_of_the_borrower_is_a_contact_too_and_counted_once(database: Database) -> None:
    await register(database)

    for _ in range(2):
        async with database.transaction() as session:
            await record_call(session, CASE, "call-1", Outcome.CONVERSATION, Direction.INBOUND, T0)

    async with database.transaction() as session:
        (call,) = await contacts_of_case(session, CASE)
    assert (call.direction, call.outcome, call.sent_at) == (Direction.INBOUND, Outcome.CONVERSATION, T0)
