"""Treatment policies: what a lender wants done, by days past due. The YAML in `rulebook/policies/` has this shape."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Self

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from domain.agreement_terms import (
    AGREEMENT_STEPS,
    ArrangementTerms,
    PromiseTerms,
    SettlementOffer,
    SettlementTerms,
)
from domain.charge_terms import DecimalAmount, InterestTerms, LateFeeTerms
from domain.consolidation_terms import Consolidation
from domain.currency import exponent_of
from domain.end_terms import End
from domain.money import Money
from domain.names import Channel, Collector, Component
from domain.policy_values import Locale
from domain.referral_terms import ReferralTerms
from domain.slugs import Slug
from domain.validation_terms import Validation
from domain.value import Value
from domain.window import Window


class PolicyStatus(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class Conditions(Value):
    """When a step applies at all. A step whose conditions don't hold is passed over in silence."""

    outstanding_at_least: DecimalAmount | None = Field(default=None, description="In the policy's currency.")
    after_broken_promise: bool | None = Field(
        default=None, description="True: only after a broken promise. False: only without one."
    )


class StepBy(StrEnum):
    """Who makes a contact. An agent's is a work item; its fallbacks are made by providers."""

    PROVIDER = "provider"
    AGENT = "agent"


class Step(Value):
    """One contact: on which day, by which channel, with which text, and by what else if that channel fails."""

    id: Slug
    day: int = Field(
        ge=-60,
        le=2000,
        description="-3: three days before the due date. 0: the due date. 5: the fifth delinquent day.",
    )
    channel: Channel
    by: StepBy = Field(
        default=StepBy.PROVIDER, description="agent: a person is asked to call. Not done in time, the fallback follows."
    )
    template: Slug
    fallback: tuple[Channel, ...] = Field(
        default=(), description="Tried in order when a channel fails or is not lawful."
    )
    window: Window | None = Field(default=None, description="Left out: the policy's window.")
    mandatory: bool = Field(default=False, description="Taken even when the case comes to it late; never skipped over.")
    threatens_suit: bool = Field(
        default=False,
        description="Its text speaks of court: not sent over a time-barred debt. So is a referral's notice.",
    )
    when: Conditions = Conditions()

    @property
    def channels(self) -> tuple[Channel, ...]:
        return (self.channel, *self.fallback)

    @model_validator(mode="after")
    def _channels_differ(self) -> Self:
        if len(set(self.channels)) != len(self.channels):
            raise ValueError(f"step {self.id}: a channel is named twice in channel and fallback")
        return self

    @model_validator(mode="after")
    def _agents_call(self) -> Self:
        if self.by is StepBy.AGENT and self.channel is not Channel.VOICE:
            raise ValueError(f"step {self.id}: agents only call: set channel: voice, or leave out by: agent")
        return self


class Stage(Value):
    """A contact stage. It begins on `from_day` and lasts until the next stage begins."""

    id: Slug
    title: str = Field(min_length=1, max_length=60)
    from_day: int
    steps: tuple[Step, ...] = ()


class Receipt(Value):
    """The message that thanks the borrower when the account is settled. It is the last one."""

    template: Slug
    channels: tuple[Channel, ...] = Field(min_length=1)


class HardshipTerms(Value):
    """What follows when a borrower says that they cannot pay as agreed."""

    hold_days: int = Field(default=30, ge=1, le=365, description="Days without treatment, unless a person ends them.")
    template: Slug = Field(default="help-offer", description="Sent once, with where free advice on debts is.")
    channels: tuple[Channel, ...] = Field(default=(Channel.EMAIL, Channel.SMS), min_length=1)


@dataclass(frozen=True, slots=True)
class Fault:
    """A contradiction between parts of a policy, and where in it. Pydantic can only place what is wrong in itself."""

    location: tuple[str | int, ...]
    text: str


