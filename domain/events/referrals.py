"""The road to counsel and back."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from domain.events.base import Message, Occurrence, Reason
from domain.money import Money
from domain.names import CalendarDate, Id, RecallReason, ReferralStatus, ReminderKind


class ReferralMessageBase(Message):
    """`referral` may be left out: it is then the latest that was proposed."""

    referral: Id | None = Field(
        default=None, description="Which referral is meant; refused when it is not the latest of the case."
    )


class ReferralDecided(ReferralMessageBase):
    """A person approved or declined the proposed legal referral."""

    kind: Literal["referral_decided"] = "referral_decided"
    approved: bool
    decided_by: Id = Field(description="The staff member's opaque id.")


class ReferralStatusChanged(ReferralMessageBase):
    """Counsel reports how the referral stands. `settled`, `satisfied` and `withdrawn` end it."""

    kind: Literal["referral_status_changed"] = "referral_status_changed"
    status: Literal[
        ReferralStatus.HANDED_OVER,
        ReferralStatus.ACKNOWLEDGED,
        ReferralStatus.FILED,
        ReferralStatus.SERVED,
        ReferralStatus.JUDGMENT,
        ReferralStatus.ENFORCEMENT,
        ReferralStatus.SETTLED,
        ReferralStatus.SATISFIED,
        ReferralStatus.WITHDRAWN,
    ]
    reference: Id | None = Field(
        default=None, description="Counsel's own reference of the matter: it has to come with `acknowledged`."
    )

    @model_validator(mode="after")
    def _acknowledged_by_a_reference(self) -> Self:
        if self.status is ReferralStatus.ACKNOWLEDGED and self.reference is None:
            raise ValueError("acknowledged comes with counsel's reference of the matter")
        return self


class LimitationNoted(Message):
    """The lender says until when the debt can be sued for. Where a law pack computes a date too, the earlier counts."""

    kind: Literal["limitation_noted"] = "limitation_noted"
    last_day: CalendarDate = Field(description="The last day on which a suit can be brought.")


class ReferralProposed(Occurrence):
    kind: Literal["referral_proposed"] = "referral_proposed"
    referral: Id
    outstanding: Money


class ReferralWithheld(Occurrence):
    """The policy would refer now, and this is why it may not. Journaled once for the same reasons."""

    kind: Literal["referral_withheld"] = "referral_withheld"
    reasons: tuple[Reason, ...] = Field(min_length=1)


class ReferralReminded(Occurrence):
    """Somebody has not done in time what the referral waits for."""

    kind: Literal["referral_reminded"] = "referral_reminded"
    referral: Id
    reminder: ReminderKind


class ReferralRecalled(Occurrence):
    """The referral ended because of what happened to the case; counsel was told to stop if they had it."""

    kind: Literal["referral_recalled"] = "referral_recalled"
    referral: Id
    because: RecallReason | None = Field(default=None, description="Left out by early releases.")


class LimitationNeared(Occurrence):
    """The last day on which the debt can be sued for comes near."""

    kind: Literal["limitation_neared"] = "limitation_neared"
    last_day: CalendarDate


ReferralMessage = ReferralDecided | ReferralStatusChanged | LimitationNoted

ReferralOccurrence = ReferralProposed | ReferralWithheld | ReferralReminded | ReferralRecalled | LimitationNeared
