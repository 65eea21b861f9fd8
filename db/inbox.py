"""The inbox: messages that were accepted, kept until a turn of the case applies them.

Accepting waits for a contact of the same case that is being claimed at this moment, so every message is accepted
either before that contact looks, which then sees it, or after the claim.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import text

from db.session import Session
from domain.events import Message


class Acceptance(StrEnum):
    """What became of a message that was handed in. `conflict`: its id was used before for another content."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    UNKNOWN_CASE = "unknown_case"


@dataclass(frozen=True, slots=True)
class InboxMessage:
    """A message that no turn has applied yet. `payload` is its JSON, as it was accepted."""

    message_id: str
    kind: str
    payload: Any


_ACCEPT = text("""
INSERT INTO inbox (case_id, message_id, kind, payload)
SELECT id, :message_id, :kind, CAST(:payload AS jsonb) FROM collection_case WHERE id = :case_id FOR SHARE
ON CONFLICT (case_id, message_id) DO NOTHING
RETURNING 1
""")

_COMPARE = text("""
SELECT kind = :kind AND payload = CAST(:payload AS jsonb) FROM inbox
WHERE case_id = :case_id AND message_id = :message_id
""")

_UNAPPLIED = text("""
SELECT message_id, kind, payload FROM inbox
WHERE case_id = :case_id AND applied_at IS NULL
ORDER BY accepted_at_real, message_id
""")

_MARK_APPLIED = text("""
UPDATE inbox SET applied_at = :at
WHERE case_id = :case_id AND message_id = ANY(:message_ids) AND applied_at IS NULL
""")


async def accept_message(session: Session, case_id: str, message: Message) -> Acceptance:
    """Take a message into the inbox once. It counts as accepted when the transaction is committed.

    Whatever this transaction changes about the consumer must come before, as locks are taken consumer first.
    """
    values = {
        "case_id": case_id,
        "message_id": message.id,
        "kind": message.kind,
        "payload": message.model_dump_json(),
    }
    if (await session.execute(_ACCEPT, values)).one_or_none() is not None:
        return Acceptance.ACCEPTED
    same = (await session.execute(_COMPARE, values)).scalar_one_or_none()
    if same is None:
        return Acceptance.UNKNOWN_CASE
    return Acceptance.DUPLICATE if same else Acceptance.CONFLICT


async def unapplied(session: Session, case_id: str) -> tuple[InboxMessage, ...]:
    """The messages of a case that wait to be applied, in the order of their acceptance. Lock the case first."""
    rows = await session.execute(_UNAPPLIED, {"case_id": case_id})
    return tuple(InboxMessage(row.message_id, row.kind, row.payload) for row in rows)


async def mark_applied(session: Session, case_id: str, message_ids: Sequence[str], at: datetime) -> None:
    """Note that a turn has dealt with these messages, applied or refused. Ids that came another way are passed over."""
    await session.execute(_MARK_APPLIED, {"case_id": case_id, "message_ids": list(message_ids), "at": at})
