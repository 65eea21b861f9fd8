"""What messages change beyond their own case: what is known of the person, and what became of earlier contacts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from db.cases import CaseRecord
from db.consumer_facts import set_consent, set_contact_point_usable
from db.contacts import UnknownContact, record_call, record_call_outcome, record_delivery
from db.persons import UnknownConsumer
from db.session import Session
from domain import events
from domain.casework import AnswerStatus, Judged
from domain.events import Message
from domain.names import ReplyIntent
from runtime.logging import logger

_log = logger(__name__)

CHANGES_THE_PERSON = (
    events.ConsentChanged,
    events.ContactPointChanged,
    events.ReplyReceived,
    events.DeliveryReported,
    events.CallOutcomeRecorded,
)


async def record_facts(session: Session, record: CaseRecord, judged: Iterable[Judged], now: datetime) -> bool:
    """Write down what the applied messages say of the person and their contacts. True if anything was written.

    A report on a contact or contact point that Dunlin does not know stays in the journal and changes nothing else.
    """
    changed = False
    for one in judged:
        message = one.message
        if one.status is AnswerStatus.APPLIED and isinstance(message, CHANGES_THE_PERSON):
            changed = True
            try:
                await _record(session, record, message, now)
            except (UnknownContact, UnknownConsumer):
                _log.warning("report on something unknown", case=record.case_id, kind=message.kind)
    return changed


async def _record(session: Session, record: CaseRecord, message: Message, now: datetime) -> None:
    match message:
        case events.ConsentChanged():
            await set_consent(
                session,
                record.consumer_id,
                message.channel,
                consented=message.consented,
                at=now,
                given_how=message.kind,
            )
        case events.ReplyReceived(intent=ReplyIntent.STOP | ReplyIntent.START):
            await set_consent(
                session,
                record.consumer_id,
                message.channel,
                consented=message.intent is ReplyIntent.START,
                at=now,
                given_how=f"reply: {message.intent}",
            )
        case events.ContactPointChanged():
            await set_contact_point_usable(session, record.consumer_id, message.contact_point, usable=message.usable)
        case events.DeliveryReported():
            await record_delivery(session, record.case_id, message.contact, message.outcome, message.code, now)
        case events.CallOutcomeRecorded(contact=str(contact)):
            await record_call_outcome(session, record.case_id, contact, message.outcome, now)
        case events.CallOutcomeRecorded():
            await record_call(session, record.case_id, message.id, message.outcome, message.direction, now)
        case _:
            pass
