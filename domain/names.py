"""The field's closed vocabularies, and the shape of identifiers and dates."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

# Issuers' prefixes and lengths (ISO/IEC 7812): 3 to 6 is Amex, Diners, JCB, Visa, Mastercard, Discover, Maestro and
# UnionPay, 22 to 27 Mastercard's second range, 81 and 82 RuPay. Timestamps and counters start with other digits.
_CARD_NUMBER = re.compile(r"[3-6][0-9]{12,18}|2(2[2-9]|[3-6][0-9]|7[0-2])[0-9]{13}|8[12][0-9]{14}")
_SEPARATORS = re.compile(r"[._:-]")
_PRINTED_GROUPS = re.compile(r"[0-9]{4}([._:-][0-9]{3,7}){2,4}")


def _passes_luhn(digits: str) -> bool:
    """The check-digit formula that every payment card number satisfies."""
    doubled = [int(digit) * (1 + index % 2) for index, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _not_a_card_number(identifier: str) -> str:
    """Refuse a payment card number, whole, grouped or as one part: identifiers reach Temporal, cards must not."""
    candidates = _SEPARATORS.split(identifier)
    if _PRINTED_GROUPS.fullmatch(identifier):
        candidates.append("".join(candidates))
    for candidate in candidates:
        if _CARD_NUMBER.fullmatch(candidate) and _passes_luhn(candidate):
            raise ValueError("looks like a payment card number: use an opaque reference")
    return identifier


Id = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,79}$"),
    AfterValidator(_not_a_card_number),
]
"""An opaque identifier of the sender's choosing. Histories and logs show it, so it must say nothing of a person."""


_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _only_a_date(raw: Any) -> date:
    """Pydantic also reads timestamps, bare numbers in strings among them, and midnights: a slip, not a date."""
    if type(raw) is date:
        return raw
    with suppress(ValueError):  # the day may not exist
        if isinstance(raw, str) and _ISO_DATE.fullmatch(raw):
            return date.fromisoformat(raw)
    raise ValueError("write a date that exists, as YYYY-MM-DD")


CalendarDate = Annotated[date, BeforeValidator(_only_a_date), Field(ge=date(1970, 1, 1), lt=date(2200, 1, 1))]
"""A date that a sender names. Dates far off are slips, or stand for "never", and counting from them overflows."""


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


TelephonePlace = Literal[Place.MOBILE, Place.HOME, Place.WORK]


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
    REFUSAL_TO_PAY = "refusal_to_pay"
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


CallOutcome = Literal[
    Outcome.NO_ANSWER,
    Outcome.VOICEMAIL,
    Outcome.CONVERSATION,
    Outcome.BUSY,
    Outcome.NOT_IN_SERVICE,
    Outcome.DROPPED,
    Outcome.FAILED,
    Outcome.UNKNOWN,
]
"""How a telephone call can end."""


class ConsentMeans(StrEnum):
    """How a person gave or took back their consent to a channel."""

    APPLICATION = "application"
    """In the contract or application for the account itself."""
    WRITING = "writing"
    """In a letter or on paper otherwise."""
    WEBSITE = "website"
    EMAIL = "email"
    TEXT_MESSAGE = "text_message"
    TELEPHONE = "telephone"
    KEYPRESS = "keypress"
    IN_PERSON = "in_person"
    UNSUBSCRIBE_LINK = "unsubscribe_link"
    PROVIDER_REPORT = "provider_report"
    """The telephone or mail provider says that the person opted out there."""
    UNSTATED = "unstated"


class Direction(StrEnum):
    OUTBOUND = "outbound"
    INBOUND = "inbound"


CaseId = Annotated[Id, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}:[A-Za-z0-9][A-Za-z0-9._:-]*$")]
"""The id of a case, "{lender}:{account}"; a case is a debt."""


class AgreedBy(StrEnum):
    """Who agreed to a plan."""

    AGENT = "agent"
    BORROWER = "borrower"


class ReferralStatus(StrEnum):
    PROPOSED = "proposed"
    APPROVED = "approved"
    DECLINED = "declined"
    HANDED_OVER = "handed_over"
    ACKNOWLEDGED = "acknowledged"
    FILED = "filed"
    SERVED = "served"
    JUDGMENT = "judgment"
    ENFORCEMENT = "enforcement"
    SETTLED = "settled"
    SATISFIED = "satisfied"
    WITHDRAWN = "withdrawn"
    RECALLED = "recalled"

    @property
    def is_final(self) -> bool:
        return self in {ReferralStatus.DECLINED, ReferralStatus.WITHDRAWN, ReferralStatus.RECALLED} or self.is_success

    @property
    def is_success(self) -> bool:
        """Counsel ended it with the debtor having done what was due: a settlement kept, or a judgment satisfied."""
        return self in {ReferralStatus.SETTLED, ReferralStatus.SATISFIED}

    @property
    def is_in_court(self) -> bool:
        return self in {
            ReferralStatus.FILED,
            ReferralStatus.SERVED,
            ReferralStatus.JUDGMENT,
            ReferralStatus.ENFORCEMENT,
        }


class RecallReason(StrEnum):
    """Why a referral ended without counsel's doing."""

    PAID = "paid"
    CURED = "cured"
    ACCOUNT_RECALLED = "account_recalled"
    HOLD = "hold"
    AGREEMENT = "agreement"
    TIME_BARRED = "time_barred"


class ReminderKind(StrEnum):
    """What nobody has done yet about a referral."""

    DECISION = "decision"
    ESCALATION = "escalation"
    ACKNOWLEDGEMENT = "acknowledgement"


class CloseReason(StrEnum):
    PAID = "paid"
    SETTLED = "settled"
    RECALLED = "recalled"
    TRANSFERRED = "transferred"
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
