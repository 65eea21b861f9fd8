"""Contacts whose message names several accounts: each case that it speaks for, with the attempt that it stands for.

There is one row of `contact` for such a message, that of the case which sent it, so that it counts once. It has a row
here for every case that it names, its own included; a contact that names one account has none. While the contact is
claimed, these rows are claims too: no other case may send what they stand for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from pydantic import TypeAdapter
from sqlalchemy import text

from db.contacts import CONTACT_ROW, ClaimKey, ContactRow
from db.session import Session


@dataclass(frozen=True, slots=True)
class NamedCase:
    """A case that a message names, and which attempt of its own the message stands for."""

    case_id: str
    step: str
    obligation: str
    attempt: int

    @classmethod
    def of_claim(cls, claim: ContactRow) -> Self:
        """The case that made a claim."""
        assert claim.step is not None and claim.obligation is not None and claim.attempt is not None, "it is no claim"
        return cls(claim.case_id, claim.step, claim.obligation, claim.attempt)


_NAMED_CASES: TypeAdapter[tuple[NamedCase, ...]] = TypeAdapter(tuple[NamedCase, ...])

CLAIM_FOR_THIS_CASE = """
SELECT to_json(t) FROM shared_contact AS s JOIN contact AS t ON t.id = s.contact_id
WHERE s.case_id = :case_id AND s.step = :step AND s.obligation = :obligation AND s.attempt = :attempt
    AND t.case_id <> s.case_id AND t.status = 'claimed'
"""

_FIND_CLAIM = text(f"SELECT CAST(({CLAIM_FOR_THIS_CASE}) AS text)")

_NAME = text("""
INSERT INTO shared_contact (contact_id, case_id, step, obligation, attempt)
SELECT :contact_id, n.case_id, n.step, n.obligation, n.attempt
FROM jsonb_to_recordset(CAST(:named AS jsonb)) AS n (case_id text, step text, obligation text, attempt integer)
""")

_NAMED = text("""
SELECT s.case_id, s.step, s.obligation, s.attempt
FROM shared_contact AS s JOIN contact AS t ON t.id = s.contact_id
WHERE s.contact_id = :contact_id
ORDER BY s.case_id <> t.case_id, s.case_id
""")

_RELEASE = text("DELETE FROM shared_contact WHERE contact_id = :contact_id AND NOT journaled")

_MARK_JOURNALED = text("""
UPDATE shared_contact SET journaled = true WHERE contact_id = :contact_id AND NOT journaled RETURNING case_id
""")


async def name_cases(session: Session, contact_id: str, named: Sequence[NamedCase]) -> None:
    """Note which cases a contact that is being claimed speaks for. Lock the consumer and each of them first."""
    values = {"contact_id": contact_id, "named": _NAMED_CASES.dump_json(tuple(named)).decode()}
    await session.execute(_NAME, values)


async def cases_named(session: Session, contact_id: str) -> tuple[NamedCase, ...]:
    """The cases that a message names, the one that sent it first, then by id; none if it names that one alone."""
    rows = await session.execute(_NAMED, {"contact_id": contact_id})
    return tuple(NamedCase(**dict(row)) for row in rows)


async def find_claim_by_another(session: Session, case_id: str, key: ClaimKey) -> ContactRow | None:
    """The contact of another case that is claimed, without a receipt, and stands for this attempt too."""
    values = {"case_id": case_id, "step": key.step, "obligation": key.obligation, "attempt": key.attempt}
    found = (await session.execute(_FIND_CLAIM, values)).scalar_one()
    return None if found is None else CONTACT_ROW.validate_json(found)


async def release_cases(session: Session, contact_id: str) -> None:
    """The contact certainly did not leave: the cases that it named are free again. What was journaled stays."""
    await session.execute(_RELEASE, {"contact_id": contact_id})


async def mark_journaled(session: Session, contact_id: str) -> frozenset[str]:
    """The cases in which what became of the contact is to be journaled now: none a second time."""
    return frozenset((await session.execute(_MARK_JOURNALED, {"contact_id": contact_id})).scalars())
