"""What a provider's callback is about: the contact that it names, or the cases of whoever has the number."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text

from db.session import Session
from domain.names import Channel


@dataclass(frozen=True, slots=True)
class ContactOrigin:
    """A contact that was claimed, and where it belongs."""

    id: str
    case_id: str
    channel: Channel
    contact_point_id: str | None


_ORIGIN = text("SELECT id, case_id, channel, contact_point_id FROM contact WHERE id = :id")

_LENDER_PHONE = text("""
SELECT l.phone FROM collection_case AS k JOIN lender AS l ON l.id = k.lender_id WHERE k.id = :case_id
""")

_CASES_OF_NUMBER = text("""
SELECT DISTINCT ON (k.consumer_id) k.id
FROM collection_case AS k
WHERE k.sequence > 0 AND k.consumer_id IN (
    SELECT consumer_id FROM contact_point WHERE value = :number AND channel IN ('sms', 'voice')
)
ORDER BY
    k.consumer_id,
    (SELECT max(c.claimed_at) FROM contact AS c WHERE c.case_id = k.id AND c.channel = :channel) DESC NULLS LAST,
    k.status DESC,
    k.id
""")


async def origin_of_contact(session: Session, contact_id: str) -> ContactOrigin | None:
    """The contact of that id, or None when there is none."""
    row = (await session.execute(_ORIGIN, {"id": contact_id})).one_or_none()
    return None if row is None else ContactOrigin(row.id, row.case_id, Channel(row.channel), row.contact_point_id)


async def lender_phone(session: Session, case_id: str) -> str | None:
    """The number on which the case's lender is reached, in E.164."""
    phone: str | None = (await session.execute(_LENDER_PHONE, {"case_id": case_id})).scalar_one_or_none()
    return phone


async def cases_of_number(session: Session, number: str, channel: Channel) -> tuple[str, ...]:
    """One opened case for each person who has this number: the one that was last contacted by the channel.

    What is said of a person holds for all of their cases, so one is enough; but a number can be several people's.
    """
    found = await session.execute(_CASES_OF_NUMBER, {"number": number, "channel": channel})
    return tuple(found.scalars())
