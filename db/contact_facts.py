"""Everything that a contact needs, in two statements: one that locks, and one that reads after the locks are held.

It can't be one: Postgres gives a statement the rows as they were when it began, and while it waits for the lock another
case of the same person may be claiming a contact, or a payment may be accepted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import text

from db.cases import CaseRecord, lock_case
from db.contacts import CONTACT_ROW, ClaimKey, ContactRow
from db.inbox import InboxMessage
from db.persons import (
    CONSENTS_OF_C,
    HISTORY_OF_C,
    POINTS_OF_C,
    REQUESTS_OF_C,
    WHEREABOUTS_OF_C,
    Recipient,
    person_from,
    recipient_from,
)
from db.session import Session
from db.shared_contacts import CLAIM_FOR_THIS_CASE
from domain.messaging import CollectorIdentity
from domain.person import Person


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """What is known in the transaction that claims a contact. `claim` is the one of this attempt, if made before.

    The person's history leaves that claim out, so that a retry does not count itself. `claim_by_another` is a contact
    of another case that is claimed and stands for this attempt too. `may_come_along` are the person's other open cases
    with this lender that have something to do soon, as the read model has it: look again under their locks.
    """

    case: CaseRecord
    person: Person
    unapplied: tuple[InboxMessage, ...]
    claim: ContactRow | None
    claim_by_another: ContactRow | None
    may_come_along: tuple[str, ...]
    recipient: Recipient
    collector: CollectorIdentity


_INBOX: TypeAdapter[tuple[InboxMessage, ...]] = TypeAdapter(tuple[InboxMessage, ...])

_NOT_THIS_CLAIM = """
    AND (h.case_id, h.step, h.obligation, h.attempt) IS DISTINCT FROM (:case_id, :step, :obligation, :attempt)
"""

_FACTS = text(
    f"""
    SELECT
        c.full_name, c.locale,
        {WHEREABOUTS_OF_C},
        {REQUESTS_OF_C},
        {POINTS_OF_C},
        {CONSENTS_OF_C},
        {HISTORY_OF_C.format(and_not_this_claim=_NOT_THIS_CLAIM)},
        CAST((
            SELECT coalesce(json_agg(json_build_object(
                'message_id', i.message_id, 'kind', i.kind, 'payload', i.payload
            ) ORDER BY i.accepted_at_real, i.message_id), '[]')
            FROM inbox AS i WHERE i.case_id = :case_id AND i.applied_at IS NULL
        ) AS text) AS unapplied,
        CAST((
            SELECT to_json(t) FROM contact AS t
            WHERE t.case_id = :case_id AND t.step = :step AND t.obligation = :obligation AND t.attempt = :attempt
        ) AS text) AS claim,
        CAST(({CLAIM_FOR_THIS_CASE}) AS text) AS claim_by_another,
        ARRAY(
            SELECT k.id FROM collection_case AS k
            WHERE k.consumer_id = c.id AND k.lender_id = l.id AND k.id <> :case_id AND k.status = 'open'
                AND k.next_action_at <= :may_come_along_until
            ORDER BY k.id
        ) AS may_come_along,
        l.name, coalesce(l.voice_name, l.name) AS voice_name, l.creditor_name, l.phone, l.email, l.postal_address,
        l.pay_url, l.dispute_url, l.stop_url
    FROM consumer AS c, lender AS l
    WHERE c.id = :consumer_id AND l.id = :lender_id
    """  # noqa: S608  constants
)


def _contact(row: str | None) -> ContactRow | None:
    return None if row is None else CONTACT_ROW.validate_json(row)


async def load_for_contact(
    session: Session, case_id: str, key: ClaimKey, since: datetime, may_come_along_until: datetime
) -> ContactFacts:
    """Lock the consumer and the case, and load what a contact needs.

    The person's history reaches back to the business instant `since`. Raises UnknownCase.
    """
    case = await lock_case(session, case_id)
    values = {
        "case_id": case_id,
        "consumer_id": case.consumer_id,
        "lender_id": case.lender,
        "step": key.step,
        "obligation": key.obligation,
        "attempt": key.attempt,
        "since": since,
        "may_come_along_until": may_come_along_until,
    }
    row = (await session.execute(_FACTS, values)).one()
    recipient = recipient_from(row.full_name, row.locale, row.points)
    return ContactFacts(
        case=case,
        person=person_from(row, recipient.addresses),
        unapplied=_INBOX.validate_json(row.unapplied),
        claim=_contact(row.claim),
        claim_by_another=_contact(row.claim_by_another),
        may_come_along=tuple(row.may_come_along),
        recipient=recipient,
        collector=CollectorIdentity(
            name=row.name,
            voice_name=row.voice_name,
            creditor=row.creditor_name,
            phone=row.phone,
            email=row.email,
            postal_address=row.postal_address,
            pay_url=row.pay_url,
            dispute_url=row.dispute_url,
            stop_url=row.stop_url,
        ),
    )
