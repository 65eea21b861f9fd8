"""The committed sample of real card accounts, and how one is drawn. Where it comes from: data/README.md beside this."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from importlib.resources import files
from typing import TypeVar

from pydantic import Field, ValidationError

from domain.value import Value

MONTHS = 6
"""How many monthly bills and payments the data shows for each account."""

OWED_AT_LEAST = 1000
"""New Taiwan dollars. Below it an account is left out: nobody collects the price of a lunch."""

SAMPLE_LENGTH = 240
"""Accounts in the committed sample."""

SAMPLE_FILE = "credit_card_clients_sample.csv"

STATUS_COLUMNS = ("PAY_0", "PAY_2", "PAY_3", "PAY_4", "PAY_5", "PAY_6")
BILL_COLUMNS = tuple(f"BILL_AMT{month}" for month in range(1, MONTHS + 1))
PAYMENT_COLUMNS = tuple(f"PAY_AMT{month}" for month in range(1, MONTHS + 1))
DEFAULT_COLUMN = "default.payment.next.month"
COLUMNS = ("ID", "LIMIT_BAL", *STATUS_COLUMNS, *BILL_COLUMNS, *PAYMENT_COLUMNS, DEFAULT_COLUMN)
"""What is kept of the data. Sex, education, marriage and age are not: they must not decide anything about a person."""

_Item = TypeVar("_Item")


class SampleError(ValueError):
    """The file is not the data that it should be. The message names the line and what to do."""


class CardAccount(Value):
    """One account of the data. Amounts are whole New Taiwan dollars, months run from the newest to the oldest.

    `months_late` are the data's repayment statuses: months past due, or 0 and below where nothing is.
    `payments[i]` was made after bill i + 1 and before bill i. `defaulted` is what happened in the month that followed.
    """

    number: int = Field(ge=1)
    limit: int
    months_late: tuple[int, ...] = Field(min_length=MONTHS, max_length=MONTHS)
    bills: tuple[int, ...] = Field(min_length=MONTHS, max_length=MONTHS)
    payments: tuple[int, ...] = Field(min_length=MONTHS, max_length=MONTHS)
    defaulted: bool

    @property
    def is_delinquent(self) -> bool:
        """Whether the account is past due and owes enough to be collected."""
        return self.months_late[0] >= 1 and self.bills[0] >= OWED_AT_LEAST

    def row(self) -> list[int]:
        """The account in the order of `COLUMNS`."""
        return [self.number, self.limit, *self.months_late, *self.bills, *self.payments, int(self.defaulted)]


def read_accounts(lines: Iterable[str]) -> list[CardAccount]:
    """Accounts from the data's CSV, with or without the columns that are not kept. Raises SampleError."""
    reader = csv.DictReader(lines)
    missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
    if missing:
        raise SampleError(f"line 1: no column {missing[0]}: is this the UCI data set with its header line?")
    return [_account(row, reader.line_num) for row in reader]


def committed_sample() -> list[CardAccount]:
    """The sample that comes with the project, in the order of the accounts' numbers."""
    with files("starter.demo").joinpath("data", SAMPLE_FILE).open(encoding="utf-8") as lines:
        return read_accounts(lines)


def draw(accounts: Iterable[CardAccount], count: int) -> list[CardAccount]:
    """A representative part of the delinquent accounts, always the same one, in the order of their numbers.

    It is a systematic sample: the accounts are sorted by months past due, by whether they defaulted and by what they
    owe, and every n-th is taken from the middle of the first n. So each of these has the same share as in the whole.
    Raises SampleError when there are fewer than `count`.
    """
    in_order = sorted(
        (account for account in accounts if account.is_delinquent),
        key=lambda account: (account.months_late[0], account.defaulted, account.bills[0], account.number),
    )
    return sorted(_every_nth(in_order, count), key=lambda account: account.number)


def _every_nth(items: Sequence[_Item], count: int) -> list[_Item]:
    if not 1 <= count <= len(items):
        raise SampleError(f"{len(items)} delinquent accounts are there: ask for 1 to {len(items)}")
    return [items[(2 * position + 1) * len(items) // (2 * count)] for position in range(count)]


def _account(row: dict[str, str], line: int) -> CardAccount:
    try:
        return CardAccount(
            number=_whole(row["ID"]),
            limit=_whole(row["LIMIT_BAL"]),
            months_late=tuple(_whole(row[column]) for column in STATUS_COLUMNS),
            bills=tuple(_whole(row[column]) for column in BILL_COLUMNS),
            payments=tuple(_whole(row[column]) for column in PAYMENT_COLUMNS),
            defaulted=_whole(row[DEFAULT_COLUMN]) == 1,
        )
    except (ValueError, TypeError, ValidationError):
        raise SampleError(f"line {line}: a value is missing or not a whole number: restore the line") from None


def _whole(text: str) -> int:
    """The data writes some whole numbers as 20000.0."""
    return int(text.removesuffix(".0"))
