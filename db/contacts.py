"""Contacts: a claim before sending, unique for each attempt at a step, then a receipt, then what became of it.

A claim that has no receipt after a crash may have been sent: it counts as a contact until the provider says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import TypeAdapter
from sqlalchemy import TextClause, text

from db.session import Session
from db.tables import ClaimStatus
from domain.names import Channel, Direction, Outcome, Place


class UnknownContact(LookupError):
    """No contact has this id."""

    def __init__(self, contact_id: str) -> None:
        super().__init__(f"no contact has the id {contact_id}")


@dataclass(frozen=True, slots=True)
class ClaimKey:
    """One attempt at one step of the policy for one obligation of a case."""

    step: str
    obligation: str
    attempt: int


@dataclass(frozen=True, slots=True)
class NewClaim:
    """What is claimed before a contact leaves. `claimed_at` is business time.

    `content_digest` tells whether a text made again is the one that was claimed: only then can a provider that knows no
    reference of ours be asked for it. `debts` are the cases that the message is about; left out, its own alone.
    """

    id: str
    case_id: str
    consumer_id: str
    key: ClaimKey
    channel: Channel
    place: Place
    contact_point_id: str
    template: str
    content_digest: str
    policy_version: int
    claimed_at: datetime
    debts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ContactRow:
    """A contact as it is stored. `claimed_at_real` is real time, all other instants are business time.

    Step, obligation, attempt and template are None for a call that an agent or the person made.
    """

    id: str
    case_id: str
    step: str | None
    obligation: str | None
    attempt: int | None
    channel: Channel
    place: Place
    contact_point_id: str | None
    template: str | None
    content_digest: str | None
    policy_version: int | None
    direction: Direction
    status: ClaimStatus
    claimed_at: datetime
    claimed_at_real: datetime
    provider_id: str | None
    code: str | None
    outcome: Outcome | None
    sent_at: datetime | None
    delivered_at: datetime | None


CONTACT_ROW: TypeAdapter[ContactRow] = TypeAdapter(ContactRow)
"""Reads what Postgres' `to_json` makes of a row of the table."""

_CONTACT_ROWS: TypeAdapter[tuple[ContactRow, ...]] = TypeAdapter(tuple[ContactRow, ...])

_INSERT_CLAIM = text("""
INSERT INTO contact (
    id, case_id, consumer_id, step, obligation, attempt, channel, place, contact_point_id, template, content_digest,
    policy_version, direction, status, claimed_at, debts
) VALUES (
    :id, :case_id, :consumer_id, :step, :obligation, :attempt, :channel, :place, :contact_point_id, :template,
    :content_digest, :policy_version, 'outbound', 'claimed', :claimed_at, nullif(CAST(:debts AS text[]), '{}')
)
ON CONFLICT DO NOTHING
RETURNING 1
""")

_FIND_CLAIM = text("""
SELECT CAST(to_json(t) AS text) FROM contact AS t
WHERE case_id = :case_id AND step = :step AND obligation = :obligation AND attempt = :attempt
""")

_OF_CASE = text("""
SELECT CAST(coalesce(json_agg(t ORDER BY t.claimed_at, t.id), '[]') AS text) FROM contact AS t
WHERE case_id = :case_id OR id IN (SELECT s.contact_id FROM shared_contact AS s WHERE s.case_id = :case_id)
""")

_LEFT_OPEN = text("""
SELECT CAST(coalesce(json_agg(t ORDER BY t.claimed_at, t.id), '[]') AS text) FROM contact AS t
WHERE case_id = :case_id AND status = 'claimed' AND step IS NOT NULL
""")

_STATUS = text("SELECT status FROM contact WHERE id = :id")

_RENEW = text("""
UPDATE contact SET
    status = 'claimed', claimed_at = :at, claimed_at_real = clock_timestamp(), code = NULL,
    content_digest = :content_digest, template = :template, debts = nullif(CAST(:debts AS text[]), '{}')
WHERE id = :id AND status = 'retryable'
RETURNING 1
""")

_RECEIPT = text("""
UPDATE contact SET
    status = 'sent', outcome = coalesce(nullif(outcome, 'unknown'), 'sent'), provider_id = :provider_id, sent_at = :at
WHERE id = :id
RETURNING 1
""")

_FAILURE = text("""
UPDATE contact SET status = 'failed', outcome = 'failed', code = :code WHERE id = :id RETURNING 1
""")

_RETRYABLE = text("""
UPDATE contact SET status = 'retryable', outcome = NULL, code = :code WHERE id = :id RETURNING 1
""")

_UNKNOWN = text("""
UPDATE contact SET status = 'unknown', outcome = coalesce(outcome, 'unknown'), sent_at = :at
WHERE id = :id
RETURNING 1
""")

