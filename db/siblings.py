"""The other cases of a person: messages about the person are handed to them in the transaction that applies them.

Lock the consumer first: then no other case of the person opens or contacts meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pydantic import TypeAdapter
from sqlalchemy import text

from db.cases import CaseRecord
from db.session import Session
from domain.events import Message
from domain.identifiers import passed_on_id
from domain.person_wide import for_a_new_case
from domain.state import Hold


@dataclass(frozen=True, slots=True)
class Sibling:
    """Another case of the person, to be told of a message that waits in its inbox."""

    case_id: str
    lender: str
    account: str


_HOLDS: TypeAdapter[tuple[Hold, ...]] = TypeAdapter(tuple[Hold, ...])

_CAME_FROM_A_SIBLING = text("""
SELECT 1 FROM inbox WHERE case_id = :case_id AND message_id = :message_id AND passed_on_from IS NOT NULL
""")

_SIBLINGS = text("""
SELECT id AS case_id, lender_id AS lender, account_id AS account FROM collection_case
WHERE consumer_id = :consumer_id AND id <> :case_id AND sequence > 0
ORDER BY id
""")

_HOLDS_OF_SIBLINGS = text("""
SELECT
    k.id AS case_id,
    CAST(coalesce(k.state -> 'holds', '[]') AS text) AS holds,
    ARRAY(
        SELECT i.payload ->> 'hold' FROM inbox AS i
        WHERE i.case_id = k.id AND i.applied_at IS NULL AND i.passed_on_from IS NOT NULL AND i.kind = 'hold_lifted'
    ) AS lifted
FROM collection_case AS k
WHERE k.consumer_id = :consumer_id AND k.id <> :case_id AND k.sequence > 0
ORDER BY k.id
""")

_HAND_OVER = text("""
INSERT INTO inbox (case_id, message_id, kind, payload, passed_on_from)
SELECT :case_id, :message_id, :kind, CAST(:payload AS jsonb), :passed_on_from
WHERE NOT EXISTS (SELECT 1 FROM journal WHERE case_id = :case_id AND message_id = :message_id)
ON CONFLICT (case_id, message_id) DO NOTHING
RETURNING 1
""")

_STANDS = text("""
SELECT
    EXISTS (
        SELECT 1 FROM inbox
        WHERE case_id = :case_id AND message_id = :message_id AND applied_at IS NULL
            AND kind = :kind AND payload = CAST(:payload AS jsonb)
    ) AS waits,
    EXISTS (
        SELECT 1 FROM journal
        WHERE case_id = :case_id AND message_id = :message_id AND event = CAST(:payload AS jsonb)
    ) OR EXISTS (
        SELECT 1 FROM inbox
        WHERE case_id = :case_id AND message_id = :message_id
            AND kind = :kind AND payload = CAST(:payload AS jsonb)
    ) AS is_known
""")


async def pass_on(session: Session, record: CaseRecord, message: Message) -> tuple[tuple[Sibling, Message], ...]:
    """Put a message into the inbox of every other opened case of the person, once.

    Returns those that have yet to apply it, with the message as each knows it: under its own id, or under another where
    that case knows this id for something else. What came from a sibling is not passed on again.
    """
    own = {"case_id": record.case_id, "message_id": message.id}
    if (await session.execute(_CAME_FROM_A_SIBLING, own)).scalar_one_or_none() is not None:
        return ()
    values = {"case_id": record.case_id, "consumer_id": record.consumer_id}
    found = [Sibling(**dict(row)) for row in await session.execute(_SIBLINGS, values)]
    told = []
    for sibling in found:
        waiting = await _hand_over(session, sibling.case_id, message, record.case_id)
        if waiting is not None:
            told.append((sibling, waiting))
    return tuple(told)


async def take_over_holds(session: Session, record: CaseRecord, today: date) -> None:
    """Put the holds about the person that are in force in their other cases into the inbox of one that opens.

    What waits to be lifted in a case is in force there no more: the case where it was lifted says until when it was.
    """
    values = {"case_id": record.case_id, "consumer_id": record.consumer_id}
    rows = [
        (row.case_id, _HOLDS.validate_json(row.holds), frozenset(row.lifted))
        for row in await session.execute(_HOLDS_OF_SIBLINGS, values)
    ]
    known: set[str] = set()
    for case_id, holds, lifted in rows:
        for hold in holds:
            is_in_force = hold.covers(today) and hold.kind not in lifted
            message = for_a_new_case(hold) if is_in_force else None
            if message is not None and message.id not in known:
                known.add(message.id)
                await _hand_over(session, record.case_id, message, case_id)


async def _hand_over(session: Session, case_id: str, message: Message, passed_on_from: str) -> Message | None:
    """The message as it waits in that case's inbox; None when the case has applied it."""
    renamed = message.model_copy(update={"id": passed_on_id(passed_on_from, message.id)})
    for candidate in (message, renamed):
        values = {
            "case_id": case_id,
            "message_id": candidate.id,
            "kind": candidate.kind,
            "payload": candidate.model_dump_json(),
        }
        handed = await session.execute(_HAND_OVER, values | {"passed_on_from": passed_on_from})
        if handed.scalar_one_or_none() is not None:
            return candidate
        stands = (await session.execute(_STANDS, values)).one()
        if stands.is_known:
            return candidate if stands.waits else None
    raise AssertionError("an id made from case and message is not used for anything else")
