"""Intake files for tests, and an opener that only remembers."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

from domain.registration import AccountRegistration
from starter.intake.run import Intake, Taken, take_in
from starter.refusals import Refused

GOOD: Mapping[str, str] = {
    "lender": "acme",
    "account": "A-1",
    "consumer": "P-1",
    "name": "Example Borrower",
    "locale": "en-GB",
    "zone": "Europe/London",
    "zones": "Europe/London|Europe/Paris",
    "country": "GB",
    "subdivision": "GB-SCT",
    "postal_code": "EH1 1AA",
    "mobile": "+447700900123",
    "home_phone": "",
    "work_phone": "",
    "email": "borrower@example.com",
    "address": "1 Example Street",
    "product": "personal-loan",
    "currency": "GBP",
    "policy": "uk-personal-loan",
    "obligation": "2026-05",
    "amount": "250.00",
    "due": "2026-05-01",
    "component": "",
    "itemization_date": "",
    "itemization_amount": "",
    "itemization_interest": "",
    "itemization_fees": "",
    "itemization_payments": "",
    "itemization_credits": "",
}


def text_of(*rows: Mapping[str, str], header: tuple[str, ...] = tuple(GOOD), delimiter: str = ",") -> str:
    """A file with these rows; what a row leaves out is as in GOOD."""
    lines = [delimiter.join(header)]
    lines += [delimiter.join(f'"{({**GOOD, **row})[name]}"' for name in header) for row in rows]
    return "\r\n".join(lines) + "\r\n"


def write(file: Path, content: str | bytes, *, encoding: str = "utf-8") -> None:
    """Write a file with the line ends that the content has."""
    file.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))


def read(file: Path) -> str:
    """A reject file as it is."""
    return file.read_bytes().decode("utf-8-sig")


def exists(file: Path) -> bool:
    """Whether there is such a file."""
    return file.exists()


class Openings:
    """Remembers what was opened. `refusing` are accounts that it refuses."""

    def __init__(self, *refusing: str) -> None:
        self.accounts: list[AccountRegistration] = []
        self._refusing = refusing

    async def open(self, account: AccountRegistration) -> None:
        if account.account in self._refusing:
            raise Refused("unknown_lender", "no lender has this id: register the lender first")
        self.accounts.append(account)

    @property
    def ids(self) -> list[str]:
        return [account.account for account in self.accounts]


def silent(doing: str, done: int, total: int) -> None:
    """A progress that nobody watches."""


async def taken(file: Path, openings: Openings, **more: object) -> Taken:
    """Take a file in with the usual settings."""
    order = Intake(
        file=file,
        rejects=file.with_suffix(".rejects.csv"),
        encoding=str(more.get("encoding", "utf-8")),
        defaults=more.get("defaults", {}),  # type: ignore[arg-type]
        skip_unknown_columns=bool(more.get("skip_unknown_columns", False)),
    )
    return await take_in(order, openings.open, silent)


def rejects_of(file: Path) -> list[dict[str, str]]:
    """The rows of the reject file."""
    with file.with_suffix(".rejects.csv").open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def many_rows(count: int) -> Iterator[dict[str, str]]:
    """Rows of different accounts, one in a hundred of them wrong."""
    for number in range(count):
        yield {
            "account": f"A-{number}",
            "consumer": f"P-{number}",
            "amount": "-1.00" if number % 100 == 99 else f"{number + 1}.00",
        }