class Policy(Value):
    """A treatment policy, in one version."""

    id: Slug
    version: int = Field(ge=1)
    status: PolicyStatus
    title: str = Field(min_length=1, max_length=120)
    collector: Collector
    law: tuple[Slug, ...] = Field(
        min_length=1, description="Ids of the law packs that bind these contacts; the strictest wins."
    )
    locale: Locale = Field(description="Locale of the texts, such as en-GB.")
    currency: str
    grace_days: int = Field(ge=0, le=60)
    waterfall: tuple[Component, ...] = Field(
        description="The oldest due date is settled first; within one date, components in this order."
    )
    window: Window
    priority: int = Field(ge=1, le=5, description="Temporal priority of its contacts, 1 the most urgent.")
    promise: PromiseTerms
    interest: InterestTerms | None = Field(default=None, description="Left out: none is charged.")
    late_fee: LateFeeTerms | None = Field(default=None, description="Left out: none is charged.")
    stages: tuple[Stage, ...] = Field(min_length=1)
    receipt: Receipt
    consolidation: Consolidation | None = Field(
        default=None, description="Left out: each account has messages of its own."
    )
    hardship: HardshipTerms = HardshipTerms()
    validation: Validation | None = Field(
        default=None,
        description="Left out: the accounts are not in default when they come, or the creditor itself collects.",
    )
    arrangement: ArrangementTerms | None = Field(default=None, description="Left out: no plan is agreed to.")
    settlement: SettlementTerms | None = Field(default=None, description="Left out: nothing is offered.")
    referral: ReferralTerms | None = None
    limitation_warning_days: int = Field(
        default=90, ge=1, le=730, description="Days before the last day to sue on which a person is warned of it."
    )
    end: End

    @field_validator("currency")
    @classmethod
    def _known_currency(cls, code: str) -> str:
        exponent_of(code)
        return code

    @field_validator("waterfall")
    @classmethod
    def _names_every_component_once(cls, waterfall: tuple[Component, ...]) -> tuple[Component, ...]:
        if sorted(waterfall) != sorted(Component):
            raise ValueError(f"waterfall must name each of {', '.join(Component)} once")
        return waterfall

    @model_validator(mode="after")
    def _whole(self) -> Self:
        disorder = list(self._order_faults())
        faults = [*self._amount_faults(), *self._id_faults(), *(disorder or self._day_faults()), *self._notice_faults()]
        faults += self._consolidation_faults()
        faults += self._validation_faults()
        faults += self._promise_faults()
        if faults:
            text = "; ".join(fault.text for fault in faults)
            raise PydanticCustomError("policy", "{text}", {"text": text, "faults": tuple(faults)})
        return self

    def _amount_faults(self) -> Iterator[Fault]:
        amounts: list[tuple[tuple[str | int, ...], str | None]] = [
            (("stages", at, "steps", number, "when", "outstanding_at_least"), step.when.outstanding_at_least)
            for at, stage in enumerate(self.stages)
            for number, step in enumerate(stage.steps)
        ]
        if self.referral is not None:
            terms = self.referral
            amounts += [
                (("referral", "minimum_balance"), terms.minimum_balance),
                (("referral", "estimated_cost"), terms.estimated_cost),
                (("referral", "costs_limit"), terms.costs_limit),
            ]
        if self.late_fee is not None:
            amounts.append((("late_fee", "amount"), self.late_fee.amount))
            amounts.append((("late_fee", "at_most"), self.late_fee.at_most))
        if self.arrangement is not None:
            amounts.append((("arrangement", "minimum_instalment"), self.arrangement.minimum_instalment))
        for number, offer in enumerate(self.settlement_offers):
            at_offer = ("settlement", "offers", number)
            amounts.append(((*at_offer, "outstanding_at_least"), offer.outstanding_at_least))
            amounts.append(((*at_offer, "outstanding_at_most"), offer.outstanding_at_most))
        for location, amount in amounts:
            if amount is not None:
                try:
                    Money.parse(amount, self.currency)
                except ValueError as error:
                    yield Fault(location, str(error))

    def _id_faults(self) -> Iterator[Fault]:
        seen = {RECEIPT_STEP, HELP_STEP, *AGREEMENT_STEPS}
        for at, stage in enumerate(self.stages):
            named: list[tuple[tuple[str | int, ...], str]] = [(("stages", at, "id"), stage.id)]
            named += [(("stages", at, "steps", number, "id"), step.id) for number, step in enumerate(stage.steps)]
            for location, name in named:
                if name in seen:
                    yield Fault(location, f"{name} is already the id of another stage or step: give each its own")
                seen.add(name)
        for number, offer in enumerate(self.settlement_offers):
            if offer.step in seen:
                text = f"{offer.step} would be the id of two steps: name the offer otherwise"
                yield Fault(("settlement", "offers", number, "id"), text)

    def _order_faults(self) -> Iterator[Fault]:
        for at, (stage, following) in enumerate(pairwise(self.stages), start=1):
            if following.from_day <= stage.from_day:
                text = f"stage {following.id} must begin after day {stage.from_day}: order the stages by from_day"
                yield Fault(("stages", at, "from_day"), text)

    def _day_faults(self) -> Iterator[Fault]:
        ends = [*(stage.from_day for stage in self.stages[1:]), self.end.day + 1]
        for at, (stage, end) in enumerate(zip(self.stages, ends, strict=True)):
            for number, step in enumerate(stage.steps):
                if not stage.from_day <= step.day < end:
                    text = f"day {step.day} is outside stage {stage.id}, days {stage.from_day} to {end - 1}: move it"
                    yield Fault(("stages", at, "steps", number, "day"), text)
        if self.end.day < self.stages[-1].from_day:
            text = f"end.day {self.end.day} comes before stage {self.stages[-1].id} begins: it would never be entered"
            yield Fault(("end", "day"), text)
        if self.referral is not None and self.referral.day > self.end.day:
            text = f"referral.day {self.referral.day} comes after end.day {self.end.day}: it would never happen"
            yield Fault(("referral", "day"), text)

    def _notice_faults(self) -> Iterator[Fault]:
        if self.referral is None:
            return
        day, notice = self.referral.day, self.referral.notice
        step = next((step for step in self.steps if step.id == notice.step), None)
        at_step, at_days = (("referral", "notice", key) for key in ("step", "days"))
        if step is None:
            yield Fault(at_step, f"this policy has no step {notice.step}: name the one that tells of the referral")
        elif not step.mandatory:
            yield Fault(at_step, f"step {step.id} can be passed over: set mandatory: true there, or name another step")
        elif not 0 < step.day < day:
            text = f"step {step.id} is on day {step.day}: name one between the due date and referral.day {day}"
            yield Fault(at_step, text)
        elif step.day + notice.days > day:
            text = f"{notice.days} days after step {step.id} is day {step.day + notice.days}, later than referral.day"
            yield Fault(at_days, f"{text} {day}: move one of them")

    def _consolidation_faults(self) -> Iterator[Fault]:
        if self.consolidation is not None:
            notice = self.referral.notice.step if self.referral is not None else None
            for number, text in self.consolidation.faults(self.steps, notice):
                yield Fault(("consolidation", "replaces", number), text)

    def _validation_faults(self) -> Iterator[Fault]:
        if self.validation is not None:
            shared = self.consolidation.replaces if self.consolidation is not None else ()
            for text in self.validation.faults(self.steps, shared):
                yield Fault(("validation", "step"), text)

    def _promise_faults(self) -> Iterator[Fault]:
        named = self.promise.after_broken
        if named is not None and all(step.id != named for step in self.steps):
            text = f"this policy has no step {named}: name the one to take after a broken promise, or leave this out"
            yield Fault(("promise", "after_broken"), text)

    @property
    def steps(self) -> tuple[Step, ...]:
        return tuple(step for stage in self.stages for step in stage.steps)

    @property
    def settlement_offers(self) -> tuple[SettlementOffer, ...]:
        return self.settlement.offers if self.settlement is not None else ()

    def money(self, amount: str) -> Money:
        """An amount of this policy as Money in its currency."""
        return Money.parse(amount, self.currency)


RECEIPT_STEP = "receipt"
"""The step id under which the receipt message is journaled."""

HELP_STEP = "hardship-help"
"""The step id under which the answer to a statement of hardship is journaled."""
