"""Connections and transactions: one pool per process, one transaction per unit of work."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any

import asyncpg
from sqlalchemy import Dialect, TextClause, text
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect

from db.tls import address_of

STATEMENT_TIMEOUT_MS = 30_000
LOCK_TIMEOUT_MS = 10_000
IDLE_IN_TRANSACTION_TIMEOUT_MS = 60_000
POOL_TIMEOUT_SECONDS = 30

_SERVER_SETTINGS = {
    "application_name": "dunlin",
    "timezone": "UTC",
    "statement_timeout": str(STATEMENT_TIMEOUT_MS),
    "lock_timeout": str(LOCK_TIMEOUT_MS),
    "idle_in_transaction_session_timeout": str(IDLE_IN_TRANSACTION_TIMEOUT_MS),
    "jit": "off",
}
_DIALECT: Dialect = asyncpg_dialect()  # type: ignore[no-untyped-call]

_ERRORS = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""The last is what asyncpg says when a server that was killed left it in the middle of something."""

_CLASSES_WITHOUT_VALUES = ("08", "28", "3D", "40", "42", "53", "54", "55", "57")
"""Classes of SQLSTATE whose messages name databases, statements, locks and limits, never a value of a row."""

_CLASSES_OF_A_LOST_CONNECTION = ("", "08", "57")
"""The driver's own errors have none; 57 is a server that is being stopped."""

_ROLLED_BACK = "nothing of this transaction was kept"
_NOBODY_KNOWS = (
    "the connection ended while it was being committed, so it may have been kept: do it again, it counts once"
)


class DatabaseFailure(RuntimeError):
    """Postgres refused a statement or went away. The whole transaction was rolled back, unless the connection ended
    while it was being committed: then nobody knows, the message says so, and who does it again finds what was kept.

    The server's own words can quote a row, and a row can be personal: only the error's class and the names of table,
    column and constraint are kept. `sqlstate` is the five-character code, empty when the connection was lost.
    """

    def __init__(self, what: str, sqlstate: str, names: tuple[str, ...], fate: str = _ROLLED_BACK) -> None:
        place = f" on {' / '.join(names)}" if names else ""
        code = f" (SQLSTATE {sqlstate})" if sqlstate else ""
        super().__init__(f"Postgres: {what}{code}{place}: {fate}")
        self.sqlstate = sqlstate
        self.names = names


class Row(asyncpg.Record):  # type: ignore[misc]  # asyncpg has no types
    """A row: its columns are attributes as well as keys."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


class Rows:
    """What a statement returned."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = rows

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)

    def one(self) -> Row:
        """The only row. Raises ValueError when there are none or several."""
        (row,) = self._rows
        return row

    def one_or_none(self) -> Row | None:
        """The only row, or None. Raises ValueError when there are several."""
        return self.one() if self._rows else None

    def scalar_one(self) -> Any:
        """The first column of the only row. Raises ValueError when there are none or several."""
        return self.one()[0]

    def scalar_one_or_none(self) -> Any:
        """The first column of the only row, or None. Raises ValueError when there are several."""
        return self.one()[0] if self._rows else None

    def scalars(self) -> list[Any]:
        """The first column of every row."""
        return [row[0] for row in self._rows]


class Session:
    """What an open transaction is worked with.

    Statements are SQLAlchemy's `text` with named values, compiled once and then run by asyncpg itself: what SQLAlchemy
    does around each execution costs more than Postgres takes to answer.
    """

    def __init__(self, connection: asyncpg.Connection) -> None:
        self.connection = connection

    async def execute(self, statement: TextClause, values: Mapping[str, Any] | None = None) -> Rows:
        """Run a statement and read everything that it returns."""
        sql, names = _compiled(statement)
        return Rows(await self.connection.fetch(sql, *(values[name] for name in names) if values else ()))

    async def stream(
        self, statement: TextClause, values: Mapping[str, Any], *, rows_at_once: int
    ) -> AsyncIterator[Row]:
        """Run a statement and read what it returns bit by bit."""
        sql, names = _compiled(statement)
        async for row in self.connection.cursor(sql, *(values[name] for name in names), prefetch=rows_at_once):
            yield row


