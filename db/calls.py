"""Telephone calls in the contact history: how one that Dunlin placed ended, and those that people made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text

from db.contacts import UnknownContact
from db.session import Session
from domain.names import Direction, Outcome, Place

# The debts that a call was about. Where one that was named is no case of the person, it is not known which they were.
_DEBTS_OF_CALL = """
    CASE
        WHEN cardinality(CAST(:debts AS text[])) = 0 THEN {before}
        WHEN cardinality({before}) = 0 OR cardinality(CAST(:debts AS text[])) > (
            SELECT count(*) FROM collection_case AS d
            WHERE d.consumer_id = k.consumer_id AND d.id = ANY(CAST(:debts AS text[]))
        ) THEN '{{}}'
        ELSE (SELECT array_agg(DISTINCT e) FROM unnest(CAST(:debts AS text[]) || {before}) AS e)
    END
"""

_CALL_OUTCOME = text(f"""
UPDATE contact AS k SET
    outcome = :outcome, sent_at = coalesce(sent_at, :at), place = coalesce(:place, place),
    debts = {_DEBTS_OF_CALL.format(before="k.debts")}
WHERE id = :id AND case_id = :case_id
RETURNING 1
""")  # noqa: S608  constants

_RECORD_CALL = text(f"""
INSERT INTO contact (
    id, case_id, consumer_id, channel, place, direction, status, outcome, claimed_at, sent_at, debts
)
SELECT
    :id, k.id, k.consumer_id, 'voice', :place, :direction, 'sent', :outcome, :at, :at,
    {_DEBTS_OF_CALL.format(before="CAST(NULL AS text[])")}
FROM collection_case AS k WHERE k.id = :case_id
ON CONFLICT (id) DO NOTHING
""")  # noqa: S608  constants


async def record_call_outcome(
    session: Session,
    case_id: str,
    contact_id: str,
    outcome: Outcome,
    at: datetime,
    *,
    place: Place | None = None,
    debts: Sequence[str] = (),
) -> None:
    """How a call that Dunlin placed for this case ended, and the further cases that it was about.

    `place` is where it reached the person, if that is not where Dunlin called. Raises UnknownContact.
    """
    values = {"case_id": case_id, "outcome": outcome, "at": at, "place": place, "debts": _all_debts(case_id, debts)}
    if (await session.execute(_CALL_OUTCOME, {"id": contact_id, **values})).one_or_none() is None:
        raise UnknownContact(contact_id)


async def record_call(
    session: Session,
    case_id: str,
    message_id: str,
    outcome: Outcome,
    direction: Direction,
    at: datetime,
    *,
    place: Place = Place.MOBILE,
    debts: Sequence[str] = (),
) -> None:
    """A call that an agent or the person made: the law counts it too. The same message is recorded once.

    `debts` are further cases of the person that it was about.
    """
    values = {
        "id": f"{case_id}/{message_id}",
        "case_id": case_id,
        "outcome": outcome,
        "direction": direction,
        "place": place,
        "at": at,
        "debts": _all_debts(case_id, debts),
    }
    await session.execute(_RECORD_CALL, values)


def _all_debts(case_id: str, further: Sequence[str]) -> list[str]:
    """Empty where the call was about its own case alone."""
    return list(dict.fromkeys((case_id, *further))) if further else []
