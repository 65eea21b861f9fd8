"""What the borrower agrees to pay, and whether they do."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import Field

from domain.events.base import Message, Occurrence
from domain.money import Money, PositiveMoney
from domain.names import AgreedBy, CalendarDate, Channel, Id
from domain.value import Value


class Instalment(Value):
    """An amount that is to be paid by the end of a day."""

    due: CalendarDate
    amount: PositiveMoney


class SettlementLapse(StrEnum):
    """Why a settlement came to nothing."""

    NOT_ACCEPTED = "not_accepted"
    PART_MISSED = "part_missed"
    PAYMENT_REVERSED = "payment_reversed"


_SINCE = Field(default=None, description="The first day on which it was not kept any more; today if left out.")


class PromiseMade(Message):
    """The borrower promises to pay an amount by the end of a day."""

    kind: Literal["promise_made"] = "promise_made"
    amount: PositiveMoney
    due: CalendarDate
    channel: Channel | None = Field(default=None, description="How the promise was made.")


class ArrangementAgreed(Message):
    """A plan of instalments was agreed. While it is kept, treatment stops. `id` names the arrangement."""

    kind: Literal["arrangement_agreed"] = "arrangement_agreed"
    instalments: tuple[Instalment, ...] = Field(min_length=1, max_length=120, description="In order of their days.")
    agreed_by: AgreedBy = Field(description="Who agreed to it for the borrower: an agent with them, or they alone.")
    channel: Channel | None = Field(default=None, description="How it was agreed.")
    replaces: Id | None = Field(default=None, description="The arrangement in force that this one takes the place of.")


class SettlementRequested(Message):
    """An agent has a settlement of the policy offered now, before or without its day."""

    kind: Literal["settlement_requested"] = "settlement_requested"
    offer: Id = Field(description="The id of the offer in the policy.")


class SettlementAccepted(Message):
    """The borrower accepts an offer that is open. With no parts, all of it is to be paid by the offer's last day."""

    kind: Literal["settlement_accepted"] = "settlement_accepted"
    offer: Id = Field(description="The id of the offer in the policy.")
    parts: tuple[Instalment, ...] = Field(default=(), max_length=24, description="In order of their days.")


class PromiseKept(Occurrence):
    kind: Literal["promise_kept"] = "promise_kept"
    promise: Id


class PromisePartlyKept(Occurrence):
    """Enough of the promise was paid, by its policy, for the case to stay silent a while longer."""

    kind: Literal["promise_partly_kept"] = "promise_partly_kept"
    promise: Id
    paid: Money


class PromiseBroken(Occurrence):
    kind: Literal["promise_broken"] = "promise_broken"
    promise: Id
    paid: Money | None = Field(default=None, description="What was paid of it all the same.")


class ArrangementBroken(Occurrence):
    """An instalment, numbered from 1, was not paid by the end of its grace."""

    kind: Literal["arrangement_broken"] = "arrangement_broken"
    arrangement: Id
    instalment: int = Field(ge=1)
    due: CalendarDate
    since: CalendarDate | None = _SINCE


class ArrangementCompleted(Occurrence):
    kind: Literal["arrangement_completed"] = "arrangement_completed"
    arrangement: Id


class SettlementOffered(Occurrence):
    """The borrower may settle `outstanding` with `amount`, if they accept by the end of `expires_on`."""

    kind: Literal["settlement_offered"] = "settlement_offered"
    settlement: Id
    offer: Id
    amount: PositiveMoney
    outstanding: PositiveMoney
    expires_on: CalendarDate


class SettlementCompleted(Occurrence):
    """The agreed amount was paid. `written_off`, the rest of what the offer covered, is no longer owed."""

    kind: Literal["settlement_completed"] = "settlement_completed"
    settlement: Id
    written_off: Money


class SettlementLapsed(Occurrence):
    """The settlement came to nothing: what was paid stays an ordinary payment, and `revived` is owed again."""

    kind: Literal["settlement_lapsed"] = "settlement_lapsed"
    settlement: Id
    because: SettlementLapse
    revived: Money | None = Field(default=None, description="What had been written off, if anything.")
    since: CalendarDate | None = _SINCE


AgreementMessage = PromiseMade | ArrangementAgreed | SettlementRequested | SettlementAccepted

AgreementOccurrence = (
    PromiseKept
    | PromisePartlyKept
    | PromiseBroken
    | ArrangementBroken
    | ArrangementCompleted
    | SettlementOffered
    | SettlementCompleted
    | SettlementLapsed
)
