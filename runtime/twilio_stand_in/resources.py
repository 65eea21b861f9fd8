"""Messages, calls, lists and errors in the shapes of Twilio's API of 2010-04-01."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

API = "/2010-04-01"
PAGE_SIZE_DEFAULT = 50
PAGE_SIZE_MAX = 1_000
BODY_CHARACTERS_MAX = 1_600

Resource = dict[str, Any]

_E164 = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
_GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_7_EXTENDED = frozenset("^{}\\[~]|€\f")

# Twilio's own test numbers: https://www.twilio.com/docs/iam/test-credentials
_MAGIC_MESSAGE_TO = {
    "+15005550001": (21211, "Invalid 'To' Phone Number"),
    "+15005550002": (21612, "The 'To' phone number is not currently reachable via SMS"),
    "+15005550003": (21408, "Permission to send an SMS has not been enabled for the region"),
    "+15005550004": (21610, "Attempt to send to unsubscribed recipient"),
    "+15005550009": (21614, "'To' number is not a valid mobile number"),
}
_MAGIC_CALL_TO = {
    "+15005550001": (21217, "Phone number does not appear to be valid"),
    "+15005550002": (21214, "'To' phone number cannot be reached"),
    "+15005550003": (21215, "Account not authorized to make an international call"),
    "+15005550004": (21216, "Account not allowed to call"),
}


class Refusal(Exception):
    """An error answer, with Twilio's code and the HTTP status."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(code)
        self.status = status
        self.body: Resource = {
            "code": code,
            "message": message,
            "more_info": f"https://www.twilio.com/docs/errors/{code}",
            "status": status,
        }


def check_message(form: Mapping[str, str], opted_out: bool) -> None:
    """Raise Refusal as Twilio would for a message like this."""
    _check_numbers(form, "Messages", _MAGIC_MESSAGE_TO)
    if opted_out:
        raise Refusal(400, 21610, "Attempt to send to unsubscribed recipient")
    if not form.get("Body"):
        raise Refusal(400, 21602, "Message body is required.")
    if len(form["Body"]) > BODY_CHARACTERS_MAX:
        raise Refusal(400, 21617, "The concatenated message body exceeds the 1600 character limit.")


def check_call(form: Mapping[str, str]) -> None:
    """Raise Refusal as Twilio would for a call like this."""
    _check_numbers(form, "Calls", _MAGIC_CALL_TO)
    if not form.get("Twiml") and not form.get("Url"):
        raise Refusal(400, 21205, "Url parameter is required.")


def _check_numbers(form: Mapping[str, str], kind: str, magic: Mapping[str, tuple[int, str]]) -> None:
    is_message = kind == "Messages"
    to, sender = form.get("To", ""), form.get("From", "")
    if not to:
        raise Refusal(400, 21604 if is_message else 21201, "A 'To' phone number is required.")
    if not sender:
        raise Refusal(400, 21603 if is_message else 21213, "A 'From' phone number is required.")
    if not _E164.fullmatch(sender):
        raise Refusal(400, 21212, f"The 'From' number {sender} is not a valid phone number.")
    if not _E164.fullmatch(to):
        raise Refusal(400, 21211, f"The 'To' number {to} is not a valid phone number.")
    if to == sender:
        raise Refusal(400, 21266, "'To' and 'From' number cannot be the same.")
    if to in magic:
        code, message = magic[to]
        raise Refusal(400, code, f"{message}: {to}")


def new_message(account: str, *, to: str, sender: str, body: str, inbound: bool, now: datetime) -> Resource:
    """A message as Twilio answers its creation."""
    sid = f"SM{uuid4().hex}"
    uri = f"{API}/Accounts/{account}/Messages/{sid}"
    return {
        "account_sid": account,
        "api_version": "2010-04-01",
        "body": body,
        "date_created": rfc_2822(now),
        "date_sent": rfc_2822(now) if inbound else None,
        "date_updated": rfc_2822(now),
        "direction": "inbound" if inbound else "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": sender,
        "messaging_service_sid": None,
        "num_media": "0",
        "num_segments": str(segments_of(body)),
        "price": None,
        "price_unit": "USD",
        "sid": sid,
        "status": "received" if inbound else "queued",
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "tags": None,
        "to": to,
        "uri": f"{uri}.json",
    }


