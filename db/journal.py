"""Reading the journal, and verifying that nobody changed it behind the trigger's back."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import text

from db.session import Row, Session
from domain.events import AnyEvent, Entry
from domain.journal import GENESIS, Line, link

ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One line as it is stored. `at` is business time, `recorded_at_real` the real time at which it was written."""

    case_id: str
    sequence: int
    at: datetime
    recorded_at_real: datetime
    kind: str
    message_id: str | None
    event: dict[str, Any]
    hash: str


class Difference(StrEnum):
    """What is wrong with a journal at the place that is named."""

    MISSING = "a line is missing here"
    NOT_NEXT = "the line does not follow the one before it"
    EDITED = "the line is not what was hashed when it was written"
    TRUNCATED = "the journal ends before this line, and its case has it"
    ADDED = "the journal has this line, and its case does not"
    OTHER_HEAD = "the last line is not the one that its case ends with"
    NO_CASE = "the case of these lines is gone"


@dataclass(frozen=True, slots=True)
class BrokenLink:
    """The first place at which the journal of a case is not what was written."""

    case_id: str
    sequence: int
    difference: Difference

    def __str__(self) -> str:
        return f"case {self.case_id}, line {self.sequence}: {self.difference}"


_READ = text("""
SELECT case_id, sequence, at, recorded_at_real, kind, message_id, event, hash
FROM journal WHERE case_id = :case_id ORDER BY sequence
""")

_LINES_OF_CASES = """
SELECT
    k.id AS case_id, k.journal_length, k.journal_hash,
    j.sequence, j.at, j.kind, j.message_id, CAST(j.event AS text) AS event, j.previous_hash, j.hash
FROM collection_case AS k LEFT JOIN journal AS j ON j.case_id = k.id
"""

_LINES_OF_ALL = text(_LINES_OF_CASES + "ORDER BY k.id, j.sequence")
_LINES_OF_ONE = text(_LINES_OF_CASES + "WHERE k.id = :case_id ORDER BY k.id, j.sequence")

_WITHOUT_CASE = text("""
SELECT j.case_id, min(j.sequence) AS sequence
FROM journal AS j LEFT JOIN collection_case AS k ON k.id = j.case_id
WHERE k.id IS NULL AND j.case_id = coalesce(:case_id, j.case_id)
GROUP BY j.case_id ORDER BY j.case_id
""")


_ENTRIES = text("""
SELECT j.case_id, j.at, CAST(j.event AS text) AS event
FROM journal AS j JOIN collection_case AS k ON k.id = j.case_id
WHERE CAST(:lender AS text) IS NULL OR k.lender_id = :lender
ORDER BY j.case_id, j.sequence
""")

_NEWEST_INSTANT = text("SELECT max(updated_at) FROM collection_case")

_COUNT_OPENED = text("""
SELECT count(*) FROM collection_case
WHERE sequence > 0 AND (CAST(:lender AS text) IS NULL OR lender_id = :lender)
""")

_EVENTS: TypeAdapter[AnyEvent] = TypeAdapter(AnyEvent)


async def read(session: Session, case_id: str) -> tuple[JournalLine, ...]:
    """The journal of a case, oldest line first."""
    rows = await session.execute(_READ, {"case_id": case_id})
    return tuple(JournalLine(**row) for row in rows)


async def entries_of_cases(session: Session, lender: str | None) -> AsyncIterator[tuple[str, list[Entry]]]:
    """Each opened case with its whole journal, oldest line first; of one lender or of all. Rows are streamed."""
    case_id, entries = "", list[Entry]()
    async for row in session.stream(_ENTRIES, {"lender": lender}, rows_at_once=ROWS_AT_ONCE):
        if row.case_id != case_id and entries:
            yield case_id, entries
            entries = []
        case_id = row.case_id
        entries.append(Entry(at=row.at, event=_EVENTS.validate_json(row.event)))
    if entries:
        yield case_id, entries


async def newest_instant(session: Session) -> datetime | None:
    """The business instant of the latest thing that happened to any case."""
    newest: datetime | None = (await session.execute(_NEWEST_INSTANT)).scalar_one()
    return newest


async def count_opened(session: Session, lender: str | None) -> int:
    """How many cases were opened; of one lender or of all."""
    count: int = (await session.execute(_COUNT_OPENED, {"lender": lender})).scalar_one()
    return count


async def verify(session: Session, case_id: str | None = None) -> list[BrokenLink]:
    """Recompute the hash chain of a case, or of all, and name the first broken link of each case that has one.

    Rows are streamed: the memory that it takes does not grow with the journal.
    """
    statement, values = (_LINES_OF_ALL, {}) if case_id is None else (_LINES_OF_ONE, {"case_id": case_id})
    lines = session.stream(statement, values, rows_at_once=ROWS_AT_ONCE)
    broken = [found async for found in _broken_links(lines)]
    without_case = await session.execute(_WITHOUT_CASE, {"case_id": case_id})
    return broken + [BrokenLink(row.case_id, row.sequence, Difference.NO_CASE) for row in without_case]


async def _broken_links(rows: AsyncIterator[Row]) -> AsyncIterator[BrokenLink]:
    chain = None
    async for row in rows:
        if chain is None or chain.case_id != row.case_id:
            if chain is not None and (broken := chain.end()) is not None:
                yield broken
            chain = _Chain(row)
        chain.add(row)
    if chain is not None and (broken := chain.end()) is not None:
        yield broken


class _Chain:
    """Follows the lines of one case, and remembers the first that is wrong."""

    def __init__(self, row: Row) -> None:
        self.case_id: str = row.case_id
        self._length: int = row.journal_length
        self._head: str = row.journal_hash
        self._last_hash = GENESIS
        self._next = 1
        self._broken: BrokenLink | None = None

    def add(self, row: Row) -> None:
        if self._broken is not None or row.sequence is None:
            return
        difference = self._difference(row)
        if difference is not None:
            self._broken = BrokenLink(self.case_id, self._next, difference)
        self._last_hash = row.hash
        self._next += 1

    def end(self) -> BrokenLink | None:
        if self._broken is not None:
            return self._broken
        if self._next <= self._length:
            return BrokenLink(self.case_id, self._next, Difference.TRUNCATED)
        if self._last_hash != self._head:
            return BrokenLink(self.case_id, self._length, Difference.OTHER_HEAD)
        return None

    def _difference(self, row: Row) -> Difference | None:
        if row.sequence != self._next:
            return Difference.MISSING
        if row.previous_hash != self._last_hash:
            return Difference.NOT_NEXT
        event = json.loads(row.event)
        line = Line(self.case_id, row.sequence, row.at, event)
        if link(row.previous_hash, line) != row.hash or not _columns_agree(row, event):
            return Difference.EDITED
        if row.sequence > self._length:
            return Difference.ADDED
        return None


def _columns_agree(row: Row, event: dict[str, Any]) -> bool:
    """Kind and message id are copies of what the hashed event says, for searching."""
    return (row.kind, row.message_id) == (event.get("kind"), event.get("id"))
