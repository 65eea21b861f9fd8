"""Alembic's environment: runs the migrations on the connection of `db.migrate`, or on DATABASE_URL from a shell."""

from __future__ import annotations

import asyncio
import os

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from db.migrate import wait_for_other_migrations
from db.tables import METADATA


def _migrate(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=METADATA)
    with context.begin_transaction():
        context.run_migrations()


async def _migrate_from_shell() -> None:
    url = os.environ.get("DATABASE_URL")
    if not url:
        raise SystemExit("DATABASE_URL is not set: say which database to migrate, as postgresql+asyncpg://...")
    engine = create_async_engine(url, poolclass=NullPool, hide_parameters=True)
    async with engine.begin() as connection:
        await wait_for_other_migrations(connection)
        await connection.run_sync(_migrate)


def _print_sql() -> None:
    context.configure(dialect_name="postgresql", literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()


given: Connection | None = context.config.attributes.get("connection")
if context.is_offline_mode():
    _print_sql()
elif given is not None:
    _migrate(given)
else:
    asyncio.run(_migrate_from_shell())
