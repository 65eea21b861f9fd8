"""What keeps a case from being treated: holds and disputes."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import Field

from domain.events.base import Message
from domain.names import CalendarDate, HoldKind, Id


class DisputeCategory(StrEnum):
    NOT_MINE = "not_mine"
    AMOUNT = "amount"
    ALREADY_PAID = "already_paid"
    FRAUD = "fraud"
    SERVICE = "service"
    OTHER = "other"


class DisputeOutcome(StrEnum):
    UPHELD = "upheld"
    REJECTED = "rejected"


class DisputeOpened(Message):
    """The borrower disputes the debt or a part of it. Contact stops until it is resolved. `id` names the dispute."""

    kind: Literal["dispute_opened"] = "dispute_opened"
    category: DisputeCategory
    in_writing: bool = Field(default=False, description="Whether it came in writing, by post or electronically.")


class DisputeResolved(Message):
    """The dispute was decided. What is owed changes only by a separate `balance_adjusted`."""

    kind: Literal["dispute_resolved"] = "dispute_resolved"
    dispute: Id
    outcome: DisputeOutcome


class HoldPlaced(Message):
    """Contact must stop for a reason, until a day or until the hold is lifted."""

    kind: Literal["hold_placed"] = "hold_placed"
    hold: HoldKind
    until: CalendarDate | None = Field(default=None, description="The first day on which the hold no longer applies.")


class HoldLifted(Message):
    """Every hold of that kind ends today."""

    kind: Literal["hold_lifted"] = "hold_lifted"
    hold: HoldKind


RestraintMessage = DisputeOpened | DisputeResolved | HoldPlaced | HoldLifted
