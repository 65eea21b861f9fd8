"""The life of a case: opened, staged, recalled, closed."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from domain.events.base import Message, Occurrence
from domain.itemization import Itemization
from domain.money import Money, PositiveMoney
from domain.names import CalendarDate, CloseReason, Component, Id
from domain.value import Value


class Recalled(Message):
    """The lender takes the account back. All contact ends."""

    kind: Literal["recalled"] = "recalled"


class Transferred(Message):
    """The lender hands the account to another agency. All contact ends."""

    kind: Literal["transferred"] = "transferred"
    to: Id = Field(description="The agency's opaque id.")


class PolicyRef(Value):
    """The exact policy that a case is pinned to."""

    id: Id
    version: int
    digest: str = Field(description="SHA-256 of the policy's canonical form.")


class OpeningObligation(Value):
    id: Id
    amount: PositiveMoney
    due: CalendarDate
    component: Component = Component.PRINCIPAL


class CaseOpened(Occurrence):
    kind: Literal["case_opened"] = "case_opened"
    lender: Id
    account: Id
    currency: str
    zone: str = Field(description="IANA zone whose calendar the account lives by.")
    policy: PolicyRef
    obligations: tuple[OpeningObligation, ...] = Field(min_length=1)
    itemization: Itemization | None = None

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        """Obligations of one case are told apart by id and added up: both must be possible from the first entry on."""
        ids = {obligation.id for obligation in self.obligations}
        if len(ids) < len(self.obligations):
            raise ValueError("two obligations have the same id")
        Money.total((obligation.amount for obligation in self.obligations), self.currency)
        return self


class StageEntered(Occurrence):
    kind: Literal["stage_entered"] = "stage_entered"
    stage: Id
    obligation: Id
    day: int = Field(description="Treatment day on entry: negative before the due date, else delinquent days.")


class MessageRefused(Occurrence):
    """A message was not applied. The journal keeps that it came and why it was refused."""

    kind: Literal["message_refused"] = "message_refused"
    message: str = Field(description="The message's id, or empty when it had none that could be read.")
    message_kind: str
    code: str


class CaseClosed(Occurrence):
    kind: Literal["case_closed"] = "case_closed"
    reason: CloseReason


class CaseReopened(Occurrence):
    kind: Literal["case_reopened"] = "case_reopened"


LifecycleMessage = Recalled | Transferred

LifecycleOccurrence = CaseOpened | StageEntered | MessageRefused | CaseClosed | CaseReopened
