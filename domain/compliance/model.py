"""What the compliance gate is asked, what it reads, and what it answers."""

from __future__ import annotations

from datetime import date, time
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from domain.events import Reason
from domain.names import Channel, Collector, Direction, HoldKind, Id, Outcome, Place
from domain.value import Value


class ContactRequest(Value):
    """The contact that somebody wants to make. `debt` is the case's id, "{lender}:{account}"."""

    channel: Channel
    debt: str
    to: Place


class Consent(Value):
    channel: Channel
    given_on: date


class Consumer(Value):
    """What is known of the person, over all accounts. Empty `zones` means that the place is unknown.

    Unknown place: lawful in no zone that we could name, so the packs say what that forbids.
    """

    zones: tuple[str, ...]
    holds: tuple[HoldKind, ...] = ()
    opt_outs: tuple[Channel, ...] = ()
    consents: tuple[Consent, ...] = ()


class PastContact(Value):
    """One earlier contact or attempt with the person, about any of their debts."""

    at: AwareDatetime
    channel: Channel
    outcome: Outcome
    debts: tuple[str, ...]
    direction: Direction = Direction.OUTBOUND
    to: Place = Place.MOBILE


class Effect(StrEnum):
    ALLOW = "allow"
    DEFER = "defer"
    FORBID = "forbid"


class Verdict(Value):
    """`until` is set only with `defer`: the earliest instant at which every rule allows, if nothing else changes.

    `reasons` has every rule that spoke, the ones that allow included; `requires` what the contact must carry.
    """

    verdict: Effect
    until: AwareDatetime | None = None
    reasons: tuple[Reason, ...] = ()
    requires: tuple[str, ...] = ()


class RuleStatus(StrEnum):
    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"
    HOUSE = "house"
    """House policy: stricter than any figure in the law, and says so."""


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
    """These holds forbid contact until they end."""

    kind: Literal["stop_holds"] = "stop_holds"
    holds: tuple[HoldKind, ...] = Field(min_length=1)


class HonourOptOut(Value):
    """A channel that the consumer opted out of is not used."""

    kind: Literal["honour_opt_out"] = "honour_opt_out"


class KnownZone(Value):
    """With no known zone, these channels are forbidden."""

    kind: Literal["known_zone"] = "known_zone"


class Require(Value):
    """The contact must carry something, such as "opt_out_notice" or "identity"."""

    kind: Literal["require"] = "require"
    what: Id


RuleParameters = Annotated[LocalHours | StopHolds | HonourOptOut | KnownZone | Require, Field(discriminator="kind")]


class DatedParameters(Value):
    """The parameters in force in `[since, until)`, dates at the consumer's location. A repealed rule has an `until`."""

    since: date
    until: date | None = None
    set: RuleParameters

    @model_validator(mode="after")
    def _begins_before_it_ends(self) -> Self:
        if self.until is not None and self.until <= self.since:
            raise ValueError("until must be a later date than since")
        return self


class Rule(Value):
    """One rule of law or house policy."""

    id: Id
    title: str
    cite: str
    status: RuleStatus
    applies_to: tuple[Collector, ...] = Field(min_length=1)
    channels: tuple[Channel, ...] = Field(min_length=1)
    text: str = Field(description="The rule in plain words, as shown to whoever asks why.")
    versions: tuple[DatedParameters, ...] = Field(min_length=1)


class DebtHelp(Value):
    """Where people find free and independent help with debts."""

    name: str
    contact: str
    url: str


class RulePack(Value):
    """The rules of one jurisdiction."""

    id: str
    title: str
    version: str = Field(description="Date of the last review, as YYYY-MM-DD.")
    rules: tuple[Rule, ...] = Field(min_length=1)
    debt_help: tuple[DebtHelp, ...] = ()