def new_call(account: str, *, to: str, sender: str, now: datetime) -> Resource:
    """A call as Twilio answers its creation."""
    sid = f"CA{uuid4().hex}"
    uri = f"{API}/Accounts/{account}/Calls/{sid}"
    return {
        "account_sid": account,
        "annotation": None,
        "answered_by": None,
        "api_version": "2010-04-01",
        "caller_name": None,
        "date_created": rfc_2822(now),
        "date_updated": rfc_2822(now),
        "direction": "outbound-api",
        "duration": None,
        "end_time": None,
        "forwarded_from": None,
        "from": sender,
        "from_formatted": sender,
        "group_sid": None,
        "parent_call_sid": None,
        "phone_number_sid": None,
        "price": None,
        "price_unit": "USD",
        "queue_time": "0",
        "sid": sid,
        "start_time": None,
        "status": "queued",
        "subresource_uris": {"notifications": f"{uri}/Notifications.json", "recordings": f"{uri}/Recordings.json"},
        "to": to,
        "to_formatted": to,
        "trunk_sid": None,
        "uri": f"{uri}.json",
    }


def segments_of(body: str) -> int:
    """How many SMS segments a text takes: 160 or 153 units in GSM 7-bit, 70 or 67 in UCS-2."""
    if all(character in _GSM_7 or character in _GSM_7_EXTENDED for character in body):
        units, alone, joined = len(body) + sum(character in _GSM_7_EXTENDED for character in body), 160, 153
    else:
        units, alone, joined = len(body.encode("utf-16-be")) // 2, 70, 67
    return 1 if units <= alone else -(-units // joined)


def page_of(kind: str, path: str, records: Sequence[Resource], query: Mapping[str, str]) -> Resource:
    """One page of the records that a query asks for, newest first. `kind` is "messages" or "calls"."""
    size = min(int(query.get("PageSize", PAGE_SIZE_DEFAULT)), PAGE_SIZE_MAX)
    page = int(query.get("Page", 0))
    asked = {name: value for name, value in query.items() if name not in {"PageSize", "Page", "PageToken"}}
    matching = [record for record in reversed(records) if _matches(record, asked)]
    shown = matching[page * size : (page + 1) * size]

    def uri_of(number: int, token: str = "") -> str:
        place = {"PageSize": size, "Page": number} | ({"PageToken": token} if token else {})
        return f"{path}?{urlencode(asked | place)}"

    more = len(matching) > (page + 1) * size
    return {
        "end": max(page * size + len(shown) - 1, 0),
        "first_page_uri": uri_of(0),
        "next_page_uri": uri_of(page + 1, f"PA{shown[-1]['sid']}") if more else None,
        "page": page,
        "page_size": size,
        "previous_page_uri": uri_of(page - 1, f"PB{shown[0]['sid']}") if page and shown else None,
        kind: shown,
        "start": page * size,
        "uri": uri_of(page),
    }


_DATE_FILTERS = {"DateSent": "date_sent", "StartTime": "start_time", "EndTime": "end_time"}
_FILTERS = {"To": "to", "From": "from", "Status": "status", "ParentCallSid": "parent_call_sid"}


def _matches(record: Resource, asked: Mapping[str, str]) -> bool:
    for name, value in asked.items():
        if name in _FILTERS and record.get(_FILTERS[name]) != value:
            return False
        base = name.rstrip("<>")
        if base in _DATE_FILTERS and not _in_time(record.get(_DATE_FILTERS[base]), name, value):
            return False
    return True


def _in_time(stamp: str | None, name: str, value: str) -> bool:
    """Whether a record's time is on the day asked for, or at or before (<) or after (>) the instant or day."""
    if stamp is None:
        return False
    instant = parsedate_to_datetime(stamp)
    asked = _instant(value)
    if name.endswith(">"):
        return instant >= asked
    if name.endswith("<"):
        return instant <= asked
    return asked <= instant < asked + timedelta(days=1)


def _instant(value: str) -> datetime:
    try:
        if len(value) == len("2026-11-23"):
            return datetime.combine(date.fromisoformat(value), datetime.min.time(), UTC)
        instant = datetime.fromisoformat(value)
    except ValueError:
        raise Refusal(400, 20001, f"{value} is not a date: write YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ") from None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def rfc_2822(instant: datetime) -> str:
    """An aware instant as Twilio writes it."""
    return format_datetime(instant.astimezone(UTC))
