"""What Twilio's error codes mean: whether to try again, and whether the recipient is the reason.

Twilio warns that codes are split and added over time, so an unknown one falls back on the HTTP status.
Source: Twilio's error and warning dictionary, https://www.twilio.com/docs/api/errors
"""

from __future__ import annotations

from enum import StrEnum

from domain.names import Channel
from providers.base import FinalProviderError, ProviderError, RetryableProviderError, UncertainProviderError


class Meaning(StrEnum):
    LATER = "later"
    """Not taken. Too much at once, or our account needs mending; the message itself is fine."""
    OPTED_OUT = "opted_out"
    """Never: the recipient has told Twilio to stop."""
    UNUSABLE = "unusable"
    """Never: this number can't be reached on this channel."""
    REFUSED = "refused"
    """Never: this message won't be taken."""
    UNCERTAIN = "uncertain"
    """A gateway gave up waiting for the server behind it, which may have taken the message."""


MEANINGS: dict[int, Meaning] = {
    # Too much at once.
    10004: Meaning.LATER,  # concurrent call limit reached
    14107: Meaning.LATER,  # message rate limit reached
    20429: Meaning.LATER,  # too many requests
    21611: Meaning.LATER,  # our number's queue is full
    # Twilio's own trouble.
    20500: Meaning.LATER,  # internal server error
    20503: Meaning.LATER,  # service unavailable
    # Our account or our number: a person has to mend it, and nobody should lose a message by it.
    10001: Meaning.LATER,  # account is not active
    20003: Meaning.LATER,  # authentication failed
    20005: Meaning.LATER,  # account is not active
    20404: Meaning.LATER,  # account not found
    21210: Meaning.LATER,  # From is not verified
    21212: Meaning.LATER,  # From is not a valid number
    21219: Meaning.LATER,  # To is not verified, on a trial account
    21603: Meaning.LATER,  # From is missing
    21606: Meaning.LATER,  # From is not ours, or can't send text messages
    21608: Meaning.LATER,  # To is not verified, on a trial account
    21659: Meaning.LATER,  # From is not a Twilio number
    21660: Meaning.LATER,  # From belongs to another account
    21661: Meaning.LATER,  # From can't send text messages
    # The recipient said STOP.
    21610: Meaning.OPTED_OUT,
    # The recipient's number.
    13223: Meaning.UNUSABLE,  # number's format is invalid
    13224: Meaning.UNUSABLE,  # number is invalid or not supported
    13225: Meaning.UNUSABLE,  # number is forbidden
    13226: Meaning.UNUSABLE,  # country code is invalid
    13227: Meaning.UNUSABLE,  # calls to this country are not permitted
    21211: Meaning.UNUSABLE,  # To is not a valid number
    21214: Meaning.UNUSABLE,  # To can't be reached
    21215: Meaning.UNUSABLE,  # calls to this country are not permitted
    21216: Meaning.UNUSABLE,  # calls to this number are not permitted
    21217: Meaning.UNUSABLE,  # To does not look like a number
    21265: Meaning.UNUSABLE,  # To is a short code
    21266: Meaning.UNUSABLE,  # To is our own number
    21408: Meaning.UNUSABLE,  # text messages to this country are not permitted
    21612: Meaning.UNUSABLE,  # To can't be reached from our number
    21614: Meaning.UNUSABLE,  # To can't receive text messages
    21635: Meaning.UNUSABLE,  # To is a landline
}

_BY_STATUS: dict[int, Meaning] = {
    401: Meaning.LATER,  # our credentials
    403: Meaning.LATER,  # our account's rights
    404: Meaning.LATER,  # our account's address
    429: Meaning.LATER,
    500: Meaning.LATER,
    502: Meaning.UNCERTAIN,
    503: Meaning.LATER,
    504: Meaning.UNCERTAIN,
}


def meaning_of(status: int, code: int) -> Meaning:
    """What a refusal with this HTTP status and Twilio error code means."""
    if code in MEANINGS:
        return MEANINGS[code]
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    return Meaning.REFUSED if status in range(400, 500) else Meaning.LATER


def refusal(channel: Channel, status: int, code: int) -> ProviderError:
    """The error for an answer with this HTTP status and Twilio error code."""
    meaning = meaning_of(status, code)
    if meaning is Meaning.LATER:
        return RetryableProviderError(channel, str(code))
    if meaning is Meaning.UNCERTAIN:
        return UncertainProviderError(channel, str(code))
    return FinalProviderError(
        channel,
        str(code),
        opted_out=meaning is Meaning.OPTED_OUT,
        unusable=meaning is Meaning.UNUSABLE,
    )
