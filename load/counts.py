"""What Dunlin's tables say while a load run waits: how many are open, closed, paid."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from bench.servers import Servers

_OPENED = text("SELECT count(*) FROM collection_case WHERE status <> 'registered' AND id LIKE :cases")
_CLOSED = text("SELECT count(*) FROM collection_case WHERE status = 'closed' AND id LIKE :cases")
_CONTACTED = text("SELECT count(*) FROM journal WHERE kind = 'contact_made' AND case_id LIKE :cases")
_PAYMENTS = text("SELECT count(*) FROM payment WHERE case_id LIKE :cases")
_JOURNAL = text("SELECT count(*) FROM journal WHERE case_id LIKE :cases")
_TRANSACTIONS = text("""
SELECT CAST(xact_commit + xact_rollback AS bigint) FROM pg_stat_database WHERE datname = current_database()
""")


async def opened(servers: Servers, cases: str) -> int:
    """Cases that have had their first turn, of those whose id is LIKE `cases`."""
    return await _count(servers, _OPENED, cases)


async def closed(servers: Servers, cases: str) -> int:
    return await _count(servers, _CLOSED, cases)


async def contacted(servers: Servers, cases: str) -> int:
    """Contacts made and journaled."""
    return await _count(servers, _CONTACTED, cases)


async def payments(servers: Servers, cases: str) -> int:
    return await _count(servers, _PAYMENTS, cases)


async def journal_lines(servers: Servers, cases: str) -> int:
    return await _count(servers, _JOURNAL, cases)


async def transactions(servers: Servers) -> int:
    """All that Postgres has ended in Dunlin's database so far."""
    async with servers.database.transaction() as session:
        return int((await session.execute(_TRANSACTIONS)).scalar_one())


async def _count(servers: Servers, statement: Any, cases: str) -> int:
    async with servers.database.transaction() as session:
        return int((await session.execute(statement, {"cases": cases})).scalar_one())
