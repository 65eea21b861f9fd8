"""What is known of a contact that was claimed, and what the journals of the cases that it names say of it."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from activities.claim import Claimed, Interrupted, Telling
from db.contacts import counts_as_unknown, mark_unknown, record_failure, record_receipt
from db.session import Session
from db.shared_contacts import mark_journaled
from domain import events
from domain.events import Entry
from domain.names import Channel, Outcome
from providers.base import FinalProviderError, ProviderReceipt, UncertainProviderError

Taken = ProviderReceipt | FinalProviderError | UncertainProviderError
"""What is known after the provider was called: it took the message, refused it for good, or nobody can say."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What is journaled of a contact whatever became of it. `at` is when it was claimed: the gate's instant.

    `tellings` has each case that it names, the one that sent it first.
    """

    contact: str
    channel: Channel
    point: str | None
    template: str
    at: datetime
    tellings: tuple[Telling, ...]

    @classmethod
    def of_claimed(cls, claimed: Claimed) -> Attempt:
        now, message = claimed.standing.now, claimed.message
        return cls(message.reference, claimed.point.channel, claimed.point.id, claimed.template, now, claimed.tellings)

    @classmethod
    def of_interrupted(cls, found: Interrupted) -> Attempt:
        claim = found.claim
        assert claim.template is not None, "only what Dunlin sends is claimed"
        return cls(claim.id, claim.channel, claim.contact_point_id, claim.template, claim.claimed_at, found.tellings)

    @property
    def is_shared(self) -> bool:
        return len(self.tellings) > 1


async def cases_to_journal(session: Session, attempt: Attempt) -> Set[str]:
    """The cases whose journals lack it so far: whichever comes first settles a message that names several."""
    if attempt.is_shared:
        return await mark_journaled(session, attempt.contact)
    if await counts_as_unknown(session, attempt.contact):
        return set()  # a turn gave it up meanwhile, and journaled it
    return {telling.named.case_id for telling in attempt.tellings}


async def write_receipt(session: Session, attempt: Attempt, taken: Taken) -> None:
    match taken:
        case ProviderReceipt():
            await record_receipt(session, attempt.contact, taken.provider_id, attempt.at)
        case FinalProviderError():
            await record_failure(session, attempt.contact, taken.code)
        case UncertainProviderError():
            await mark_unknown(session, attempt.contact, attempt.at)


def outcome_of(taken: Taken) -> Literal[Outcome.SENT, Outcome.FAILED, Outcome.UNKNOWN]:
    match taken:
        case ProviderReceipt():
            return Outcome.SENT
        case FinalProviderError():
            return Outcome.FAILED
        case UncertainProviderError():
            return Outcome.UNKNOWN


def entries_of(attempt: Attempt, taken: Taken, cases: Set[str]) -> tuple[Entry, ...]:
    """What the journals of these cases say of it."""
    return tuple(
        Entry(at=attempt.at, event=_event(attempt, telling, taken))
        for telling in attempt.tellings
        if telling.named.case_id in cases
    )


def _event(attempt: Attempt, telling: Telling, taken: Taken) -> events.ContactMade | events.ContactFailed:
    sender, *others = (each.named.case_id for each in attempt.tellings)
    is_own = telling.named.case_id == sender
    if isinstance(taken, FinalProviderError):
        return events.ContactFailed(
            step=telling.named.step,
            obligation=telling.named.obligation,
            contact=attempt.contact,
            channel=attempt.channel,
            code=taken.code,
            covers=tuple(others) if is_own else (),
            covered_by=None if is_own else sender,
        )
    return events.ContactMade(
        step=telling.named.step,
        obligation=telling.named.obligation,
        contact=attempt.contact,
        channel=attempt.channel,
        template=attempt.template,
        outcome=Outcome.SENT if isinstance(taken, ProviderReceipt) else Outcome.UNKNOWN,
        allowed_by=telling.allowed_by,
        covers=tuple(others) if is_own else (),
        covered_by=None if is_own else sender,
    )
