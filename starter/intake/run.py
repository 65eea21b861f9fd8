"""Takes a file in: reads all rows, gathers them by account, opens each account, and writes down what was rejected."""

from __future__ import annotations

import asyncio
import csv
import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from domain.registration import AccountRegistration
from starter.intake.columns import ADDED_BY_REJECTS, BY_NAME, match_header
from starter.intake.reader import CsvFile, Record, neutral, opened_csv
from starter.intake.rows import AccountRow, RowProblem, registration_of
from starter.intake.shelf import Group, Shelf
from starter.refusals import Refused

OBLIGATIONS_MAX = 1_000
"""Rows of one account. It bounds the memory that one account takes."""

AT_ONCE = 32
"""Accounts that are being opened at the same time."""

Opener = Callable[[AccountRegistration], Awaitable[object]]
"""Registers an account and starts its case. Raises Refused."""

Progress = Callable[[str, int, int], None]
"""Told what is being done ("reading", "opening"), how much of it is done, and of how much."""


@dataclass(frozen=True, slots=True)
class Intake:
    """What to read, and what holds for all of its rows. `defaults` are values by column for empty cells."""

    file: Path
    rejects: Path
    encoding: str
    defaults: Mapping[str, str]
    skip_unknown_columns: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a file."""

    accounts: int
    rejected_rows: int


async def take_in(intake: Intake, open_account: Opener, progress: Progress) -> Taken:
    """Open every account of a file that is right, and write the rows of the others to the reject file.

    Raises HeaderError and OSError before anything is opened. Whatever else `open_account` raises ends the intake, with
    the rejects so far written; done again, it opens what is left and changes nothing of what is open.
    """
    with opened_csv(intake.file, intake.encoding) as file, Shelf() as shelf:
        run = _Run(intake, file, shelf, progress)
        run.read()
        try:
            accounts = await run.open_all(open_account)
        finally:
            run.write_rejects()
        return Taken(accounts, shelf.rejected_count())


class _Run:
    """One file on its way in."""

    def __init__(self, intake: Intake, file: CsvFile, shelf: Shelf, progress: Progress) -> None:
        self._intake = intake
        self._file = file
        self._shelf = shelf
        self._progress = progress
        self._columns = match_header(file.header, frozenset(intake.defaults), skip_unknown=intake.skip_unknown_columns)
        self._done = 0
        self._opened = 0

    def read(self) -> None:
        """Put every row on the shelf."""
        for record in self._file.records():
            self._shelf.put(record.number, self._key(record), record.cells)
            if record.fault is not None:
                self._shelf.reject(record.number, RowProblem("", record.fault, "Put the row right in the file."))
            self._progress("reading", self._file.position_bytes(), self._file.size_bytes)

    async def open_all(self, open_account: Opener) -> int:
        """Open the accounts that are right, several at a time. Returns how many."""
        groups = self._shelf.groups()
        total = self._shelf.group_count()

        async def work() -> None:
            for group in groups:  # shared by all workers: each takes the next one
                await self._open(group, open_account)
                self._done += 1
                self._progress("opening", self._done, total)

        try:
            async with asyncio.TaskGroup() as workers:
                for _ in range(AT_ONCE):
                    workers.create_task(work())
        except BaseExceptionGroup as failures:
            raise failures.exceptions[0] from None
        return self._opened

    async def _open(self, group: Group, open_account: Opener) -> None:
        account = self._account(group)
        if account is None:
            return
        try:
            await open_account(account)
        except Refused as refusal:
            column = _REFUSED_COLUMN.get(refusal.code, "")
            self._shelf.reject_rest(group.key, RowProblem(column, refusal.code.replace("_", " "), refusal.detail))
        else:
            self._opened += 1

    def _account(self, group: Group) -> AccountRegistration | None:
        """The account that a group of rows describes; None when a row is wrong, and then all of them are rejected.

        An account without one of its obligations would be collected for the wrong amount, so it is all or nothing.
        """
        if group.count > OBLIGATIONS_MAX:
            problem = RowProblem("account", f"more than {OBLIGATIONS_MAX} rows are of this account", _TOO_MANY_REMEDY)
            self._shelf.reject_rest(group.key, problem)
            return None
        if not self._shelf.has_rejected(group.key):
            made = registration_of(self._rows(group.key))
            if isinstance(made, AccountRegistration):
                return made
            for number, problem in made.items():
                self._shelf.reject(number, problem)
        self._shelf.reject_rest(
            group.key, RowProblem("", "another row of this account was rejected", "Give all rows of it once more.")
        )
        return None

    def _rows(self, key: str) -> list[AccountRow]:
        (number, first), *others = [(number, self._named(cells)) for number, cells in self._shelf.rows(key)]
        completed = {name: value or self._intake.defaults.get(name, "") for name, value in first.items()}
        return [(number, completed), *others]

    def _named(self, cells: tuple[str, ...]) -> dict[str, str]:
        given = {name: cell.strip() for name, cell in zip(self._columns, cells, strict=True) if name is not None}
        return {name: given.get(name, "") for name in BY_NAME}

    def _key(self, record: Record) -> str:
        """The same for all rows of an account. A row that does not say of which it is stands alone."""
        if record.fault is not None and len(record.cells) != len(self._columns):
            return f"row {record.number}"
        named = self._named(record.cells)
        lender = named["lender"] or self._intake.defaults.get("lender", "")
        return f"account {lender}:{named['account']}" if named["account"] else f"row {record.number}"

    def write_rejects(self) -> None:
        """Write the reject file at once or not at all; remove an older one when nothing is rejected any more."""
        if not self._shelf.rejected_count():
            self._intake.rejects.unlink(missing_ok=True)
            return
        partial = self._intake.rejects.with_name(self._intake.rejects.name + ".partial")
        partial.unlink(missing_ok=True)
        # It holds personal data, as the file that it was made from does.
        handle = os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8-sig", newline="", errors="replace") as lines:
            writer = csv.writer(lines, delimiter=self._file.delimiter)
            kept = [place for place, name in enumerate(self._file.header) if name not in ADDED_BY_REJECTS]
            writer.writerow([*ADDED_BY_REJECTS, *(neutral(self._file.header[place]) for place in kept)])
            for row in self._shelf.rejected():
                cells = [row.cells[place] for place in kept] if len(row.cells) == len(self._file.header) else row.cells
                problem = row.problem
                writer.writerow([row.number, problem.field, problem.reason, problem.remedy, *map(neutral, cells)])
        partial.replace(self._intake.rejects)


_TOO_MANY_REMEDY = "Open the account with fewer obligations, and send the others as obligation_due."

_REFUSED_COLUMN: dict[str, str] = {
    "unknown_lender": "lender",
    "unknown_policy": "policy",
    "currency_mismatch": "currency",
    "other_currency": "currency",
    "other_consumer": "consumer",
    "obligation_differs": "obligation",
    "case_is_open": "obligation",
}
"""Which column a refused registration is about."""
