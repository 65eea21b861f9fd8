"""The journal's hash chain: each line's hash covers its content and the hash of the line before it.

The hash is taken over what is stored, not over today's event classes, so that lines written by an older release verify
for ever. Changing `canonical` breaks every existing chain: it never changes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from domain.events import Entry, Message

GENESIS = "0" * 64
"""What the first line of every case has as its previous hash."""


@dataclass(frozen=True, slots=True)
class Line:
    """One journal line of a case. `sequence` counts from 1; `event` is the event's JSON."""

    case_id: str
    sequence: int
    at: datetime
    event: Mapping[str, Any]

    @classmethod
    def of(cls, case_id: str, sequence: int, entry: Entry) -> Line:
        """The line that an entry becomes at a place in the journal."""
        return cls(case_id, sequence, entry.at, entry.event.model_dump(mode="json"))


@dataclass(frozen=True, slots=True)
class ChainedLine:
    """A line with its place in the chain. `message_id` is the sender's id, None for what Dunlin itself did."""

    line: Line
    kind: str
    message_id: str | None
    previous_hash: str
    hash: str


def canonical(line: Line) -> bytes:
    """The bytes that the hash covers: JSON with sorted keys and no spaces, the instant in UTC to the microsecond."""
    content = {
        "at": line.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "case": line.case_id,
        "event": line.event,
        "sequence": line.sequence,
    }
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def link(previous_hash: str, line: Line) -> str:
    """The hash of a line that follows another: SHA-256, in lower-case hexadecimal digits."""
    return hashlib.sha256(previous_hash.encode("ascii") + b"\n" + canonical(line)).hexdigest()


def chain(case_id: str, length: int, head: str, entries: Sequence[Entry]) -> tuple[ChainedLine, ...]:
    """Entries as lines behind a journal that has `length` lines and ends with the hash `head`."""
    lines: list[ChainedLine] = []
    for sequence, entry in enumerate(entries, start=length + 1):
        line = Line.of(case_id, sequence, entry)
        message_id = entry.event.id if isinstance(entry.event, Message) else None
        lines.append(ChainedLine(line, entry.event.kind, message_id, head, link(head, line)))
        head = lines[-1].hash
    return tuple(lines)
