"""What a command needs of the outside: Temporal, Postgres and the rulebook, by the environment's settings."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TypeVar
from urllib.parse import parse_qs, urlsplit

from db.session import Database, DatabaseFailure
from rulebook.load import Rulebook
from runtime.settings import ClientSettings, load_settings
from runtime.temporal import connect
from starter.client import DunlinClient
from starter.console import MALFORMED, REFUSED, CommandError

Result = TypeVar("Result")


def with_client(use: Callable[[DunlinClient], Awaitable[Result]]) -> Result:
    """Run a command's work with a client. Raises CommandError when Postgres does not answer."""

    async def work() -> Result:
        settings = load_settings(ClientSettings)
        temporal = await connect(settings)
        async with opened_database(settings) as database:
            return await use(DunlinClient(temporal, database, Rulebook.load()))

    return asyncio.run(work())


def with_database(use: Callable[[Database], Awaitable[Result]]) -> Result:
    """Run a command's work that needs Postgres alone. Raises CommandError when it does not answer."""

    async def work() -> Result:
        async with opened_database(load_settings(ClientSettings)) as database:
            return await use(database)

    return asyncio.run(work())


@asynccontextmanager
async def opened_database(settings: ClientSettings) -> AsyncIterator[Database]:
    """A pool by the settings, closed at the end. Raises CommandError when Postgres does not answer."""
    url = settings.database_url.get_secret_value()
    place_of(url)
    database = Database(url, pool_size=settings.database_pool_size)
    try:
        with postgres_answers(url):
            await database.check()
        yield database
    finally:
        await database.close()


@contextmanager
def postgres_answers(url: str) -> Iterator[None]:
    """Turn a failed connection into a CommandError that says where the database was looked for."""
    try:
        yield
    except (OSError, DatabaseFailure) as error:
        if isinstance(error, DatabaseFailure) and error.sqlstate:  # it answered, and said why not
            raise
        raise CommandError(
            f"Postgres at {place_of(url)} does not answer: start it, or set DATABASE_URL", REFUSED
        ) from None


def place_of(url: str) -> str:
    """Where the database is, without user and password. Raises CommandError when the URL cannot be read."""
    try:
        parts = urlsplit(url)
        folder = parse_qs(parts.query).get("host", ["localhost"])[0]
        return f"{parts.hostname or folder}:{parts.port or 5432}"
    except ValueError:  # the URL may hold a password, so neither it nor its error is shown
        raise CommandError("DATABASE_URL is not a URL: write postgresql://USER@HOST/NAME", MALFORMED) from None