# A report can come before the receipt is written; it proves that the provider took the message.
_DELIVERED = text("""
UPDATE contact SET
    status = CASE WHEN status = 'failed' THEN status ELSE 'sent' END,
    outcome = 'delivered',
    code = :code,
    sent_at = coalesce(sent_at, :at),
    delivered_at = coalesce(delivered_at, :at)
WHERE id = :id AND case_id = :case_id
RETURNING 1
""")

_NOT_DELIVERED = text("""
UPDATE contact SET outcome = 'failed', code = :code WHERE id = :id AND case_id = :case_id RETURNING 1
""")


async def insert_claim(session: Session, claim: NewClaim) -> bool:
    """Claim a contact before it leaves. False when this attempt was claimed before: then nothing was written."""
    values = {
        "id": claim.id,
        "case_id": claim.case_id,
        "consumer_id": claim.consumer_id,
        "step": claim.key.step,
        "obligation": claim.key.obligation,
        "attempt": claim.key.attempt,
        "channel": claim.channel,
        "place": claim.place,
        "contact_point_id": claim.contact_point_id,
        "template": claim.template,
        "content_digest": claim.content_digest,
        "policy_version": claim.policy_version,
        "claimed_at": claim.claimed_at,
        "debts": list(claim.debts),
    }
    return (await session.execute(_INSERT_CLAIM, values)).one_or_none() is not None


async def find_claim(session: Session, case_id: str, key: ClaimKey) -> ContactRow | None:
    """The claim of one attempt at a step, if there is one."""
    values = {"case_id": case_id, "step": key.step, "obligation": key.obligation, "attempt": key.attempt}
    found = (await session.execute(_FIND_CLAIM, values)).scalar_one_or_none()
    return None if found is None else CONTACT_ROW.validate_json(found)


async def claims_left_open(session: Session, case_id: str) -> tuple[ContactRow, ...]:
    """The contacts that a case claimed and that have no receipt, oldest first."""
    return _CONTACT_ROWS.validate_json((await session.execute(_LEFT_OPEN, {"case_id": case_id})).scalar_one())


async def counts_as_unknown(session: Session, contact_id: str) -> bool:
    """Whether nobody could say if the provider took it, so that it counts as sent already."""
    status: str | None = (await session.execute(_STATUS, {"id": contact_id})).scalar_one_or_none()
    return status == ClaimStatus.UNKNOWN


async def contacts_of_case(session: Session, case_id: str) -> tuple[ContactRow, ...]:
    """Every contact about a case, oldest first: for the evidence of a referral and for showing the case.

    One that another case of the person sent, and that named this one too, is there as that case's.
    """
    return _CONTACT_ROWS.validate_json((await session.execute(_OF_CASE, {"case_id": case_id})).scalar_one())


async def renew_claim(session: Session, claim: NewClaim) -> None:
    """Claim again what the provider certainly had not taken, before it is sent once more, in today's words.

    Raises UnknownContact unless the contact exists and is retryable: anything else may have been sent.
    """
    await _change(
        session,
        _RENEW,
        claim.id,
        content_digest=claim.content_digest,
        template=claim.template,
        debts=list(claim.debts),
        at=claim.claimed_at,
    )


async def record_receipt(session: Session, contact_id: str, provider_id: str, at: datetime) -> None:
    """The provider took the message at a business instant. Raises UnknownContact."""
    await _change(session, _RECEIPT, contact_id, provider_id=provider_id, at=at)


async def record_failure(session: Session, contact_id: str, code: str) -> None:
    """The provider refused the message for good. Raises UnknownContact."""
    await _change(session, _FAILURE, contact_id, code=code)


async def mark_retryable(session: Session, contact_id: str, code: str) -> None:
    """The provider certainly did not take the message, and may later: it counts for no cap. Raises UnknownContact."""
    await _change(session, _RETRYABLE, contact_id, code=code)


async def mark_unknown(session: Session, contact_id: str, at: datetime) -> None:
    """Nobody can say whether the provider took the message: it counts as sent. Raises UnknownContact."""
    await _change(session, _UNKNOWN, contact_id, at=at)


async def record_delivery(
    session: Session,
    case_id: str,
    contact_id: str,
    outcome: Literal[Outcome.DELIVERED, Outcome.FAILED],
    code: str | None,
    at: datetime,
) -> None:
    """A provider's report on a message of this case that it had taken. Raises UnknownContact."""
    if outcome is Outcome.DELIVERED:
        await _change(session, _DELIVERED, contact_id, case_id=case_id, code=code, at=at)
    else:
        await _change(session, _NOT_DELIVERED, contact_id, case_id=case_id, code=code)


async def _change(session: Session, statement: TextClause, contact_id: str, **values: object) -> None:
    if (await session.execute(statement, {"id": contact_id, **values})).one_or_none() is None:
        raise UnknownContact(contact_id)
