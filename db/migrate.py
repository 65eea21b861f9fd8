"""Bringing a database up to the newest migration, from within a process."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from db.tls import address_of

ALEMBIC_INI = Path(__file__).with_name("alembic.ini")

_LOCK = text("SELECT pg_advisory_xact_lock(75_296_312_117)")


async def upgrade(url: str) -> None:
    """Apply every migration that the database does not have yet. Safe to run by several workers at once."""
    address = address_of(url)
    tls = {"ssl": address.tls or False}
    engine = create_async_engine(address.url, poolclass=NullPool, hide_parameters=True, connect_args=tls)
    async with engine.begin() as connection:
        await wait_for_other_migrations(connection)
        await connection.run_sync(_upgrade)


async def wait_for_other_migrations(connection: AsyncConnection) -> None:
    """Wait until nobody else migrates this database, and keep others waiting until the transaction ends."""
    await connection.execute(_LOCK)


def _upgrade(connection: Connection) -> None:
    config = Config(ALEMBIC_INI)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
