"""The mails in the sink, by recipient and instant of arrival: what really left, whatever Dunlin's own tables say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.parser import BytesHeaderParser
from pathlib import Path

_NANOSECONDS = 1_000_000_000
_HEADERS = BytesHeaderParser(policy=policy.compat32)


@dataclass(frozen=True, slots=True)
class Mail:
    """`account` is the account whose borrower it went to."""

    account: str
    arrived: datetime
    subject: str


def mails_in(folder: Path) -> list[Mail]:
    """All mails in the order in which they arrived."""
    return sorted(_read(folder), key=lambda mail: mail.arrived)


def count_mails(folder: Path) -> int:
    return sum(1 for _ in folder.glob("*.eml"))


def _read(folder: Path) -> Iterator[Mail]:
    for path in folder.glob("*.eml"):
        with path.open("rb") as file:
            headers = _HEADERS.parse(file)
        arrived = datetime.fromtimestamp(int(path.name.split("-")[0]) / _NANOSECONDS, UTC)
        yield Mail(str(headers["To"]).split("@")[0].split("<")[-1], arrived, str(headers["Subject"]))
