"""Statements and transactions that Postgres is asked for, by the case that they are for."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import TextClause
from temporalio import activity

from db.session import Database, Rows, Session

CLIENT_WORKS_ON: ContextVar[str] = ContextVar("client_works_on", default="")
"""The workflow that the client's calls in this context are for: an activity says so itself."""


class Statements:
    """Counted by workflow id."""

    def __init__(self) -> None:
        self.statements: Counter[str] = Counter()
        self.transactions: Counter[str] = Counter()


@contextmanager
def counting_statements() -> Iterator[Statements]:
    """Count in this process. The product has no place for such a thing: it is put around its methods from outside."""
    counted = Statements()
    execute, transaction = Session.execute, Database.transaction

    async def counting_execute(self: Session, statement: TextClause, values: Mapping[str, Any] | None = None) -> Rows:
        counted.statements[_workflow()] += 1
        return await execute(self, statement, values)

    @asynccontextmanager
    async def counting_transaction(self: Database) -> AsyncIterator[Session]:
        counted.transactions[_workflow()] += 1
        async with transaction(self) as session:
            yield session

    Session.execute = counting_execute  # type: ignore[method-assign]
    Database.transaction = counting_transaction  # type: ignore[method-assign]
    try:
        yield counted
    finally:
        Session.execute = execute  # type: ignore[method-assign]
        Database.transaction = transaction  # type: ignore[method-assign]


def _workflow() -> str:
    return (activity.info().workflow_id or "") if activity.in_activity() else CLIENT_WORKS_ON.get()
