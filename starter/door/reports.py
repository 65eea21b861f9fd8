"""What Twilio's reports mean, as messages of the contract. Nothing is read or sent here.

Source: https://www.twilio.com/docs/messaging/guides/track-outbound-message-status and
https://www.twilio.com/docs/voice/api/call-resource#statuscallback
"""

from __future__ import annotations

from collections.abc import Mapping

from db.callbacks import ContactOrigin
from domain import events
from domain.events import AnyMessage
from domain.names import CallOutcome, Channel, ConsentMeans, Outcome, ReplyIntent
from rulebook.render import STOP_KEY

Form = Mapping[str, str]

_OPTED_OUT_CODE = "21610"
"""The recipient has told Twilio to stop: https://www.twilio.com/docs/api/errors/21610"""

_UNUSABLE_CODES = frozenset({"30005", "30006"})
"""An unknown handset, and a landline or unreachable carrier: https://www.twilio.com/docs/api/errors/30005"""

_NO_SUCH_NUMBER_SIP_CODES = frozenset({"404", "410", "484", "604"})
"""RFC 3261 section 21: not found, gone, address incomplete, does not exist anywhere."""

_CALL_OUTCOMES: dict[str, CallOutcome] = {
    "busy": Outcome.BUSY,
    "no-answer": Outcome.NO_ANSWER,
    "canceled": Outcome.FAILED,
    "failed": Outcome.FAILED,
}


def messages_of_status(form: Form, contact: ContactOrigin) -> tuple[AnyMessage, ...]:
    """What a text message's status says. Nothing before its end: `sent` is not yet delivered.

    Raises ValueError when the form is not one of Twilio's.
    """
    status, sid = form["MessageStatus"], form["MessageSid"]
    if status == "delivered":
        return (events.DeliveryReported(id=f"{sid}:delivered", contact=contact.id, outcome=Outcome.DELIVERED),)
    if status not in {"undelivered", "failed"}:
        return ()
    code = form.get("ErrorCode") or None
    report = events.DeliveryReported(id=f"{sid}:failed", contact=contact.id, outcome=Outcome.FAILED, code=code)
    if code == _OPTED_OUT_CODE:
        stop = events.ConsentChanged(
            id=f"{sid}:stop", channel=contact.channel, consented=False, given_how=ConsentMeans.PROVIDER_REPORT
        )
        return report, stop
    if code in _UNUSABLE_CODES and contact.contact_point_id is not None:
        unusable = events.ContactPointChanged(
            id=f"{sid}:unusable", contact_point=contact.contact_point_id, channel=contact.channel, usable=False
        )
        return report, unusable
    return (report,)


def messages_of_call(form: Form, contact: ContactOrigin) -> tuple[AnyMessage, ...]:
    """How a call ended. Nothing before its end.

    A call that was answered by nobody knows whom counts as a conversation: that protects the person, because rules let
    fewer calls follow a conversation than an unanswered call. Raises ValueError when the form is not one of Twilio's.
    """
    status, sid = form["CallStatus"], form["CallSid"]
    if status == "completed":
        by_machine = form.get("AnsweredBy", "").startswith(("machine", "fax"))
        outcome: CallOutcome = Outcome.VOICEMAIL if by_machine else Outcome.CONVERSATION
    elif status == "failed" and form.get("SipResponseCode") in _NO_SUCH_NUMBER_SIP_CODES:
        outcome = Outcome.NOT_IN_SERVICE
    elif status in _CALL_OUTCOMES:
        outcome = _CALL_OUTCOMES[status]
    else:
        return ()
    return (events.CallOutcomeRecorded(id=f"{sid}:{status}", outcome=outcome, contact=contact.id),)


def messages_of_digit(form: Form, contact: ContactOrigin) -> tuple[AnyMessage, ...]:
    """What a key that was pressed says: the call reached a person, who may have asked not to be called.

    Raises ValueError when the form is not one of Twilio's.
    """
    sid = form["CallSid"]
    reached = events.CallOutcomeRecorded(id=f"{sid}:key", outcome=Outcome.CONVERSATION, contact=contact.id)
    if form["Digits"] != STOP_KEY:
        return (reached,)
    return reached, events.ReplyReceived(id=f"{sid}:stop", channel=Channel.VOICE, intent=ReplyIntent.STOP)
