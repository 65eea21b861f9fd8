"""Postgres for the tests: one embedded server for the whole run, one freshly migrated database for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from sqlalchemy import URL, make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from db.migrate import upgrade
from db.session import Database
from runtime.postgres import EmbeddedPostgres

# Property tests judge what the code does, never how fast this machine was.
settings.register_profile("without a clock", deadline=None)
settings.load_profile("without a clock")

TEMPLATE = "migrated"
_numbers = count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """The running server. Its folder is short, because a socket's path must be."""
    with TemporaryDirectory(prefix="pg-", dir="/tmp") as name, EmbeddedPostgres(Path(name), durable=False) as server:
        yield server


@pytest.fixture(scope="session")
async def administration(postgres: EmbeddedPostgres) -> AsyncIterator[AsyncEngine]:
    """Connections outside of any transaction, for creating and dropping databases."""
    engine = create_async_engine(postgres.url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    yield engine
    await engine.dispose()


@pytest.fixture
async def empty_database_url(administration: AsyncEngine) -> AsyncIterator[str]:
    """The address of a new database without any table."""
    async for url in new_database(administration, template="template0"):
        yield url


@pytest.fixture(scope="session")
async def template(administration: AsyncEngine) -> str:
    """The name of a migrated database to copy. Nobody stays connected to it, or it could not be copied."""
    await _execute(administration, f"CREATE DATABASE {TEMPLATE}")
    await upgrade(_address(administration.url, TEMPLATE))
    return TEMPLATE


@pytest.fixture
async def database_url(administration: AsyncEngine, template: str) -> AsyncIterator[str]:
    """The address of a new migrated database."""
    async for url in new_database(administration, template=template):
        yield url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A pool on a new migrated database."""
    pool = Database(database_url)
    yield pool
    await pool.close()


async def new_database(administration: AsyncEngine, template: str) -> AsyncIterator[str]:
    """The address of a new database, which is gone once the iterator is resumed."""
    name = f"test_{next(_numbers)}"
    await _execute(administration, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    yield _address(administration.url, name)
    await _execute(administration, f"DROP DATABASE {name} WITH (FORCE)")


async def _execute(administration: AsyncEngine, statement: str) -> None:
    async with administration.connect() as connection:
        await connection.execute(text(statement))


def _address(server: URL, name: str) -> str:
    return make_url(server).set(database=name).render_as_string(hide_password=False)
