"""Where the rows of a file lie until their account is complete: on disk, so that a file of any length fits.

The rows of an account need not follow each other. SQLite keeps them in a temporary file that has no name, and that is
gone when it is closed or the program ends.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from starter.intake.rows import RowProblem

_PRIVATE_FILE = ""


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of one account, by the key under which they were put."""

    key: str
    count: int


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row as it was read, and what is wrong with it."""

    number: int
    cells: tuple[str, ...]
    problem: RowProblem


class Shelf:
    """Use it in a `with` block."""

    def __init__(self) -> None:
        self._rows = sqlite3.connect(_PRIVATE_FILE, isolation_level=None)
        self._rows.executescript("""
            CREATE TABLE row (
                number INTEGER PRIMARY KEY, key TEXT NOT NULL, cells TEXT NOT NULL, field TEXT, reason TEXT, remedy TEXT
            );
            CREATE INDEX row_key ON row (key);
            BEGIN;
        """)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._rows.close()

    def put(self, number: int, key: str, cells: Sequence[str]) -> None:
        """Keep a row."""
        self._rows.execute("INSERT INTO row (number, key, cells) VALUES (?, ?, ?)", (number, key, json.dumps(cells)))

    def reject(self, number: int, problem: RowProblem) -> None:
        """Note what is wrong with a row."""
        self._rows.execute(
            "UPDATE row SET field = ?, reason = ?, remedy = ? WHERE number = ?",
            (problem.field, problem.reason, problem.remedy, number),
        )

    def reject_rest(self, key: str, problem: RowProblem) -> None:
        """Reject every row of an account that has no problem of its own."""
        self._rows.execute(
            "UPDATE row SET field = ?, reason = ?, remedy = ? WHERE key = ? AND reason IS NULL",
            (problem.field, problem.reason, problem.remedy, key),
        )

    def groups(self) -> Iterator[Group]:
        """The accounts, in the order of their first rows."""
        for key, count in self._rows.execute("SELECT key, count(*) FROM row GROUP BY key ORDER BY min(number)"):
            yield Group(key, count)

    def rows(self, key: str) -> list[tuple[int, tuple[str, ...]]]:
        """The rows of an account, in their order."""
        found = self._rows.execute("SELECT number, cells FROM row WHERE key = ? ORDER BY number", (key,))
        return [(number, tuple(json.loads(cells))) for number, cells in found]

    def rejected(self) -> Iterator[Rejected]:
        """The rejected rows, in their order."""
        found = self._rows.execute(
            "SELECT number, cells, field, reason, remedy FROM row WHERE reason IS NOT NULL ORDER BY number"
        )
        for number, cells, field, reason, remedy in found:
            yield Rejected(number, tuple(json.loads(cells)), RowProblem(field, reason, remedy))

    def group_count(self) -> int:
        return self._number("SELECT count(DISTINCT key) FROM row")

    def rejected_count(self) -> int:
        """How many rows are rejected."""
        return self._number("SELECT count(*) FROM row WHERE reason IS NOT NULL")

    def has_rejected(self, key: str) -> bool:
        """Whether a row of an account is rejected already."""
        return self._number("SELECT count(*) FROM row WHERE key = ? AND reason IS NOT NULL", key) > 0

    def _number(self, query: str, *values: str) -> int:
        number: int = self._rows.execute(query, values).fetchone()[0]
        return number
