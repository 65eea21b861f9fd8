"""What arrived, by the mail sink's own files: how many accounts were never written to, and how many more than once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.utils import getaddresses
from pathlib import Path

_NANOSECONDS = 1e9


@dataclass(frozen=True, slots=True)
class Received:
    """A mail in the sink: the address that it went to, when it was taken (seconds since 1970), and its bytes."""

    address: str
    at: float
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Tally:
    """Mails by account. `unknown` are addresses that belong to no account: then the figure is void."""

    wanted: int
    mails: int
    missing: int
    doubled: int
    unknown: int


def count_mails(folder: Path) -> int:
    """How many mails the sink has taken so far."""
    return sum(1 for _ in folder.glob("*.eml"))


def read_mails(folder: Path) -> list[Received]:
    """The sink's mails in the order in which they were taken. Raises ValueError for one without one recipient."""
    return sorted((_read(path) for path in folder.glob("*.eml")), key=lambda mail: mail.at)


def tally(addresses: Collection[str], mails: Iterable[Received]) -> Tally:
    """Compare what arrived with the addresses that should each get one mail. A third mail to one address is one more
    doubled: `doubled` counts mails too many, not accounts."""
    arrived = Counter(mail.address for mail in mails)
    wanted = set(addresses)
    known = {address: count for address, count in arrived.items() if address in wanted}
    return Tally(
        wanted=len(wanted),
        mails=arrived.total(),
        missing=len(wanted) - len(known),
        doubled=sum(count - 1 for count in known.values()),
        unknown=sum(count for address, count in arrived.items() if address not in wanted),
    )


def _read(path: Path) -> Received:
    content = path.read_bytes()
    mail = message_from_bytes(content, policy=policy.SMTP)
    found = [address for _, address in getaddresses([str(value) for value in mail.get_all("To", [])])]
    if len(found) != 1:
        raise ValueError(f"{path.name} is to {len(found)} addresses: each reminder goes to one")
    return Received(found[0].lower(), int(path.name.split("-")[0]) / _NANOSECONDS, len(content))
