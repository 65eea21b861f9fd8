"""Workers and starters do all their work with the least that they need, and what they must not do is refused."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import make_url, text
from temporalio.client import Client

from db.roles import GRANTS, Role, grant_roles
from db.session import Database, DatabaseFailure
from db.tables import METADATA
from domain.money import Money
from domain.names import Channel
from domain.registration import ContactPointRegistration
from rulebook.load import Rulebook
from tests.e2e.world import START, World, account, eventually, fast_clock, key_of, world

VIEWS = {"case_view"}


@pytest.fixture
async def users(database_url: str) -> AsyncIterator[dict[Role, str]]:
    """A user of each group, as an address of the database."""
    owner = Database(database_url)
    await grant_roles(owner)
    names = {role: f"user_{role}_{uuid4().hex[:6]}" for role in Role}
    async with owner.transaction() as session:
        for role, name in names.items():
            await session.execute(text(f"CREATE USER {name} IN ROLE {role}"))
    yield {
        role: make_url(database_url).set(username=name).render_as_string(hide_password=False)
        for role, name in names.items()
    }
    async with owner.transaction() as session:
        for name in names.values():
            await session.execute(text(f"DROP USER {name}"))
    await owner.close()


@pytest.fixture
async def restricted(
    temporal: Client, users: dict[Role, str], tmp_path: Path, rulebook: Rulebook
) -> AsyncIterator[World]:
    """A Dunlin whose worker is in the one group and whose client is in the other."""
    async with (
        world(temporal, users[Role.STARTER], tmp_path, rulebook, work=False) as ways_in,
        world(temporal, users[Role.WORKER], tmp_path, rulebook, register=False) as inside,
    ):
        yield replace(ways_in, sink=inside.sink)


def test_every_table_says_who_may_use_it() -> None:
    assert set(GRANTS) == {*METADATA.tables, *VIEWS}


async def test_a_whole_life_needs_no_more_than_is_granted(restricted: World) -> None:
    client = restricted.client(fast_clock(2))
    registration = account(days_past_due=3)
    case = key_of(registration)
    await client.open_case(registration)
    await client.open_case(registration.model_copy(update={"account": f"{registration.account}-2"}))

    async def contacted() -> bool:
        return await restricted.has(case, "contact_made")

    await eventually("there is a contact", contacted)
    email = ContactPointRegistration(id="email-new", channel=Channel.EMAIL, place="email", value="n@example.com")
    await client.change_contact_point(case, email, message_id="c-1")
    await client.reply(case, Channel.SMS, "who are you?", message_id="y-1")
    await client.promise(case, Money.parse("20.00", "GBP"), due=START.date().replace(day=28), message_id="m-1")
    await client.pay(case, registration.obligations[0].amount, payment="p-1")
    await restricted.workflow(case).result()

    assert (await client.sheet(case)).status == "closed"
    assert await client.journal(case)


FORBIDDEN = {
    Role.WORKER: [
        "UPDATE journal SET kind = 'x'",
        "DELETE FROM journal",
        "TRUNCATE journal CASCADE",
        "DELETE FROM ledger_posting",
        "UPDATE ledger_posting SET amount_minor = 0",
        "UPDATE consumer SET full_name = 'x'",
        "UPDATE contact_point SET value = 'x'",
        "INSERT INTO lender VALUES ('x')",
        "DELETE FROM inbox",
        "DROP TABLE reply",
        "CREATE TABLE mine (id int)",
        "ALTER TABLE journal DISABLE TRIGGER ALL",
    ],
    Role.STARTER: [
        "INSERT INTO journal DEFAULT VALUES",
        "INSERT INTO contact DEFAULT VALUES",
        "UPDATE collection_case SET state = '{}'",
        "UPDATE inbox SET applied_at = now()",
        "UPDATE payment SET amount_minor = 1",
        "DELETE FROM consumer",
        "CREATE TABLE mine (id int)",
    ],
    Role.READER: [
        "SELECT * FROM consumer",
        "SELECT * FROM contact_point",
        "SELECT * FROM reply",
        "SELECT * FROM inbox",
        "INSERT INTO lender VALUES ('x')",
        "UPDATE collection_case SET stage = 'x'",
    ],
}


@pytest.mark.parametrize(("role", "statement"), [(role, each) for role, all_ in FORBIDDEN.items() for each in all_])
async def test_what_a_role_must_not_do_is_refused(users: dict[Role, str], role: Role, statement: str) -> None:
    database = Database(users[role])
    try:
        with pytest.raises(DatabaseFailure) as refusal:
            async with database.transaction() as session:
                await session.execute(text(statement))
        assert refusal.value.sqlstate == "42501"
    finally:
        await database.close()


async def test_what_was_granted_beyond_that_is_taken_back(database_url: str, users: dict[Role, str]) -> None:
    owner = Database(database_url)
    async with owner.transaction() as session:
        await session.execute(text("GRANT DELETE ON journal TO dunlin_worker"))

    await grant_roles(owner)

    async with owner.transaction() as session:
        rows = await session.execute(text("SELECT has_table_privilege('dunlin_worker', 'journal', 'DELETE')"))
    assert rows.scalar_one() is False
    await owner.close()
