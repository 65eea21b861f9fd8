"""What messages change beyond their own case: what is known of the person, and what became of earlier contacts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from db.calls import record_call, record_call_outcome
from db.cases import CaseRecord
from db.consumer_facts import add_consent, set_contact_point_usable, set_preferences
from db.contacts import UnknownContact, record_delivery
from db.persons import UnknownConsumer
from db.session import Session
from domain import events
from domain.consent import said_at
from domain.events import Message
from domain.localtime import zone_of
from domain.names import Channel, ConsentMeans, Place, ReplyIntent
from runtime.logging import logger

_log = logger(__name__)

CHANGES_THE_PERSON = (
    events.ConsentChanged,
    events.ContactPreferencesChanged,
    events.ContactPointChanged,
    events.ReplyReceived,
    events.DeliveryReported,
    events.CallOutcomeRecorded,
)

_MEANS_OF_REPLY = {
    Channel.SMS: ConsentMeans.TEXT_MESSAGE,
    Channel.EMAIL: ConsentMeans.EMAIL,
    Channel.VOICE: ConsentMeans.KEYPRESS,
    Channel.LETTER: ConsentMeans.WRITING,
}


async def record_facts(session: Session, record: CaseRecord, applied: Iterable[Message], now: datetime) -> bool:
    """Write down what the applied messages say of the person and their contacts. True if anything was written.

    A report on a contact or contact point that Dunlin does not know stays in the journal and changes nothing else.
    """
    changed = False
    for message in applied:
        if isinstance(message, CHANGES_THE_PERSON):
            changed = True
            try:
                await _record(session, record, message, now)
            except (UnknownContact, UnknownConsumer):
                _log.warning("report on something unknown", case=record.case_id, kind=message.kind)
    return changed


async def _record(session: Session, record: CaseRecord, message: Message, now: datetime) -> None:
    match message:
        case events.ConsentChanged():
            await _record_consent(session, record, message, now)
        case events.ReplyReceived(intent=ReplyIntent.STOP):
            for channel in dict.fromkeys((message.channel, *message.also_refused)):
                await _record_word(session, record, message, channel, now)
        case events.ReplyReceived(intent=ReplyIntent.START):
            await _record_word(session, record, message, message.channel, now)
        case events.ContactPreferencesChanged():
            await set_preferences(session, record.consumer_id, message.refused_places, message.inconvenient_times)
        case events.ContactPointChanged():
            await set_contact_point_usable(session, record.consumer_id, message.contact_point, usable=message.usable)
        case events.DeliveryReported():
            await record_delivery(session, record.case_id, message.contact, message.outcome, message.code, now)
        case events.CallOutcomeRecorded():
            await _record_call(session, record, message, now)
        case _:
            pass


async def _record_word(
    session: Session, record: CaseRecord, reply: events.ReplyReceived, channel: Channel, now: datetime
) -> None:
    await add_consent(
        session,
        record.consumer_id,
        channel,
        consented=reply.intent is ReplyIntent.START,
        at=now,
        given_how=_MEANS_OF_REPLY[reply.channel],
    )


async def _record_consent(session: Session, record: CaseRecord, word: events.ConsentChanged, now: datetime) -> None:
    await add_consent(
        session,
        record.consumer_id,
        word.channel,
        consented=word.consented,
        at=now,
        given_how=word.given_how,
        given_on=word.given_on,
        counts_from=said_at(word.given_on, now, zone_of(record.zone), consented=word.consented),
    )


async def _record_call(session: Session, record: CaseRecord, call: events.CallOutcomeRecorded, now: datetime) -> None:
    """A call counts from when it was made; one that another clock dates a little ahead, from now."""
    at = now if call.at is None else min(call.at, now)
    if call.contact is not None:
        await record_call_outcome(
            session, record.case_id, call.contact, call.outcome, at, place=call.place, debts=call.debts
        )
        return
    await record_call(
        session,
        record.case_id,
        call.id,
        call.outcome,
        call.direction,
        at,
        place=call.place or Place.MOBILE,
        debts=call.debts,
    )
