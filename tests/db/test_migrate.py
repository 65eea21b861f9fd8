"""The migrations, run on an empty database, make just the tables that the SQLModel classes describe."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from db.migrate import ALEMBIC_INI, upgrade
from db.session import Database, DatabaseFailure
from db.tables import METADATA

_CATALOGUE = """
SELECT conrelid::regclass::text AS place, conname AS name, pg_get_constraintdef(oid) AS definition
FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 't'
UNION ALL
SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL
SELECT c.table_name, c.column_name, concat_ws(' ', c.data_type, c.is_nullable, c.column_default)
FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
UNION ALL
SELECT relname, 'options', reloptions::text FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
"""


async def _catalogue(url: str) -> set[tuple[str, ...]]:
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.connect() as connection:
        rows = (await connection.execute(text(_CATALOGUE))).all()
    return {tuple(map(str, row)) for row in rows if "alembic_version" not in row.place}


async def test_migrations_make_just_what_the_classes_describe(database_url: str, empty_database_url: str) -> None:
    engine = create_async_engine(empty_database_url, poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.run_sync(METADATA.create_all)

    assert await _catalogue(empty_database_url) == await _catalogue(database_url)


async def test_alembic_finds_no_difference(database_url: str) -> None:
    engine = create_async_engine(database_url, poolclass=NullPool)
    async with engine.connect() as connection:
        differences = await connection.run_sync(
            lambda sync: compare_metadata(MigrationContext.configure(sync, opts={"compare_type": True}), METADATA)
        )

    assert differences == []


async def test_workers_that_start_together_migrate_once(empty_database_url: str, database_url: str) -> None:
    await asyncio.gather(*(upgrade(empty_database_url) for _ in range(3)))

    assert await _catalogue(empty_database_url) == await _catalogue(database_url)


def test_the_command_line_migrates_too(empty_database_url: str) -> None:
    done = subprocess.run(  # noqa: S603  the test's own words
        [sys.executable, "-m", "alembic", "-c", str(ALEMBIC_INI), "upgrade", "head"],
        env=os.environ | {"DATABASE_URL": empty_database_url, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_the_command_line_without_an_address_says_what_to_set() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    done = subprocess.run(  # noqa: S603  the test's own words
        [sys.executable, "-m", "alembic", "-c", str(ALEMBIC_INI), "upgrade", "head"],
        env=environment | {"PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stderr.startswith("DATABASE_URL is not set")


@pytest.mark.parametrize(
    "statement",
    ["UPDATE journal SET kind = 'x'", "DELETE FROM journal", "TRUNCATE journal CASCADE"],
    ids=["update", "delete", "truncate"],
)
async def test_the_journal_refuses_every_change(database: Database, statement: str) -> None:
    with pytest.raises(DatabaseFailure, match="RestrictViolation"):
        async with database.transaction() as session:
            await session.execute(text(statement))