class Database:
    """A pool of connections to Postgres. `url` is like postgresql+asyncpg://user@host/name?sslmode=verify-full."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        whole = address_of(url)
        _, address = _DIALECT.create_connect_args(whole.url)
        self._options = {**address, **_OPTIONS, "max_size": pool_size, "ssl": whole.tls or False}
        self._pool: asyncpg.Pool | None = None
        self._opening = asyncio.Lock()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Session]:
        """One transaction: committed at the end of the block, rolled back when the block raises.

        Raises DatabaseFailure in place of every error of the database.
        """
        is_being_committed = False
        try:
            pool = await self._opened()
            connection = await _connected(pool)
            try:
                async with connection.transaction():
                    yield Session(connection)
                    is_being_committed = True
            finally:
                await pool.release(connection)
        except _ERRORS as error:
            # Without its cause, or a traceback would show the row that the original error quotes.
            raise _without_values(error, is_being_committed=is_being_committed) from None

    async def check(self) -> None:
        """Ask Postgres something. Raises DatabaseFailure when it does not answer."""
        async with self.transaction() as session:
            await session.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Close every connection of the pool."""
        pool, self._pool = self._pool, None
        if pool is not None:
            await pool.close()

    async def _opened(self) -> asyncpg.Pool:
        async with self._opening:
            if self._pool is None:
                self._pool = await asyncpg.create_pool(**self._options)
            return self._pool


async def _connected(pool: asyncpg.Pool) -> Any:
    """A connection of the pool; one that the server has closed meanwhile is replaced."""
    try:
        return await pool.acquire(timeout=POOL_TIMEOUT_SECONDS)
    except TimeoutError:
        raise DatabaseFailure(f"no connection became free within {POOL_TIMEOUT_SECONDS} s", "", ()) from None
    except ssl.SSLError as error:
        words = f"TLS failed ({type(error).__name__}): check sslmode and sslrootcert"
        raise DatabaseFailure(words, "", ()) from None
    except OSError as error:
        reason = f"cannot be reached ({type(error).__name__}), check that it runs and that DATABASE_URL is right"
        raise DatabaseFailure(reason, "", ()) from None


@lru_cache(maxsize=1024)
def _compiled(statement: TextClause) -> tuple[str, tuple[str, ...]]:
    """A statement as Postgres takes it, and the names of its values in their order."""
    compiled = statement.compile(dialect=_DIALECT)
    return str(compiled), tuple(compiled.positiontup or ())


async def _read_json(connection: asyncpg.Connection) -> None:
    """JSON is written as text, and read as what it says."""
    await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=str, decoder=json.loads)


async def _leave_as_it_is(connection: asyncpg.Connection) -> None:
    """Nothing outlives a transaction, so that a connection needs no clearing before it is used again."""


_OPTIONS = {
    "min_size": 0,
    "max_inactive_connection_lifetime": 0,
    "max_cached_statement_lifetime": 0,
    "server_settings": _SERVER_SETTINGS,
    "record_class": Row,
    "init": _read_json,
    "reset": _leave_as_it_is,
}


def _without_values(error: Exception, *, is_being_committed: bool) -> DatabaseFailure:
    names = (getattr(error, field, None) for field in ("table_name", "column_name", "constraint_name"))
    sqlstate = getattr(error, "sqlstate", None) or ""
    what = type(error).__name__
    if sqlstate.startswith(_CLASSES_WITHOUT_VALUES):
        what = f"{what}: {getattr(error, 'message', '')}"
    is_unknown = is_being_committed and sqlstate[:2] in _CLASSES_OF_A_LOST_CONNECTION
    fate = _NOBODY_KNOWS if is_unknown else _ROLLED_BACK
    return DatabaseFailure(what, sqlstate, tuple(name for name in names if name), fate)
