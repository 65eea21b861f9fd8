"""What a policy accepts and offers: promises to pay, payment arrangements and settlements."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from domain.charge_terms import DecimalAmount
from domain.names import AgreedBy, Channel
from domain.slugs import Slug
from domain.value import Value


class Notification(Value):
    """A message beside the steps of the treatment: a text, and the channels that are tried in order."""

    template: Slug
    channels: tuple[Channel, ...] = Field(min_length=1)


class Reminder(Notification):
    """A message some days before an agreed payment is due."""

    days_before: int = Field(ge=1, le=14)


class PartlyKept(Value):
    """When a promise that was not kept in full counts as partly kept, and for how long the case stays silent then."""

    from_percent: int = Field(ge=1, le=99, description="From this share of the promised amount on.")
    silent_days: int = Field(ge=0, le=30, description="Days after the grace before the treatment goes on.")


class PromiseTerms(Value):
    """Which promises to pay are accepted, and what follows when one is kept in part or broken."""

    grace_days: int = Field(ge=0, le=30, description="Days after the promised day before the promise is broken.")
    longest_days: int = Field(ge=1, le=365, description="A promise for a later day is refused.")
    limit: int = Field(ge=0, le=20, description="How many promises are accepted over the life of a case.")
    reminder: Reminder | None = Field(default=None, description="Left out: nobody is reminded of a promise.")
    partly_kept: PartlyKept | None = Field(default=None, description="Left out: what is not kept in full is broken.")
    after_broken: Slug | None = Field(
        default=None,
        description="The step that is taken first after a broken promise, whatever its day. Left out: the treatment "
        "goes on where its days are.",
    )


class Interval(StrEnum):
    """How far apart instalments are."""

    WEEK = "week"
    FORTNIGHT = "fortnight"
    MONTH = "month"

    @property
    def days_max(self) -> int:
        """The most days from one instalment to the next."""
        return {Interval.WEEK: 7, Interval.FORTNIGHT: 14, Interval.MONTH: 31}[self]


class ArrangementTerms(Value):
    """Which plans of instalments are agreed to, and when one is broken."""

    instalments_max: int = Field(ge=1, le=120)
    minimum_instalment: DecimalAmount = Field(description="In the policy's currency. The last may be smaller.")
    first_within_days: int = Field(ge=1, le=92, description="Days from the agreement to the first instalment, at most.")
    longest_months: int = Field(ge=1, le=120, description="Months from the agreement to the last instalment, at most.")
    interval: Interval = Field(description="Instalments are at most this far apart.")
    grace_days: int = Field(ge=0, le=30, description="Days after an instalment's day before the plan is broken.")
    replans: int = Field(ge=0, le=5, description="How often a plan may be replaced, or agreed anew after it broke.")
    agreed_by: tuple[AgreedBy, ...] = Field(min_length=1, description="Who may agree to a plan.")
    freezes_charges: bool = Field(description="Whether no interest and no fees arise while a plan is kept.")
    reminder: Reminder | None = Field(default=None, description="Left out: nobody is reminded of an instalment.")
    confirmation: Notification | None = Field(default=None, description="The message that lists the plan.")


class SettlementOffer(Value):
    """One offer: for whom, how much of the debt is asked for, and until when."""

    id: Slug
    from_day: int = Field(ge=1, le=2000, description="The delinquent day on which it is offered.")
    until_day: int = Field(ge=1, le=2000, description="The last delinquent day on which it may be offered.")
    outstanding_at_least: DecimalAmount | None = Field(default=None, description="In the policy's currency.")
    outstanding_at_most: DecimalAmount | None = Field(default=None, description="In the policy's currency.")
    percent: int = Field(ge=1, le=99, description="The share of what is outstanding that settles it.")
    valid_days: int = Field(ge=1, le=92, description="Days after the offer during which it can be accepted.")
    parts_max: int = Field(ge=1, le=24, description="In how many parts it may be paid.")
    parts_within_days: int = Field(ge=0, le=366, description="Days from the acceptance to the last part, at most.")
    on_request_only: bool = Field(default=False, description="Only an agent offers it, never its day.")
    template: Slug
    channels: tuple[Channel, ...] = Field(min_length=1)

    @property
    def step(self) -> str:
        """The step id under which the offer's message is journaled."""
        return f"{SETTLEMENT_STEP}{self.id}"

    @model_validator(mode="after")
    def _days_in_order(self) -> Self:
        if self.until_day < self.from_day:
            raise ValueError(f"offer {self.id}: until_day comes before from_day")
        return self


class SettlementTerms(Value):
    """Which settlements are offered, and when one that was accepted lapses."""

    offers: tuple[SettlementOffer, ...] = Field(min_length=1)
    grace_days: int = Field(ge=0, le=30, description="Days after a part's day before the settlement lapses.")
    reminder: Reminder | None = Field(default=None, description="Left out: nobody is reminded of a part.")
    confirmation: Notification | None = Field(default=None, description="The message that says what was agreed.")

    @model_validator(mode="after")
    def _ids_differ(self) -> Self:
        ids = [offer.id for offer in self.offers]
        if len(set(ids)) < len(ids):
            raise ValueError("two offers have the same id: give each its own")
        return self

    def offer(self, name: str) -> SettlementOffer | None:
        return next((offer for offer in self.offers if offer.id == name), None)


PROMISE_REMINDER_STEP = "promise-reminder"
INSTALMENT_REMINDER_STEP = "instalment-reminder-"
"""Followed by the number of the instalment, from 1."""
ARRANGEMENT_CONFIRMATION_STEP = "arrangement-confirmation"
SETTLEMENT_STEP = "settlement-"
"""Followed by the id of the offer."""
PART_REMINDER_STEP = "part-reminder-"
"""Followed by the number of the part of a settlement, from 1."""
SETTLEMENT_CONFIRMATION_STEP = "settlement-confirmation"
AGREEMENT_STEPS = frozenset({PROMISE_REMINDER_STEP, ARRANGEMENT_CONFIRMATION_STEP, SETTLEMENT_CONFIRMATION_STEP})
"""Ids that no step of a policy may have."""
