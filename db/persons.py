"""The person behind a case, over all of their cases: what the law counts, what may be used, and how to address them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter
from sqlalchemy import text

from db.session import Session
from domain.compliance.model import Consent, Consumer, PastContact
from domain.messaging import Address, CollectorIdentity
from domain.names import Channel, Place
from domain.person import Person, UsablePoint
from domain.preferences import InconvenientTime
from domain.whereabouts import Candidates, candidate_zones, localities_of


class UnknownConsumer(LookupError):
    """No consumer has this id, or the consumer has no contact point of that id."""

    def __init__(self, consumer_id: str) -> None:
        super().__init__(f"consumer {consumer_id} or their contact point is not registered")


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a message addresses and where: personal data, so its representation shows none of it.

    `addresses` are the usable ones, in order of preference.
    """

    full_name: str = field(repr=False)
    locale: str
    addresses: tuple[Address, ...] = field(repr=False)

    def address(self, contact_point_id: str) -> Address | None:
        """The address behind a contact point."""
        return next((address for address in self.addresses if address.id == contact_point_id), None)


@dataclass(frozen=True, slots=True)
class _ConsentRow:
    channel: Channel
    consented: bool
    at: datetime
    given_on: date | None


_ADDRESSES: TypeAdapter[tuple[Address, ...]] = TypeAdapter(tuple[Address, ...])
_CONSENTS: TypeAdapter[tuple[_ConsentRow, ...]] = TypeAdapter(tuple[_ConsentRow, ...])
_INCONVENIENT_TIMES: TypeAdapter[tuple[InconvenientTime, ...]] = TypeAdapter(tuple[InconvenientTime, ...])
_HISTORY: TypeAdapter[tuple[PastContact, ...]] = TypeAdapter(tuple[PastContact, ...])

_NUMBERS: TypeAdapter[tuple[Candidates, ...]] = TypeAdapter(tuple[Candidates, ...])

WHEREABOUTS_OF_C = """
c.zones, c.residence_postal_code, c.residence_zones, c.residence_areas,
CAST((
    SELECT coalesce(json_agg(json_build_object('zones', n.zones, 'areas', n.areas) ORDER BY n.preference, n.id), '[]')
    FROM contact_point AS n WHERE n.consumer_id = c.id AND (n.zones <> '{}' OR n.areas <> '{}')
) AS text) AS numbers
"""
"""Numbers that no longer work count, too: they still say where the person may be."""

POINTS_OF_C = """
CAST((
    SELECT coalesce(json_agg(json_build_object(
        'id', p.id, 'channel', p.channel, 'place', p.place, 'value', p.value
    ) ORDER BY p.preference, p.id), '[]')
    FROM contact_point AS p WHERE p.consumer_id = c.id AND p.usable
) AS text) AS points
"""

CONSENTS_OF_C = """
CAST((
    SELECT coalesce(json_agg(json_build_object(
        'channel', s.channel, 'consented', s.consented, 'at', s.at, 'given_on', s.given_on
    ) ORDER BY s.channel), '[]')
    FROM (
        SELECT DISTINCT ON (v.channel) v.* FROM consent AS v
        WHERE v.consumer_id = c.id ORDER BY v.channel, v.said_at DESC, v.at DESC, v.id DESC
    ) AS s
) AS text) AS consents
"""

REQUESTS_OF_C = "c.refused_places, CAST(c.inconvenient_times AS text) AS inconvenient_times"

# What a provider certainly did not take is no contact. A claim without a receipt may be one, so it counts.
HISTORY_OF_C = """
CAST((
    SELECT coalesce(json_agg(json_build_object(
        'at', coalesce(h.sent_at, h.claimed_at), 'channel', h.channel, 'outcome', coalesce(h.outcome, 'unknown'),
        'debts', coalesce(to_json(h.debts), json_build_array(h.case_id)), 'direction', h.direction, 'to', h.place
    ) ORDER BY h.claimed_at, h.id), '[]')
    FROM contact AS h
    WHERE h.consumer_id = c.id AND h.claimed_at >= :since AND h.status <> 'retryable'
    {and_not_this_claim}
) AS text) AS history
"""

_PERSON = text(
    f"SELECT {WHEREABOUTS_OF_C}, {REQUESTS_OF_C}, {POINTS_OF_C}, {CONSENTS_OF_C}, "  # noqa: S608  constants
    f"{HISTORY_OF_C.format(and_not_this_claim='')} FROM consumer AS c WHERE c.id = :consumer_id"
)

_DEBTOR = text(f"SELECT c.full_name, c.locale, {POINTS_OF_C} FROM consumer AS c WHERE c.id = :consumer_id")  # noqa: S608  constants

_LENDER = text("""
SELECT
    name, coalesce(voice_name, name) AS voice_name, creditor_name AS creditor, phone, email, postal_address, pay_url,
    dispute_url, stop_url
FROM lender WHERE id = :lender_id
""")


async def load_person(session: Session, consumer_id: str, since: datetime) -> Person:
    """What is known of a person, with their contacts since a business instant, over all of their cases.

    Lock one of their cases first, or another may be contacting them at this moment. `holds` stay empty: they belong to
    a case. Raises UnknownConsumer.
    """
    row = (await session.execute(_PERSON, {"consumer_id": consumer_id, "since": since})).one_or_none()
    if row is None:
        raise UnknownConsumer(consumer_id)
    return person_from(row, _ADDRESSES.validate_json(row.points))


async def load_debtor(session: Session, consumer_id: str) -> Recipient:
    """Who owes, with every usable contact point: for counsel. Raises UnknownConsumer."""
    row = (await session.execute(_DEBTOR, {"consumer_id": consumer_id})).one_or_none()
    if row is None:
        raise UnknownConsumer(consumer_id)
    return recipient_from(row.full_name, row.locale, row.points)


async def load_lender(session: Session, lender_id: str) -> CollectorIdentity:
    """Who collects, as messages say it. The lender must be registered, as that of every account is."""
    row = (await session.execute(_LENDER, {"lender_id": lender_id})).one()
    return CollectorIdentity(**row)


def recipient_from(full_name: str, locale: str, points: str) -> Recipient:
    """A recipient from a row that has POINTS_OF_C."""
    return Recipient(full_name, locale, _ADDRESSES.validate_json(points))


def person_from(row: Any, addresses: Sequence[Address]) -> Person:
    """A person from a row that has WHEREABOUTS_OF_C, REQUESTS_OF_C, CONSENTS_OF_C and HISTORY_OF_C."""
    residence = Candidates(tuple(row.residence_zones), tuple(row.residence_areas))
    numbers = _NUMBERS.validate_json(row.numbers)
    zones = candidate_zones(residence, row.zones, numbers)
    said = _CONSENTS.validate_json(row.consents)
    where = ZoneInfo(zones[0]) if zones else UTC
    consumer = Consumer(
        zones=zones,
        opt_outs=tuple(one.channel for one in said if not one.consented),
        consents=tuple(
            Consent(channel=one.channel, given_on=one.given_on or one.at.astimezone(where).date())
            for one in said
            if one.consented
        ),
        refused_places=tuple(map(Place, row.refused_places)),
        inconvenient_times=_INCONVENIENT_TIMES.validate_json(row.inconvenient_times),
    )
    return Person(
        consumer=consumer,
        points=tuple(UsablePoint(id=each.id, channel=each.channel, place=each.place) for each in addresses),
        history=_HISTORY.validate_json(row.history),
        localities=localities_of(residence, row.residence_postal_code, numbers),
    )
