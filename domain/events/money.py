"""Money that is owed, arrives, or is taken back."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import Field

from domain.events.base import Message
from domain.money import Money, PositiveMoney
from domain.names import CalendarDate, Component, Id


class ReversalReason(StrEnum):
    BOUNCED = "bounced"
    CHARGEBACK = "chargeback"
    MISTAKEN_POSTING = "mistaken_posting"


class AdjustmentReason(StrEnum):
    FEE = "fee"
    INTEREST = "interest"
    CORRECTION = "correction"
    GOODWILL = "goodwill"
    DISPUTE_UPHELD = "dispute_upheld"
    WRITE_OFF = "write_off"
    LEGAL_COST = "legal_cost"


class PaymentReceived(Message):
    """Money arrived. `id` is the payment's own id: the same id with another amount is refused."""

    kind: Literal["payment_received"] = "payment_received"
    amount: PositiveMoney


class PaymentReversed(Message):
    """A payment that had been counted did not stand. The account is re-aged as if it had never come."""

    kind: Literal["payment_reversed"] = "payment_reversed"
    payment: Id = Field(description="The id of the payment that is reversed.")
    reason: ReversalReason


class ObligationDue(Message):
    """A further instalment, statement balance or charge of the account. `id` is the obligation's own id."""

    kind: Literal["obligation_due"] = "obligation_due"
    amount: PositiveMoney
    due: CalendarDate = Field(description="The last day on which it can be paid on time.")
    component: Component = Component.PRINCIPAL


class BalanceAdjusted(Message):
    """The lender corrects the balance. A negative amount is credited; a positive one is a new charge due on `due`."""

    kind: Literal["balance_adjusted"] = "balance_adjusted"
    amount: Money
    reason: AdjustmentReason
    due: CalendarDate | None = Field(
        default=None,
        description="When a charge falls due; the day of acceptance if left out. A credit has none: it counts at once.",
    )


MoneyMessage = PaymentReceived | PaymentReversed | ObligationDue | BalanceAdjusted
