"""What the compliance gate is asked, what it reads, and what it answers. The kinds of rules are in `parameters`."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Self

from pydantic import AwareDatetime, Field, model_validator

from domain.compliance.parameters import RuleParameters
from domain.events import Reason
from domain.names import Channel, Collector, Direction, HoldKind, Id, Outcome, Place
from domain.preferences import InconvenientTime
from domain.value import Value
from domain.whereabouts import Area


class ContactRequest(Value):
    """The contact that somebody wants to make. `debt` is the case's id, "{lender}:{account}"."""

    channel: Channel
    debt: str
    to: Place


class Consent(Value):
    """Given directly to the collector. `given_on` is a date at the consumer's location."""

    channel: Channel
    given_on: date


class Consumer(Value):
    """What is known of the person, over all accounts. Empty `zones` means that the place is unknown.

    Unknown place: lawful in no zone that we could name, so the packs say what that forbids. `disputed_in_part`: the
    hold `dispute` is about a part of the debt, and the contact about the rest.
    """

    zones: tuple[str, ...]
    holds: tuple[HoldKind, ...] = ()
    disputed_in_part: bool = False
    opt_outs: tuple[Channel, ...] = ()
    consents: tuple[Consent, ...] = ()
    refused_places: tuple[Place, ...] = ()
    inconvenient_times: tuple[InconvenientTime, ...] = ()


class PastContact(Value):
    """One earlier contact or attempt with the person. With no `debts` it is not known which, so it may be any."""

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
    """One rule of law or house policy. A disabled one, such as a draft of a law, binds nobody."""

    id: Id
    title: str
    cite: str
    status: RuleStatus
    applies_to: tuple[Collector, ...] = Field(min_length=1)
    channels: tuple[Channel, ...] = Field(min_length=1)
    places: tuple[Place, ...] = Field(default=tuple(Place), min_length=1)
    enabled: bool = True
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
    area: Area | None = Field(default=None, description="Where the rules hold; left out: nowhere in particular.")
    rules: tuple[Rule, ...] = Field(min_length=1)
    debt_help: tuple[DebtHelp, ...] = ()

    @property
    def is_overlay(self) -> bool:
        """Whether it adds to the law of a country in a part of it."""
        return self.area is not None and bool(self.area.subdivisions)
