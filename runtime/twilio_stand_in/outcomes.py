"""What becomes of messages and calls: rules, and the signed reports that follow."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

from runtime.twilio_stand_in.resources import Resource, rfc_2822

_MESSAGE_ENDS = frozenset({"sent", "delivered", "undelivered", "failed"})
_CALL_ENDS = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})

# Twilio's default keywords: https://help.twilio.com/articles/223134027
STOP_WORDS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
START_WORDS = frozenset({"START", "YES", "UNSTOP"})


@dataclass(frozen=True, slots=True)
class Rule:
    """What becomes of what goes to numbers that end in these digits. The first rule that fits decides.

    A call that completes was answered for `call_duration_s`; then `digit` is pressed, if there is one. Each report
    comes `delay_s` after the one before.
    """

    to_ends_with: str = ""
    message_status: str = "delivered"
    message_error_code: int | None = None
    call_status: str = "completed"
    call_duration_s: int = 20
    digit: str = ""
    delay_s: float = 0.0

    def __post_init__(self) -> None:
        if self.message_status not in _MESSAGE_ENDS:
            raise ValueError(f"message_status must be one of {', '.join(sorted(_MESSAGE_ENDS))}")
        if self.call_status not in _CALL_ENDS:
            raise ValueError(f"call_status must be one of {', '.join(sorted(_CALL_ENDS))}")
        if not re.fullmatch(r"[0-9*#]?", self.digit):
            raise ValueError("digit must be one key of a telephone, or empty")


def rule_for(rules: list[Rule], to: str) -> Rule:
    """The rule for a number: messages are delivered and calls completed where none fits."""
    return next((rule for rule in rules if to.endswith(rule.to_ends_with)), Rule())


@dataclass(frozen=True, slots=True)
class Report:
    """One report about a message or call: where it goes, and its form."""

    url: str
    form: dict[str, str]


def message_statuses(rule: Rule) -> tuple[str, ...]:
    """The statuses that a message goes through after "queued"."""
    if rule.message_status in {"failed", "sent"}:
        return (rule.message_status,)
    return ("sent", rule.message_status)


def advance_message(message: Resource, status: str, error_code: int | None) -> None:
    """Give a message its next status."""
    now = datetime.now(UTC)
    message["status"] = status
    message["date_updated"] = rfc_2822(now)
    if status == "sent":
        message["date_sent"] = rfc_2822(now)
    if status in {"undelivered", "failed"}:
        message["error_code"] = error_code


def message_report(message: Resource, url: str) -> Report:
    """The report of a message's present status."""
    form = {
        "AccountSid": message["account_sid"],
        "ApiVersion": message["api_version"],
        "From": message["from"],
        "MessageSid": message["sid"],
        "MessageStatus": message["status"],
        "SmsSid": message["sid"],
        "SmsStatus": message["status"],
        "To": message["to"],
    }
    if message["error_code"] is not None:
        form["ErrorCode"] = str(message["error_code"])
    return Report(url, form)


CALL_EVENTS = {"initiated": "queued", "ringing": "ringing", "answered": "in-progress"}
"""The events before a call's end, each with the call's status at that time."""


def advance_call(call: Resource, status: str, duration_s: int) -> None:
    """Give a call its next status. A call takes no time here, but says how long it would have taken."""
    now = datetime.now(UTC)
    call["status"] = status
    call["date_updated"] = rfc_2822(now)
    if status == "in-progress":
        call["start_time"] = rfc_2822(now)
    if status in _CALL_ENDS:
        answered_s = duration_s if status == "completed" else 0
        call["start_time"] = rfc_2822(now - timedelta(seconds=answered_s))
        call["end_time"] = rfc_2822(now)
        call["duration"] = str(answered_s)


def call_report(call: Resource, url: str, event: str, sequence: int) -> Report:
    """The report of an event of a call: initiated, ringing, answered or completed (however it ended)."""
    status = "initiated" if event == "initiated" else call["status"]
    form = _call_form(call) | {
        "CallStatus": status,
        "CallbackSource": "call-progress-events",
        "SequenceNumber": str(sequence),
        "Timestamp": rfc_2822(datetime.now(UTC)),
    }
    if event == "completed":
        form["CallDuration"] = call["duration"]
        form["Duration"] = str(-(-int(call["duration"]) // 60))
    return Report(url, form)


def digit_report(call: Resource, twiml: str, digit: str) -> Report | None:
    """The report of a pressed key, or None when the call does not ask for one."""
    gather = ElementTree.fromstring(twiml).find("Gather")  # noqa: S314 - a caller of a local stand-in
    if gather is None or not gather.get("action"):
        return None
    form = _call_form(call) | {"CallStatus": "in-progress", "Digits": digit, "FinishedOnKey": ""}
    return Report(str(gather.get("action")), form)


def _call_form(call: Resource) -> dict[str, str]:
    return {
        "AccountSid": call["account_sid"],
        "ApiVersion": call["api_version"],
        "CallSid": call["sid"],
        "Called": call["to"],
        "Caller": call["from"],
        "Direction": call["direction"],
        "From": call["from"],
        "To": call["to"],
    }


def inbound_report(message: Resource, url: str) -> Report:
    """What Twilio posts when a text message comes in."""
    form = {
        "AccountSid": message["account_sid"],
        "ApiVersion": message["api_version"],
        "Body": message["body"],
        "From": message["from"],
        "MessageSid": message["sid"],
        "NumMedia": "0",
        "NumSegments": message["num_segments"],
        "SmsMessageSid": message["sid"],
        "SmsSid": message["sid"],
        "SmsStatus": "received",
        "To": message["to"],
    }
    return Report(url, form)
