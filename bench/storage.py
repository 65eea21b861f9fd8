"""What the servers keep on disk: bytes of Temporal's database, and rows and bytes of each of Dunlin's tables."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import text

from bench.servers import Servers
from db.session import Session

_TABLES = text("""
SELECT relname, CAST(pg_total_relation_size(oid) AS bigint) AS bytes
FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = CAST('public' AS regnamespace) ORDER BY relname
""")


@dataclass(frozen=True, slots=True)
class Table:
    """What a table holds; its bytes include indexes, what is stored out of line, and free space."""

    rows: int
    bytes: int


async def temporal_bytes(servers: Servers) -> int:
    """Bytes in use of the development server's database, what is in its write-ahead log included."""
    return await asyncio.to_thread(_sqlite_bytes, str(servers.stack.folder / "temporal.db"))


async def tables(servers: Servers) -> Mapping[str, Table]:
    """All tables by name."""
    async with servers.database.transaction() as session:
        sizes = {row.relname: int(row.bytes) for row in await session.execute(_TABLES)}
        return {name: Table(await _rows(session, name), size) for name, size in sizes.items()}


async def _rows(session: Session, table: str) -> int:
    return int((await session.execute(text(f'SELECT count(*) FROM "{table}"'))).scalar_one())  # noqa: S608 - our own


def _sqlite_bytes(path: str) -> int:
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        size, pages, free = (
            int(connection.execute(f"PRAGMA {name}").fetchone()[0])
            for name in ("page_size", "page_count", "freelist_count")
        )
    finally:
        connection.close()
    return size * (pages - free)
