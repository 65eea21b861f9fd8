"""Registering lenders and accounts."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from db.cases import find_case
from db.registration import BATCH_LENGTH_MAX, RegistrationOutcome, register_accounts, register_lender
from db.session import Database
from domain.money import Money
from domain.registration import AccountRegistration
from tests.db.builders import (
    CASE,
    CONSUMER,
    LENDER,
    account_json,
    an_account,
    ask,
    nowhere_in_particular,
    open_case,
    register,
)

_EVERYTHING = """
SELECT md5(string_agg(line, '|' ORDER BY line)) FROM (
    SELECT 'lender' || x::text AS line FROM lender x UNION ALL SELECT 'consumer' || x::text FROM consumer x
    UNION ALL SELECT 'point' || x::text FROM contact_point x UNION ALL SELECT 'account' || x::text FROM account x
    UNION ALL SELECT 'case' || x::text FROM collection_case x UNION ALL SELECT 'obligation' || x::text FROM obligation x
) AS rows
"""


def _with_phone(value: str) -> dict[str, Any]:
    """The consumer of `account_json` with another number."""
    plain: dict[str, Any] = account_json()["consumer"]
    plain["contact_points"][0]["value"] = value
    return plain


async def test_a_new_account_becomes_a_case_that_waits_to_be_opened(database: Database) -> None:
    assert await register(database) == [RegistrationOutcome.CREATED]

    async with database.transaction() as session:
        record = await find_case(session, CASE)

    assert record is not None
    assert (record.state, record.sequence, record.journal_length) == (None, 0, 0)
    assert [(each.id, each.amount) for each in record.obligations] == [("o-1", Money.parse("250.00", "USD"))]


async def test_the_same_registration_again_changes_nothing(database: Database) -> None:
    await register(database)
    before = await ask(database, _EVERYTHING)

    assert await register(database) == [RegistrationOutcome.UNCHANGED]
    assert await ask(database, _EVERYTHING) == before


async def test_the_same_registration_after_opening_changes_nothing(database: Database) -> None:
    await register(database)
    await open_case(database)

    assert await register(database) == [RegistrationOutcome.UNCHANGED]


async def test_a_new_number_replaces_the_old_one_and_is_believed_to_work(database: Database) -> None:
    await register(database)
    await ask(database, "UPDATE contact_point SET usable = false WHERE channel = 'sms' RETURNING 1")

    outcomes = await register(database, an_account(consumer=_with_phone("+12125550111")))

    assert outcomes == [RegistrationOutcome.UPDATED]
    assert await ask(database, "SELECT value || usable FROM contact_point WHERE channel = 'sms'") == "+12125550111true"


async def test_a_number_that_does_not_work_stays_so_when_it_is_registered_again(database: Database) -> None:
    await register(database)
    await ask(database, "UPDATE contact_point SET usable = false WHERE channel = 'sms' RETURNING 1")

    await register(database)

    assert await ask(database, "SELECT usable FROM contact_point WHERE channel = 'sms'") is False


async def test_further_obligations_are_added_until_the_case_opens(database: Database) -> None:
    await register(database)
    more = account_json()["obligations"] + [
        {"id": "o-2", "amount": {"amount": "10.00", "currency": "USD"}, "due": "2026-03-01"}
    ]

    assert await register(database, an_account(obligations=more)) == [RegistrationOutcome.UPDATED]
    await open_case(database)
    third = [*more, {"id": "o-3", "amount": {"amount": "10.00", "currency": "USD"}, "due": "2026-04-01"}]
    assert await register(database, an_account(obligations=third)) == [RegistrationOutcome.CASE_IS_OPEN]


_OWED_IN_EUROS = {"id": "o-1", "amount": {"amount": "250.00", "currency": "EUR"}, "due": "2026-02-01"}
_OWED_A_CENT_MORE = {"id": "o-1", "amount": {"amount": "250.01", "currency": "USD"}, "due": "2026-02-01"}


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"lender": "nobody"}, RegistrationOutcome.UNKNOWN_LENDER),
        ({"consumer": account_json(consumer="person-2")["consumer"]}, RegistrationOutcome.OTHER_CONSUMER),
        ({"currency": "EUR", "obligations": [_OWED_IN_EUROS]}, RegistrationOutcome.OTHER_CURRENCY),
        ({"obligations": [_OWED_A_CENT_MORE]}, RegistrationOutcome.OBLIGATION_DIFFERS),
    ],
)
async def test_a_contradiction_is_refused_and_writes_nothing(
    database: Database, changes: dict[str, Any], outcome: RegistrationOutcome
) -> None:
    await register(database)
    before = await ask(database, _EVERYTHING)
    contradicting = account_json() | {"consumer": _with_phone("+12125550111")} | changes

    assert await register(database, AccountRegistration.model_validate(contradicting)) == [outcome]
    assert outcome.remedy is not None
    assert await ask(database, _EVERYTHING) == before


async def test_the_terms_of_an_open_case_stay(database: Database) -> None:
    await register(database)
    await open_case(database)

    assert await register(database, an_account(zone="America/Chicago")) == [RegistrationOutcome.CASE_IS_OPEN]


async def test_a_refused_account_does_not_stop_the_others_of_its_batch(database: Database) -> None:
    outcomes = await register(database, an_account("A-1"), an_account("A-2", lender="nobody"), an_account("A-3"))

    assert outcomes == [
        RegistrationOutcome.CREATED,
        RegistrationOutcome.UNKNOWN_LENDER,
        RegistrationOutcome.CREATED,
    ]
    assert await ask(database, "SELECT count(*) FROM consumer") == 1


async def test_five_hundred_accounts_are_one_batch(database: Database) -> None:
    batch = [an_account(f"A-{number}", person=f"p-{number % 300}") for number in range(500)]

    assert await register(database, *batch) == [RegistrationOutcome.CREATED] * 500
    assert await register(database, *batch) == [RegistrationOutcome.UNCHANGED] * 500
    assert await ask(database, "SELECT count(*) FROM collection_case") == 500


async def test_overlapping_batches_at_once_neither_deadlock_nor_register_twice(database: Database) -> None:
    forwards = [an_account(f"A-{number}", person=f"p-{number}") for number in range(60)]
    await register(database, forwards[0])

    outcomes = await asyncio.gather(
        *(register(database, *batch) for batch in (forwards, forwards[::-1], forwards[20:], forwards[40::-1]))
    )

    created = [outcome for batch in outcomes for outcome in batch if outcome is RegistrationOutcome.CREATED]
    assert len(created) == 59
    assert await ask(database, "SELECT count(*) FROM collection_case") == 60


async def test_a_batch_that_names_an_account_twice_is_refused_whole(database: Database) -> None:
    with pytest.raises(ValueError, match="each once"):
        await register(database, an_account(), an_account())
    with pytest.raises(ValueError, match=str(BATCH_LENGTH_MAX)):
        await register(database, *[an_account(f"A-{number}") for number in range(BATCH_LENGTH_MAX + 1)])


async def test_a_lender_can_be_corrected(database: Database) -> None:
    await register(database)
    corrected = LENDER.model_copy(update={"name": "Acme Collections Inc."})
    async with database.transaction() as session:
        await register_lender(session, corrected)

    assert await ask(database, "SELECT name FROM lender") == "Acme Collections Inc."


async def test_no_account_at_all_is_an_empty_answer(database: Database) -> None:
    async with database.transaction() as session:
        assert await register_accounts(session, [], nowhere_in_particular) == ()


async def test_amounts_of_every_size_are_kept_to_the_unit(database: Database) -> None:
    largest = "9999999999999.99"
    amounts = [{"id": "o-1", "amount": {"amount": largest, "currency": "USD"}, "due": "2026-02-01"}]
    await register(database, an_account(obligations=amounts))

    assert await ask(database, "SELECT amount_minor FROM obligation") == Money.parse(largest, "USD").minor
    assert await ask(database, "SELECT consumer_id FROM account") == CONSUMER
