"""One contact: gate, claim, send, receipt and journal in one call, so that nobody is contacted twice or unlawfully.

The claim is committed before anything is sent, and no transaction is open while the provider is called. Whatever
crashes then, a later attempt finds the claim without a receipt: it asks the provider where the provider can be asked,
and where it cannot, the contact counts as sent and the journal says that it is not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.claim import Claimed, Interrupted, claim
from activities.desk import HISTORY_LOOKBACK, Desk
from activities.settlement import Attempt, Taken, cases_to_journal, entries_of, outcome_of, write_receipt
from activities.signatures import ActivityName, ContactCall, Turn
from db.cases import CaseRecord, StaleCase, lock_case
from db.consumer_facts import add_consent, set_contact_point_usable
from db.contacts import mark_retryable
from db.persons import load_person
from db.session import Session
from db.shared_contacts import release_cases
from domain.compliance.model import PastContact
from domain.names import Channel, ConsentMeans, Outcome
from providers.base import (
    ChannelProvider,
    FinalProviderError,
    Outgoing,
    ProviderReceipt,
    RetryableProviderError,
    UncertainProviderError,
)
from runtime.logging import logger
from runtime.telemetry import CONTACTS, provider_call

_log = logger(__name__)

LISTED_WITHIN = timedelta(seconds=15)
"""How long after a message was sent a provider's list may still lack it."""


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
            found = await self._ask(claimed)
            if found is not None:
                return await self._record(call, Attempt.of_interrupted(claimed), found)
            await self._give_up_claim(claimed.claim.id, "not_taken")
            claimed = await claim(self._desk, call)
        if isinstance(claimed, Turn):
            return claimed
        assert isinstance(claimed, Claimed), "a claim that was given up is not interrupted"
        taken = await self._send(claimed.message, call.contact.channel)
        return await self._record(call, Attempt.of_claimed(claimed), taken, claimed)

    async def _send(self, message: Outgoing, channel: Channel) -> Taken:
        try:
            provider = self._providers[channel]
            with provider_call(channel, type(provider).__name__, claim=message.reference):
                return await provider.send(message)
        except FinalProviderError as error:
            return error
        except RetryableProviderError as error:
            await self._give_up_claim(message.reference, error.code)
            raise ApplicationError(f"the {channel} provider did not take it: {error.code}", type=error.code) from None
        except UncertainProviderError as error:
            # The claim stays without a receipt, as after a crash: the next attempt asks the provider.
            raise ApplicationError(f"the {channel} provider may have it: {error.code}", type=error.code) from None

    async def _ask(self, interrupted: Interrupted) -> ProviderReceipt | UncertainProviderError | None:
        """Whether the provider has what an earlier attempt may have sent. None: it certainly does not."""
        channel = interrupted.claim.channel
        if interrupted.message is None:
            return UncertainProviderError(channel, "changed_since")
        claimed_at = interrupted.claim.claimed_at_real
        try:
            found = await self._providers[channel].find(interrupted.message, claimed_at)
        except UncertainProviderError as error:
            return error
        except RetryableProviderError as error:
            raise ApplicationError(f"the {channel} provider did not answer: {error.code}", type=error.code) from None
        too_early = LISTED_WITHIN - (self._desk.real_now() - claimed_at)
        if found is None and too_early > timedelta(0):
            raise ApplicationError(
                f"the {channel} provider does not list it yet: it is asked again",
                type="not_listed_yet",
                next_retry_delay=too_early,
            )
        return found

    async def _give_up_claim(self, contact: str, code: str) -> None:
        async with self._desk.database.transaction() as session:
            await release_cases(session, contact)
            await mark_retryable(session, contact, code)

    async def _record(self, call: ContactCall, attempt: Attempt, taken: Taken, claimed: Claimed | None = None) -> Turn:
        """The receipt, what it says of the person, the journal and the next decision, in one transaction."""
        now = self._desk.now(call.case, call.contact.at)
        CONTACTS.add(1, {"channel": attempt.channel, "outcome": outcome_of(taken)})
        if claimed is not None and isinstance(taken, ProviderReceipt) and not attempt.is_shared:
            try:
                return await self._record_as_claimed(call, attempt, taken, claimed, now)
            except StaleCase:
                _log.info("case changed while the contact was sent", case=call.case.case_id)
        async with self._desk.database.transaction() as session:
            records = await self._locked(session, call, attempt)
            own = records[call.case.case_id]
            to_journal = await cases_to_journal(session, attempt)
            if to_journal:
                await write_receipt(session, attempt, taken)
                if isinstance(taken, FinalProviderError):
                    await _learn(session, own.consumer_id, attempt, taken, now)
            person = await load_person(session, own.consumer_id, now - HISTORY_LOOKBACK)
            turns: dict[str, Turn] = {}
            for case_id, record in records.items():
                standing = self._desk.as_recorded(record, person, call.contact, now)
                entries = entries_of(attempt, taken, to_journal & {case_id})
                turns[case_id] = await self._desk.save(session, self._desk.after(standing, entries))
            return turns[call.case.case_id]

    async def _locked(self, session: Session, call: ContactCall, attempt: Attempt) -> dict[str, CaseRecord]:
        """The cases that the message names, by id, all of them locked: the consumer first, then each in this order."""
        return {
            case_id: (
                await self._desk.locked(session, call.case, call.sequence)
                if case_id == call.case.case_id
                else await lock_case(session, case_id)
            )
            for case_id in sorted(telling.named.case_id for telling in attempt.tellings)
        }

    async def _record_as_claimed(
        self, call: ContactCall, attempt: Attempt, taken: ProviderReceipt, claimed: Claimed, now: datetime
    ) -> Turn:
        """The usual end: nothing else happened to the case, so that nothing has to be read again.

        Raises StaleCase when something did; then nothing was written.
        """
        sent = PastContact(
            at=attempt.at,
            channel=call.contact.channel,
            outcome=Outcome.SENT,
            debts=(call.case.case_id,),
            to=claimed.point.place,
        )
        before = claimed.standing
        person = before.person.model_copy(update={"history": (*before.person.history, sent)})
        standing = replace(before, person=person, now=now, entries=(), settled=())
        entries = entries_of(attempt, taken, {call.case.case_id})
        async with self._desk.database.transaction() as session:
            await write_receipt(session, attempt, taken)
            return await self._desk.save(session, self._desk.after(standing, entries))


async def _learn(
    session: Session, consumer_id: str, attempt: Attempt, refusal: FinalProviderError, now: datetime
) -> None:
    """A provider's final refusal can say that the person opted out, or that the number or address does not work."""
    if refusal.opted_out:
        await add_consent(
            session, consumer_id, attempt.channel, consented=False, at=now, given_how=ConsentMeans.PROVIDER_REPORT
        )
    if refusal.unusable and attempt.point is not None:
        await set_contact_point_usable(session, consumer_id, attempt.point, usable=False)
