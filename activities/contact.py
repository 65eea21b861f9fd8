"""One contact: gate, claim, send, receipt and journal in one call, so that nobody is contacted twice or unlawfully.

The claim is committed before anything is sent, and no transaction is open while the provider is called. Whatever
crashes then, a later attempt finds the claim without a receipt: it asks the provider where the provider can be asked,
and where it cannot, the contact counts as sent and the journal says that it is not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.claim import Claimed, Interrupted, claim
from activities.desk import HISTORY_LOOKBACK, Desk
from activities.signatures import ActivityName, ContactCall, Turn
from db.consumer_facts import set_consent, set_contact_point_usable
from db.contacts import mark_retryable, mark_unknown, record_failure, record_receipt
from db.persons import load_person
from domain import events
from domain.decision import Contact
from domain.events import Entry, Reason
from domain.names import Channel, Outcome
from providers.base import (
    ChannelProvider,
    FinalProviderError,
    Outgoing,
    ProviderReceipt,
    RetryableProviderError,
    UncertainProviderError,
)
from runtime.telemetry import CONTACTS, provider_call

Taken = ProviderReceipt | FinalProviderError | UncertainProviderError
"""What is known after the provider was called: it took the message, refused it for good, or nobody can say."""


class ContactActivity:
    """Registered on each channel's queue; `providers` has one provider a channel."""

    def __init__(self, desk: Desk, providers: Mapping[Channel, ChannelProvider]) -> None:
        self._desk = desk
        self._providers = providers

    @activity.defn(name=ActivityName.CONTACT)
    async def contact(self, call: ContactCall) -> Turn:
        """Make the contact if it is still due and lawful at this instant, and say what comes next.

        Raises ApplicationError, which Temporal retries, when the provider certainly did not take it but may later.
        """
        claimed = await claim(self._desk, call)
        if isinstance(claimed, Interrupted):
            found = await self._ask(call.contact.channel, claimed)
            if found is not None:
                return await self._record(call, claimed.claim.id, claimed.claim.contact_point_id, found, ())
            await self._give_up_claim(claimed.claim.id, "not_taken")
            claimed = await claim(self._desk, call)
        if isinstance(claimed, Turn):
            return claimed
        assert isinstance(claimed, Claimed), "a claim that was given up is not interrupted"
        taken = await self._send(claimed.message, call.contact.channel)
        return await self._record(call, claimed.message.reference, claimed.point.id, taken, claimed.allowed_by)

    async def _send(self, message: Outgoing, channel: Channel) -> Taken:
        try:
            provider = self._providers[channel]
            with provider_call(channel, type(provider).__name__, claim=message.reference):
                return await provider.send(message)
        except (FinalProviderError, UncertainProviderError) as error:
            return error
        except RetryableProviderError as error:
            await self._give_up_claim(message.reference, error.code)
            raise ApplicationError(f"the {channel} provider did not take it: {error.code}", type=error.code) from None

    async def _ask(self, channel: Channel, interrupted: Interrupted) -> ProviderReceipt | UncertainProviderError | None:
        """Whether the provider has what an earlier attempt may have sent. None: it certainly does not."""
        if interrupted.message is None:
            return UncertainProviderError(channel, "changed_since")
        try:
            return await self._providers[channel].find(interrupted.message, interrupted.claim.claimed_at_real)
        except UncertainProviderError as error:
            return error
        except RetryableProviderError as error:
            raise ApplicationError(f"the {channel} provider did not answer: {error.code}", type=error.code) from None

    async def _give_up_claim(self, contact: str, code: str) -> None:
        async with self._desk.database.transaction() as session:
            await mark_retryable(session, contact, code)

    async def _record(
        self, call: ContactCall, contact: str, point: str | None, taken: Taken, allowed_by: tuple[Reason, ...]
    ) -> Turn:
        """The receipt, what it says of the person, the journal and the next decision, in one transaction."""
        now = self._desk.now(call.case, call.contact.at)
        async with self._desk.database.transaction() as session:
            record = await self._desk.locked(session, call.case, call.sequence)
            await _write_receipt(session, contact, taken, now)
            if isinstance(taken, FinalProviderError):
                await _learn(session, record.consumer_id, call.contact.channel, point, taken, now)
            person = await load_person(session, record.consumer_id, now - HISTORY_LOOKBACK)
            standing = self._desk.as_recorded(record, person, call.contact, now)
            entry = Entry(at=now, event=_event(call.contact, contact, taken, allowed_by))
            return await self._desk.save(session, self._desk.after(standing, (entry,)))


async def _write_receipt(session: AsyncSession, contact: str, taken: Taken, now: datetime) -> None:
    match taken:
        case ProviderReceipt():
            await record_receipt(session, contact, taken.provider_id, now)
        case FinalProviderError():
            await record_failure(session, contact, taken.code)
        case UncertainProviderError():
            await mark_unknown(session, contact, now)


async def _learn(
    session: AsyncSession,
    consumer_id: str,
    channel: Channel,
    point: str | None,
    refusal: FinalProviderError,
    now: datetime,
) -> None:
    """A provider's final refusal can say that the person opted out, or that the number or address does not work."""
    if refusal.opted_out:
        await set_consent(
            session, consumer_id, channel, consented=False, at=now, given_how=f"provider code {refusal.code}"
        )
    if refusal.unusable and point is not None:
        await set_contact_point_usable(session, consumer_id, point, usable=False)


def _event(
    planned: Contact, contact: str, taken: Taken, allowed_by: tuple[Reason, ...]
) -> events.ContactMade | events.ContactFailed:
    if isinstance(taken, FinalProviderError):
        CONTACTS.add(1, {"channel": planned.channel, "outcome": Outcome.FAILED})
        return events.ContactFailed(
            step=planned.step,
            obligation=planned.obligation,
            contact=contact,
            channel=planned.channel,
            code=taken.code,
        )
    outcome: Literal[Outcome.SENT, Outcome.UNKNOWN] = (
        Outcome.SENT if isinstance(taken, ProviderReceipt) else Outcome.UNKNOWN
    )
    CONTACTS.add(1, {"channel": planned.channel, "outcome": outcome})
    return events.ContactMade(
        step=planned.step,
        obligation=planned.obligation,
        contact=contact,
        channel=planned.channel,
        template=planned.template,
        outcome=outcome,
        allowed_by=allowed_by,
    )
