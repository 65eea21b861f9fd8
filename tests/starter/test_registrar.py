"""Registering many accounts at once: each gets its own answer, and one transaction serves many."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text

from db.registration import RegistrationOutcome, register_lender
from db.session import Database, DatabaseFailure
from starter.registrar import CROWD, Registrar
from tests.db.builders import nowhere_in_particular
from tests.e2e.world import LENDER
from tests.starter.accounts import account


@pytest.fixture
async def with_lender(database: Database) -> Database:
    async with database.transaction() as session:
        await register_lender(session, LENDER)
    return database


async def transactions_of(database: Database) -> int:
    """How many transactions made the accounts that are there."""
    async with database.transaction() as session:
        return int((await session.execute(text("SELECT count(DISTINCT xmin::text) FROM account"))).scalar_one())


async def test_each_account_gets_its_own_answer(with_lender: Database) -> None:
    registrar = Registrar(with_lender, nowhere_in_particular, lambda: 1)
    known, stranger = account(), account(lender="stranger")
    await registrar.register(known)

    outcomes = await asyncio.gather(*(registrar.register(each) for each in (account(), known, stranger)))

    assert outcomes == [
        RegistrationOutcome.CREATED,
        RegistrationOutcome.UNCHANGED,
        RegistrationOutcome.UNKNOWN_LENDER,
    ]


async def test_those_who_come_together_share_a_transaction(with_lender: Database) -> None:
    registrar = Registrar(with_lender, nowhere_in_particular, lambda: 1)

    await asyncio.gather(*(registrar.register(account()) for _ in range(30)))

    assert await transactions_of(with_lender) == 1


async def test_in_a_crowd_one_waits_for_the_others(with_lender: Database) -> None:
    registrar = Registrar(with_lender, nowhere_in_particular, lambda: CROWD)

    async def later(turns: int) -> RegistrationOutcome:
        for _ in range(turns):
            await asyncio.sleep(0)
        return await registrar.register(account())

    await asyncio.gather(*(later(turns) for turns in range(10)))

    assert await transactions_of(with_lender) == 1


async def test_one_account_twice_at_once_is_created_once(with_lender: Database) -> None:
    registrar, twice = Registrar(with_lender, nowhere_in_particular, lambda: 1), account()

    outcomes = await asyncio.gather(registrar.register(twice), registrar.register(twice))

    assert list(outcomes) == [RegistrationOutcome.CREATED, RegistrationOutcome.UNCHANGED]


async def test_a_database_that_is_away_is_said_to_everybody_who_waits(with_lender: Database) -> None:
    nowhere = Database("postgresql+asyncpg://nobody@127.0.0.1:1/nothing")
    registrar = Registrar(nowhere, nowhere_in_particular, lambda: 1)

    results = await asyncio.gather(*(registrar.register(account()) for _ in range(3)), return_exceptions=True)
    once_more = await asyncio.gather(registrar.register(account()), return_exceptions=True)

    assert [type(result) for result in (*results, *once_more)] == [DatabaseFailure] * 4


async def test_whoever_stops_waiting_takes_nothing_from_the_others(with_lender: Database) -> None:
    registrar = Registrar(with_lender, nowhere_in_particular, lambda: 1)
    impatient = asyncio.ensure_future(registrar.register(account()))
    patient = asyncio.ensure_future(registrar.register(account()))
    await asyncio.sleep(0)
    impatient.cancel()

    assert await patient is RegistrationOutcome.CREATED
