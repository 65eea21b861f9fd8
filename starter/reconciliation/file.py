"""Reads a lender's file of open accounts: an intake file with the column `outstanding`, or a short one of three."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from domain.money import Money
from domain.names import Id
from domain.reconciliation import LenderBalance
from starter.intake.columns import HeaderError
from starter.intake.reader import Record, opened_csv

COLUMNS = ("account", "currency", "outstanding")
_ID: TypeAdapter[str] = TypeAdapter(Id)


class BalanceFileError(ValueError):
    """The file cannot be compared. The message says which row is wrong and what to do; it quotes nothing of the row."""


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    account: str
    currency: str
    outstanding: str


def read_balances(path: Path, encoding: str) -> list[LenderBalance]:
    """The lender's open accounts, each once. Rows of one account must say the same, or nothing after the first.

    Raises BalanceFileError, HeaderError and OSError. A file of which one row is wrong is not compared at all: its
    accounts would look missing.
    """
    with opened_csv(path, encoding) as file:
        places = _places(file.header)
        balances: dict[str, LenderBalance] = {}
        for record in file.records():
            row = _row(record, places)
            known = balances.get(row.account)
            if known is not None and not row.outstanding:
                continue
            balance = _balance(row)
            if known is not None and known != balance:
                raise BalanceFileError(f"row {row.number} says another balance of its account than a row before it")
            balances[row.account] = balance
    return list(balances.values())


def _places(header: Sequence[str]) -> tuple[int, int, int]:
    names = [cell.strip().lower() for cell in header]
    missing = [column for column in COLUMNS if column not in names]
    if missing:
        raise HeaderError(f"the first line names no column {', '.join(missing)}: docs/reconciliation.md lists them")
    account, currency, outstanding = (names.index(column) for column in COLUMNS)
    return account, currency, outstanding


def _row(record: Record, places: tuple[int, int, int]) -> _Row:
    if record.fault is not None:
        raise BalanceFileError(f"row {record.number}: {record.fault}")
    return _Row(record.number, *(record.cells[place].strip() for place in places))


def _balance(row: _Row) -> LenderBalance:
    try:
        account = _ID.validate_python(row.account)
    except ValidationError:
        raise BalanceFileError(f"row {row.number}: account must be the opaque id under which it was opened") from None
    try:
        return LenderBalance(account, Money.parse(row.outstanding, row.currency))
    except ValueError as error:
        raise BalanceFileError(f"row {row.number}: outstanding: {error}") from None
