"""Transactions: all or nothing, with limits, and failures that never quote a row."""

from __future__ import annotations

import asyncio
import signal
import traceback
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
import pytest
from sqlalchemy import make_url, text

from db.session import Database, DatabaseFailure
from runtime.postgres import EmbeddedPostgres
from tests.db.builders import EMAIL, NAME, PERSONAL, PHONE, ask, register


async def test_a_block_that_raises_leaves_nothing(database: Database) -> None:
    await register(database)

    with pytest.raises(ZeroDivisionError):
        async with database.transaction() as session:
            await session.execute(text("UPDATE consumer SET locale = 'en-GB'"))
            raise ZeroDivisionError

    assert await ask(database, "SELECT locale FROM consumer") == "en-US"


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("INSERT INTO contact_point SELECT * FROM contact_point", id="duplicate key"),
        pytest.param("UPDATE contact_point SET preference = -1", id="check"),
        pytest.param("UPDATE contact_point SET consumer_id = value", id="foreign key"),
        pytest.param("UPDATE consumer SET locale = NULL", id="not null"),
        pytest.param("SELECT CAST(value AS integer) FROM contact_point WHERE channel = 'email'", id="bad number"),
        pytest.param("SELECT CAST(full_name AS jsonb) FROM consumer", id="bad json"),
    ],
)
async def test_a_refused_statement_does_not_repeat_the_row(database: Database, statement: str) -> None:
    await register(database)

    with pytest.raises(DatabaseFailure) as caught:
        async with database.transaction() as session:
            await session.execute(text(statement))

    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert [word for word in PERSONAL if word in shown] == []


@pytest.mark.parametrize("value", [PHONE, EMAIL, NAME])
async def test_a_refused_parameter_is_not_repeated(database: Database, value: str) -> None:
    with pytest.raises(DatabaseFailure) as caught:
        async with database.transaction() as session:
            await session.execute(text("SELECT CAST(:value AS integer)"), {"value": value})

    assert value not in "".join(traceback.format_exception(caught.value))


async def test_a_failure_names_the_constraint_and_the_table(database: Database) -> None:
    await register(database)

    with pytest.raises(DatabaseFailure, match="CheckViolation") as caught:
        async with database.transaction() as session:
            await session.execute(text("UPDATE contact_point SET preference = -1"))

    assert caught.value.sqlstate == "23514"
    assert caught.value.names == ("contact_point", "contact_point_preference_check")


async def test_what_is_refused_at_the_commit_is_not_kept(database: Database) -> None:
    with pytest.raises(DatabaseFailure, match="nothing of this transaction was kept"):
        async with database.transaction() as session:
            await session.execute(text("CREATE TABLE once (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)"))
            await session.execute(text("INSERT INTO once VALUES (1), (1)"))


async def test_whether_a_commit_was_kept_is_not_known_when_the_connection_ends_meanwhile(
    database: Database, database_url: str
) -> None:
    other = Database(database_url)

    with pytest.raises(DatabaseFailure, match="may have been kept: do it again"):
        async with database.transaction() as session:
            process = (await session.execute(text("SELECT pg_backend_pid()"))).scalar_one()
            await ask(other, f"SELECT pg_terminate_backend({process}, 5000)")

    await other.close()


async def test_a_mistake_in_a_statement_is_told_in_the_servers_words(database: Database) -> None:
    with pytest.raises(DatabaseFailure, match='relation "nowhere" does not exist'):
        async with database.transaction() as session:
            await session.execute(text("SELECT 1 FROM nowhere"))


async def test_a_connection_that_the_server_closed_is_replaced_before_it_is_used(
    database: Database, database_url: str
) -> None:
    other = Database(database_url)
    await ask(database, "SELECT 1")
    await ask(
        other,
        "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    await other.close()

    assert await ask(database, "SELECT 1") == 1


async def test_a_server_that_is_away_is_said_so(tmp_path: Path) -> None:
    away = Database(f"postgresql+asyncpg://someone:password@/name?host={tmp_path}")

    with pytest.raises(DatabaseFailure, match="check that it runs") as caught:
        await ask(away, "SELECT 1")

    assert "password" not in "".join(traceback.format_exception(caught.value))


async def test_a_database_that_does_not_exist_is_named(database_url: str) -> None:
    missing = Database(make_url(database_url).set(database="nowhere").render_as_string(hide_password=False))

    with pytest.raises(DatabaseFailure, match='database "nowhere" does not exist'):
        await ask(missing, "SELECT 1")


@pytest.mark.parametrize("setting", ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"])
async def test_nothing_waits_without_a_limit(database: Database, setting: str) -> None:
    assert await ask(database, f"SHOW {setting}") != "0"


async def test_values_go_by_their_names_however_often_a_statement_uses_them(database: Database) -> None:
    async with database.transaction() as session:
        row = (
            await session.execute(
                text("SELECT CAST(:b AS text) AS second, CAST(:a AS text) AS first, CAST(:b AS text) AS again"),
                {"a": "one", "b": "two", "c": "not asked for"},
            )
        ).one()

    assert (row.first, row.second, row.again) == ("one", "two", "two")
    with pytest.raises(AttributeError):
        _ = row.third


async def test_json_is_read_as_what_it_says(database: Database) -> None:
    assert await ask(database, """SELECT CAST('{"amount": "1.50", "of": [1, null]}' AS jsonb)""") == {
        "amount": "1.50",
        "of": [1, None],
    }


@pytest.mark.parametrize("count", [0, 2])
async def test_one_row_is_asked_for_and_not_any(database: Database, count: int) -> None:
    async with database.transaction() as session:
        rows = await session.execute(text("SELECT generate_series(1, CAST(:count AS int))"), {"count": count})

    with pytest.raises(ValueError, match="values to unpack"):
        rows.one()


async def test_more_transactions_than_connections_wait_for_their_turn(database_url: str) -> None:
    narrow = Database(database_url, pool_size=2)

    answers = await asyncio.gather(*(ask(narrow, f"SELECT {number} + pg_backend_pid() * 0") for number in range(20)))

    await narrow.close()
    assert answers == list(range(20))


async def test_a_closed_database_opens_again_when_it_is_asked(database: Database) -> None:
    await database.close()

    assert await ask(database, "SELECT 1") == 1


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT, signal.SIGKILL])
async def test_a_server_that_is_killed_in_the_middle_is_a_failure_of_the_database(how: signal.Signals) -> None:
    with TemporaryDirectory(prefix="pg-", dir="/tmp") as folder, EmbeddedPostgres(Path(folder)) as server:
        database = Database(server.url)
        try:
            working = [asyncio.create_task(_work_on(database)) for _ in range(20)]
            await _has_begun(database)
            await asyncio.to_thread(server.crash, how)
            endings = await asyncio.gather(*working, return_exceptions=True)
        finally:
            await database.close()

    assert {type(ending) for ending in endings} == {DatabaseFailure}


async def _work_on(database: Database) -> None:
    while True:
        async with database.transaction() as session:
            await session.execute(text("SELECT pg_sleep(0.001)"))


async def _has_begun(database: Database) -> None:
    await asyncio.gather(*(database.check() for _ in range(20)))


@pytest.mark.parametrize("error", [asyncpg.InternalClientError, asyncpg.InterfaceError])
async def test_what_the_driver_says_of_itself_is_a_failure_of_the_database(
    database: Database, error: type[Exception]
) -> None:
    with pytest.raises(DatabaseFailure, match=error.__name__):
        async with database.transaction():
            raise error("left in the middle")
