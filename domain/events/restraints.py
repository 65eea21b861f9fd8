"""What keeps a case from being treated: holds, disputes, complaints, and what people say of their situation."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import Field

from domain.events.base import Message, Occurrence
from domain.money import PositiveMoney
from domain.names import CalendarDate, HoldKind, Id


class DisputeCategory(StrEnum):
    NOT_MINE = "not_mine"
    AMOUNT = "amount"
    ALREADY_PAID = "already_paid"
    FRAUD = "fraud"
    SERVICE = "service"
    TIME_BARRED = "time_barred"
    OTHER = "other"


class DisputeOutcome(StrEnum):
    UPHELD = "upheld"
    REJECTED = "rejected"


class ComplaintCategory(StrEnum):
    CONDUCT = "conduct"
    CONTACT = "contact"
    CHARGES = "charges"
    DATA = "data"
    OTHER = "other"


class ComplaintOutcome(StrEnum):
    UPHELD = "upheld"
    PARTLY_UPHELD = "partly_upheld"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"

    @property
    def can_go_to_the_ombudsman(self) -> bool:
        """Whoever did not get all that they asked for may still take it further."""
        return self in {ComplaintOutcome.PARTLY_UPHELD, ComplaintOutcome.REJECTED}


class HardshipCategory(StrEnum):
    """Coarse on purpose: what lies behind it, health above all, is nothing for a journal. Such a reason is `other`."""

    LOST_INCOME = "lost_income"
    HIGHER_COSTS = "higher_costs"
    OTHER_DEBTS = "other_debts"
    OTHER = "other"


class DisputeOpened(Message):
    """The borrower disputes the debt, or a part of it. `id` names the dispute until it is resolved.

    What is disputed is not collected until then, and nothing of the debt goes to court.
    """

    kind: Literal["dispute_opened"] = "dispute_opened"
    category: DisputeCategory
    in_writing: bool = Field(default=False, description="Whether it came in writing, by post or electronically.")
    amount: PositiveMoney | None = Field(
        default=None, description="The disputed part: the rest goes on being treated. Left out: the whole debt."
    )
    repeats: Id | None = Field(
        default=None,
        description="A rejected dispute that this one repeats with nothing new: it is answered, and stops nothing.",
    )


class DisputeResolved(Message):
    """The dispute was decided. Upheld, its amount is credited; one without an amount needs a `balance_adjusted`."""

    kind: Literal["dispute_resolved"] = "dispute_resolved"
    dispute: Id
    outcome: DisputeOutcome


class ComplaintOpened(Message):
    """The borrower complains. `id` is the complaint's number. Nothing goes to court until it is settled."""

    kind: Literal["complaint_opened"] = "complaint_opened"
    category: ComplaintCategory
    owner: Id = Field(description="Who answers for it: a staff member's or a team's opaque id.")


class ComplaintResolved(Message):
    """The complaint got its final answer. Where the law gives time to take it further, no court until that is over."""

    kind: Literal["complaint_resolved"] = "complaint_resolved"
    complaint: Id
    outcome: ComplaintOutcome


class HardshipStated(Message):
    """The borrower cannot pay as agreed: time by the policy, free advice on debts, and a person to talk to."""

    kind: Literal["hardship_stated"] = "hardship_stated"
    category: HardshipCategory
    affordable: PositiveMoney | None = Field(default=None, description="What they can pay a month, if they said so.")


class VulnerabilityStated(Message):
    """The borrower may be vulnerable: treatment stops in all of their cases until a person has decided.

    It says nothing of the reason, which is health data more often than not.
    """

    kind: Literal["vulnerability_stated"] = "vulnerability_stated"


class HoldPlaced(Message):
    """Something must stop, until a day or until the hold is lifted; which, depends on its kind.

    Holds about the person reach all of their cases.
    """

    kind: Literal["hold_placed"] = "hold_placed"
    hold: HoldKind
    until: CalendarDate | None = Field(default=None, description="The first day on which the hold no longer applies.")
    since: CalendarDate | None = Field(
        default=None, description="The first day of the hold, as notified; the day of acceptance if left out."
    )
    only_this_account: bool = Field(
        default=False, description="A hold about the person that was notified for this account alone."
    )


class HoldLifted(Message):
    """Every hold of that kind ends today, or on the notified day, in all of the person's cases if it is about them."""

    kind: Literal["hold_lifted"] = "hold_lifted"
    hold: HoldKind
    until: CalendarDate | None = Field(
        default=None, description="The first day without the hold; the day of acceptance if left out."
    )
    only_this_account: bool = Field(
        default=False,
        description="The person's other cases keep theirs. Only this ends a hold that is about this account alone.",
    )


class HoldEndSet(Occurrence):
    """Policy or law gave an open hold its end."""

    kind: Literal["hold_end_set"] = "hold_end_set"
    hold: Id
    until: CalendarDate


RestraintMessage = (
    DisputeOpened
    | DisputeResolved
    | ComplaintOpened
    | ComplaintResolved
    | HardshipStated
    | VulnerabilityStated
    | HoldPlaced
    | HoldLifted
)

RestraintOccurrence = HoldEndSet
