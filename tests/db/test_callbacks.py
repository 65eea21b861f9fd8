"""Whose a number is, and which contact a report is about."""

from __future__ import annotations

from db.callbacks import cases_of_number, lender_phone, origin_of_contact
from db.contacts import insert_claim
from db.session import Database
from domain.names import Channel
from tests.db.builders import CASE, LENDER, PHONE, a_claim, an_account, open_case, register


async def test_a_contact_says_where_it_belongs(database: Database) -> None:
    await register(database, an_account())
    await open_case(database)
    async with database.transaction() as session:
        await insert_claim(session, a_claim())

        origin = await origin_of_contact(session, a_claim().id)
        nothing = await origin_of_contact(session, "c-unknown")

    assert origin is not None
    assert (origin.case_id, origin.channel) == (CASE, a_claim().channel)
    assert nothing is None


async def test_a_number_leads_to_one_opened_case_of_its_owner(database: Database) -> None:
    await register(database, an_account())
    await open_case(database)

    async with database.transaction() as session:
        found = await cases_of_number(session, PHONE, Channel.SMS)
        strangers = await cases_of_number(session, "+12125550000", Channel.SMS)

    assert (found, strangers) == ((CASE,), ())


async def test_the_lender_of_a_case_can_be_called(database: Database) -> None:
    await register(database, an_account())
    await open_case(database)

    async with database.transaction() as session:
        assert await lender_phone(session, CASE) == LENDER.phone
        assert await lender_phone(session, "acme:nowhere") is None
