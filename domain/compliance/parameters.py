"""The kinds of rules that a law pack can hold, with the parameters of each."""

from __future__ import annotations

from datetime import time
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from domain.charge_terms import Percent
from domain.compliance.public_holidays import PublicHoliday
from domain.names import Channel, Direction, HoldKind, Id, Outcome, Place
from domain.value import Value


class LocalHours(Value):
    """Contact only at local times in `[start, end)`, in every candidate zone at once.

    With `start_exclusive` the window is the open interval `(start, end)`: at `start` itself contact is not yet allowed,
    one microsecond later it is. Regulation F, 12 CFR 1006.6(b)(1)(i), calls only "after 8:00 a.m. and before 9:00 p.m."
    convenient. The gate must honour it both when it judges an instant and when it says until when to defer.
    """

    kind: Literal["local_hours"] = "local_hours"
    start: time
    end: time
    start_exclusive: bool = False

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> Self:
        if self.start >= self.end:
            raise ValueError("the hours must start before they end on the same day")
        return self


class StopHolds(Value):
    """These holds forbid contact until they end.

    With `spares_undisputed`, a dispute about a part of a debt leaves contact about the rest of it lawful.
    """

    kind: Literal["stop_holds"] = "stop_holds"
    holds: tuple[HoldKind, ...] = Field(min_length=1)
    spares_undisputed: bool = False


class HonourOptOut(Value):
    """A channel that the consumer opted out of is not used."""

    kind: Literal["honour_opt_out"] = "honour_opt_out"


class HonourRequests(Value):
    """Places where the consumer refused contact are not used, nor the times of day that they called inconvenient."""

    kind: Literal["honour_requests"] = "honour_requests"


class KnownZone(Value):
    """With no known zone, these channels are forbidden."""

    kind: Literal["known_zone"] = "known_zone"


class Forbid(Value):
    """The contact is not made at all."""

    kind: Literal["forbid"] = "forbid"


COUNTED_DAYS_MAX = 21
CONSENT_DAYS_MAX = 7
"""Together less than the 30 days of history that whoever asks the gate has to load."""


class Per(StrEnum):
    """Over what past contacts are counted."""

    DEBT = "debt"
    PERSON = "person"


class Counted(Value):
    """Which past contacts count, and over how many consecutive local dates. A date counts from its midnight on.

    A contact on date D is counted through D + `days` - 1. With `consent_days`, a contact by a channel for which the
    consumer gave consent is exempt on so many dates, of which the date of the consent is the first; the consent ends at
    the next conversation about the debt, other than the one in which it may have been given.
    """

    days: int = Field(ge=1, le=COUNTED_DAYS_MAX)
    per: Per
    channels: tuple[Channel, ...] = Field(min_length=1)
    places: tuple[Place, ...] = Field(default=tuple(Place), min_length=1)
    outcomes: tuple[Outcome, ...] = Field(default=tuple(Outcome), min_length=1)
    directions: tuple[Direction, ...] = Field(default=(Direction.OUTBOUND,), min_length=1)
    consent_days: int | None = Field(default=None, ge=1, le=CONSENT_DAYS_MAX)


class Frequency(Counted):
    """At most `at_most` contacts in `days` consecutive local dates; with `days` 1, on a calendar day.

    Contacts made under a consent are neither limited nor counted.
    """

    kind: Literal["frequency"] = "frequency"
    at_most: int = Field(ge=1)


class SilenceAfter(Counted):
    """No contact for `days` local dates after a counted one, whose own date is the first of them.

    A contact under a consent may be made all the same; what it comes to counts, since a conversation is one.
    """

    kind: Literal["silence_after"] = "silence_after"


class Require(Value):
    """The contact must carry something, such as "opt_out_notice" or "identity"."""

    kind: Literal["require"] = "require"
    what: Id


class RequireAtFirst(Value):
    """The contact must carry something unless one of the counted contacts was made before it about the same debt."""

    kind: Literal["require_at_first"] = "require_at_first"
    what: Id
    channels: tuple[Channel, ...] = Field(min_length=1)
    outcomes: tuple[Outcome, ...] = Field(min_length=1)


class Human(Value):
    """People have to keep the rule: the gate lacks the facts, or the rule is not about a contact at all."""

    kind: Literal["human"] = "human"


class Record(Value):
    """Evidence has to be kept for `years`. It says nothing about a contact."""

    kind: Literal["record"] = "record"
    years: int = Field(ge=1)


class LimitedBy(StrEnum):
    """What has to be answered, or may be done, within a time limit."""

    DISPUTE = "dispute"
    COMPLAINT = "complaint"
    OMBUDSMAN = "ombudsman"
    """How long after its answer a complaint may still be taken to an ombudsman."""


class TimeLimit(Value):
    """So many calendar days, of which the first is the one after it began. People keep it; the gate never asks."""

    kind: Literal["time_limit"] = "time_limit"
    what: LimitedBy
    days: int = Field(ge=1, le=400)


class RateCap(Value):
    """At most so much interest for a year of 365 days, and late fees with it where it covers them.

    It says nothing about a contact: charges keep it.
    """

    kind: Literal["rate_cap"] = "rate_cap"
    annual_percent: Percent
    covers_fees: bool = False


class ValidationPeriod(Value):
    """How long a person has to dispute after the validation information was sent.

    It ends `days` after receipt, which is assumed `receipt_business_days` after sending, weekends and `holidays` not
    counted.
    """

    kind: Literal["validation_period"] = "validation_period"
    days: int = Field(ge=1, le=365)
    receipt_business_days: int = Field(ge=0, le=30)
    holidays: tuple[PublicHoliday, ...]


class Definition(Value):
    """How the other rules of the pack are to be read. Their parameters say the same; it has no ruling of its own."""

    kind: Literal["definition"] = "definition"


class Restart(StrEnum):
    """What starts a period of limitation again, as long as it has not run out."""

    DEMAND = "demand"
    """A demand that is proven to have reached the debtor: what was sent alone counts for nothing."""
    PROMISE = "promise"
    PART_PAYMENT = "part_payment"
    SUIT = "suit"


class CountsFrom(StrEnum):
    OLDEST_UNPAID = "oldest_unpaid"
    LAST_INSTALMENT = "last_instalment"


class Limitation(Value):
    """How long the debt can be sued for: `years` from its due date, however often they start again `longest_years`.

    Without `years` the period depends on what a pack does not know, so that only the date that the lender notes counts.
    """

    kind: Literal["limitation"] = "limitation"
    years: int | None = Field(default=None, ge=1, le=30)
    longest_years: int | None = Field(default=None, ge=1, le=60)
    counts_from: CountsFrom = CountsFrom.OLDEST_UNPAID
    restarts: tuple[Restart, ...] = ()


RuleParameters = Annotated[
    LocalHours
    | StopHolds
    | HonourOptOut
    | HonourRequests
    | KnownZone
    | Forbid
    | Frequency
    | SilenceAfter
    | Require
    | RequireAtFirst
    | Human
    | Record
    | TimeLimit
    | RateCap
    | Limitation
    | ValidationPeriod
    | Definition,
    Field(discriminator="kind"),
]

UNJUDGED = (Human, Record, Limitation, TimeLimit, RateCap, ValidationPeriod, Definition)
"""Kinds that say nothing of a contact. The gate never asks them."""

TIMELESS = (StopHolds, HonourOptOut, KnownZone, Forbid, Require)
"""Kinds that say the same at every instant."""
