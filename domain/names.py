"""The field's closed vocabularies, and the shape of identifiers."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

_DIGITS_OF_A_CARD = re.compile(r"^[0-9]{13,19}$")


def _not_a_card_number(identifier: str) -> str:
    """Refuse what passes the Luhn check of payment cards: identifiers reach Temporal, card numbers must not."""
    digits = re.sub(r"[._:-]", "", identifier)
    if _DIGITS_OF_A_CARD.match(digits):
        doubled = [int(digit) * (1 + index % 2) for index, digit in enumerate(reversed(digits))]
        if sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0:
            raise ValueError("looks like a payment card number: use an opaque reference")
    return identifier


Id = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,79}$"),
    AfterValidator(_not_a_card_number),
]
"""An opaque identifier of the sender's choosing. Histories and logs show it, so it must say nothing of a person."""


class Channel(StrEnum):
    SMS = "sms"
    EMAIL = "email"
    VOICE = "voice"
    LETTER = "letter"


class Place(StrEnum):
    """What kind of contact point is addressed: law treats work and home differently."""

    MOBILE = "mobile"
    HOME = "home"
    WORK = "work"
    EMAIL = "email"


class Collector(StrEnum):
    """Who is collecting. Many rules bind only one of them."""

    THIRD_PARTY = "third_party"
    ORIGINAL_CREDITOR = "original_creditor"


class Component(StrEnum):
    """What an obligation consists of, for the waterfall."""

    PRINCIPAL = "principal"
    INTEREST = "interest"
    FEE = "fee"


class HoldKind(StrEnum):
    HARDSHIP = "hardship"
    VULNERABILITY = "vulnerability"
    BREATHING_SPACE = "breathing_space"
    MENTAL_HEALTH_CRISIS = "mental_health_crisis"
    BANKRUPTCY = "bankruptcy"
    DECEASED = "deceased"
    MILITARY = "military"
    ATTORNEY = "attorney"
    CEASE_CONTACT = "cease_contact"
    FRAUD = "fraud"
    DISPUTE = "dispute"
    COMPLAINT = "complaint"


class Outcome(StrEnum):
    """How a contact attempt ended. `SENT` is the provider's acceptance; `DELIVERED` only what a report proves."""

    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    UNKNOWN = "unknown"
    NO_ANSWER = "no_answer"
    VOICEMAIL = "voicemail"
    CONVERSATION = "conversation"
    BUSY = "busy"
    NOT_IN_SERVICE = "not_in_service"
    DROPPED = "dropped"


class Direction(StrEnum):
    OUTBOUND = "outbound"
    INBOUND = "inbound"


class ReferralStatus(StrEnum):
    PROPOSED = "proposed"
    APPROVED = "approved"
    DECLINED = "declined"
    HANDED_OVER = "handed_over"
    FILED = "filed"
    SERVED = "served"
    JUDGMENT = "judgment"
    ENFORCEMENT = "enforcement"
    WITHDRAWN = "withdrawn"
    RECALLED = "recalled"

    @property
    def is_final(self) -> bool:
        return self in {ReferralStatus.DECLINED, ReferralStatus.WITHDRAWN, ReferralStatus.RECALLED}


class CloseReason(StrEnum):
    PAID = "paid"
    RECALLED = "recalled"
    CHARGED_OFF = "charged_off"
    RETURNED_TO_LENDER = "returned_to_lender"
    REFERRAL_ENDED = "referral_ended"


class ReplyIntent(StrEnum):
    STOP = "stop"
    START = "start"
    HELP = "help"
    DISPUTE = "dispute"
    ALREADY_PAID = "already_paid"
    OTHER = "other"
