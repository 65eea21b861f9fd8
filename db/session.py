"""Connections and transactions: one pool per process, one transaction per unit of work."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

STATEMENT_TIMEOUT_MS = 30_000
LOCK_TIMEOUT_MS = 10_000
IDLE_IN_TRANSACTION_TIMEOUT_MS = 60_000
POOL_TIMEOUT_SECONDS = 30


_CLASSES_WITHOUT_VALUES = ("08", "28", "3D", "40", "42", "53", "54", "55", "57")
"""Classes of SQLSTATE whose messages name databases, statements, locks and limits, never a value of a row."""


Session = AsyncConnection
"""What a transaction is worked with: the only name of the database library that other packages need.

A connection and not an ORM session: nothing here maps objects, and a session's bookkeeping costs each statement more
than Postgres takes to answer it.
"""


class DatabaseFailure(RuntimeError):
    """Postgres refused a statement or went away. The whole transaction was rolled back.

    The server's own words can quote a row, and a row can be personal: only the error's class and the names of table,
    column and constraint are kept. `sqlstate` is the five-character code, empty when the connection was lost.
    """

    def __init__(self, what: str, sqlstate: str, names: tuple[str, ...]) -> None:
        place = f" on {' / '.join(names)}" if names else ""
        code = f" (SQLSTATE {sqlstate})" if sqlstate else ""
        super().__init__(f"Postgres: {what}{code}{place}: nothing of this transaction was kept")
        self.sqlstate = sqlstate
        self.names = names


class Database:
    """A pool of connections to Postgres. `url` is like postgresql+asyncpg://user@host/name."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self._engine = create_async_engine(
            url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=POOL_TIMEOUT_SECONDS,
            pool_use_lifo=True,
            hide_parameters=True,
            connect_args={
                "server_settings": {
                    "application_name": "dunlin",
                    "timezone": "UTC",
                    "statement_timeout": str(STATEMENT_TIMEOUT_MS),
                    "lock_timeout": str(LOCK_TIMEOUT_MS),
                    "idle_in_transaction_session_timeout": str(IDLE_IN_TRANSACTION_TIMEOUT_MS),
                    "jit": "off",
                },
            },
        )
        event.listen(self._engine.sync_engine, "checkout", _replace_if_closed)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Session]:
        """One transaction: committed at the end of the block, rolled back when the block raises.

        Raises DatabaseFailure in place of every error of the database.
        """
        try:
            connection = await _connected(self._engine)
            try:
                async with connection.begin():
                    yield connection
            finally:
                await connection.close()
        except DBAPIError as error:
            # Without its cause, or a traceback would show the row that the original error quotes.
            raise _without_values(error) from None

    async def check(self) -> None:
        """Ask Postgres something. Raises DatabaseFailure when it does not answer."""
        async with self.transaction() as session:
            await session.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Close every connection of the pool."""
        await self._engine.dispose()


async def _connected(engine: AsyncEngine) -> AsyncConnection:
    try:
        return await engine.connect()
    except OSError as error:
        reason = f"cannot be reached ({type(error).__name__}), check that it runs and that DATABASE_URL is right"
        raise DatabaseFailure(reason, "", ()) from None


def _replace_if_closed(connection: Any, record: Any, proxy: Any) -> None:
    """Take a fresh connection in place of one that the server has closed. Asks the socket, not the server: no cost."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError


def _without_values(error: DBAPIError) -> DatabaseFailure:
    original = getattr(error.orig, "__cause__", None) or error.orig
    names = (getattr(original, field, None) for field in ("table_name", "column_name", "constraint_name"))
    sqlstate = getattr(original, "sqlstate", None) or ""
    what = type(original).__name__
    if sqlstate.startswith(_CLASSES_WITHOUT_VALUES):
        what = f"{what}: {getattr(original, 'message', '')}"
    return DatabaseFailure(what, sqlstate, tuple(name for name in names if name))
