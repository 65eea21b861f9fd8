"""What changes about a person: consents, requests, contact points, replies. Each change locks the person first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from pydantic_core import to_json
from sqlalchemy import text

from db.persons import UnknownConsumer
from db.session import Session
from domain.names import Channel, ConsentMeans, Place
from domain.preferences import InconvenientTime
from domain.registration import ContactPointRegistration
from domain.whereabouts import Candidates

_LOCK_CONSUMER = text("SELECT 1 FROM consumer WHERE id = :consumer_id FOR NO KEY UPDATE")

_ADD_CONSENT = text("""
INSERT INTO consent (consumer_id, channel, consented, at, given_how, given_on, said_at)
VALUES (:consumer_id, :channel, :consented, :at, :given_how, :given_on, :said_at)
""")

_SET_PREFERENCES = text("""
UPDATE consumer SET refused_places = :refused_places, inconvenient_times = CAST(:inconvenient_times AS jsonb)
WHERE id = :consumer_id
""")

_SET_USABLE = text("""
UPDATE contact_point SET usable = :usable WHERE consumer_id = :consumer_id AND id = :contact_point_id RETURNING 1
""")

_PUT_POINT = text("""
INSERT INTO contact_point (consumer_id, id, channel, place, value, preference, zones, areas)
SELECT :consumer_id, :contact_point_id, :channel, :place, :value, coalesce(max(preference) + 1, 0), :zones, :areas
FROM contact_point WHERE consumer_id = :consumer_id
ON CONFLICT (consumer_id, id) DO UPDATE
SET channel = excluded.channel, place = excluded.place, value = excluded.value, usable = true,
    zones = excluded.zones, areas = excluded.areas
""")

_STORE_REPLY = text("""
INSERT INTO reply (case_id, id, consumer_id, channel, body, received_at)
SELECT k.id, :message_id, k.consumer_id, :channel, :body, :received_at FROM collection_case AS k WHERE k.id = :case_id
ON CONFLICT (case_id, id) DO NOTHING
""")


async def add_consent(
    session: Session,
    consumer_id: str,
    channel: Channel,
    *,
    consented: bool,
    at: datetime,
    given_how: ConsentMeans,
    given_on: date | None = None,
    counts_from: datetime | None = None,
) -> None:
    """The person allowed a channel, or opted out of it: Dunlin learned it at the business instant `at`.

    Every word is kept. The one that `counts_from` the latest instant is in force; left out, that is `at`. `given_on` is
    its date where the person is, when that was stated. Raises UnknownConsumer.
    """
    await _lock(session, consumer_id)
    values = {
        "consumer_id": consumer_id,
        "channel": channel,
        "consented": consented,
        "at": at,
        "given_how": given_how,
        "given_on": given_on,
        "said_at": counts_from or at,
    }
    await session.execute(_ADD_CONSENT, values)


async def set_preferences(
    session: Session, consumer_id: str, refused_places: Sequence[Place], inconvenient_times: Sequence[InconvenientTime]
) -> None:
    """Where and when the person asked not to be contacted, as it is known now. Raises UnknownConsumer."""
    await _lock(session, consumer_id)
    values = {
        "consumer_id": consumer_id,
        "refused_places": list(refused_places),
        "inconvenient_times": to_json(list(inconvenient_times)).decode(),
    }
    await session.execute(_SET_PREFERENCES, values)


async def set_contact_point_usable(session: Session, consumer_id: str, contact_point_id: str, *, usable: bool) -> None:
    """A number or address was found to work, or not to. Raises UnknownConsumer when there is none of that id."""
    await _lock(session, consumer_id)
    values = {"consumer_id": consumer_id, "contact_point_id": contact_point_id, "usable": usable}
    if (await session.execute(_SET_USABLE, values)).one_or_none() is None:
        raise UnknownConsumer(consumer_id)


async def put_contact_point(
    session: Session, consumer_id: str, point: ContactPointRegistration, where: Candidates
) -> None:
    """Add or change a contact point, which must have an id, with where it may be. A new one is preferred least.

    Raises UnknownConsumer.
    """
    if point.id is None:
        raise ValueError("a contact point that is added or changed must have an id: its message refers to it")
    await _lock(session, consumer_id)
    values = {
        "consumer_id": consumer_id,
        "contact_point_id": point.id,
        "channel": point.channel,
        "place": point.place,
        "value": point.value,
        "zones": list(where.zones),
        "areas": list(where.areas),
    }
    await session.execute(_PUT_POINT, values)


async def store_reply(
    session: Session, case_id: str, message_id: str, channel: Channel, body: str, received_at: datetime
) -> None:
    """Keep what the person wrote, before its message is accepted. The same message is kept once."""
    values = {
        "case_id": case_id,
        "message_id": message_id,
        "channel": channel,
        "body": body,
        "received_at": received_at,
    }
    await session.execute(_STORE_REPLY, values)


async def _lock(session: Session, consumer_id: str) -> None:
    if (await session.execute(_LOCK_CONSUMER, {"consumer_id": consumer_id})).one_or_none() is None:
        raise UnknownConsumer(consumer_id)
