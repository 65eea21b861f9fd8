"""The road to counsel and back."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from domain.events.base import Message, Occurrence
from domain.money import Money
from domain.names import Id, ReferralStatus


class ReferralDecided(Message):
    """A person approved or declined the proposed legal referral."""

    kind: Literal["referral_decided"] = "referral_decided"
    approved: bool
    decided_by: Id = Field(description="The staff member's opaque id.")


class ReferralStatusChanged(Message):
    """Counsel reports how the referral stands."""

    kind: Literal["referral_status_changed"] = "referral_status_changed"
    status: Literal[
        ReferralStatus.HANDED_OVER,
        ReferralStatus.FILED,
        ReferralStatus.SERVED,
        ReferralStatus.JUDGMENT,
        ReferralStatus.ENFORCEMENT,
        ReferralStatus.WITHDRAWN,
    ]


class ReferralProposed(Occurrence):
    kind: Literal["referral_proposed"] = "referral_proposed"
    referral: Id
    outstanding: Money


class ReferralRecalled(Occurrence):
    """The referral ended because the debt was paid or the account recalled; counsel was told to stop if they had it."""

    kind: Literal["referral_recalled"] = "referral_recalled"
    referral: Id


ReferralMessage = ReferralDecided | ReferralStatusChanged

ReferralOccurrence = ReferralProposed | ReferralRecalled
