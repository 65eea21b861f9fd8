"""What speaks against word on a referral."""

from __future__ import annotations

from domain import events
from domain.events import Message
from domain.names import ReferralStatus
from domain.refusals import Checks, Refusal, RefusalCode, Situation


def _referral_decision(message: Message, situation: Situation) -> Refusal | None:
    referral = situation.state.referral
    if referral is None:
        return Refusal(RefusalCode.NO_REFERRAL, "no referral was proposed for this case")
    if referral.status is not ReferralStatus.PROPOSED:
        return Refusal(RefusalCode.REFERRAL_ALREADY_DECIDED, f"the referral is {referral.status} already")
    return None


def _referral_status(message: Message, situation: Situation) -> Refusal | None:
    referral = situation.state.referral
    if referral is None:
        return Refusal(RefusalCode.NO_REFERRAL, "no referral was proposed for this case")
    if referral.status is ReferralStatus.PROPOSED or referral.status.is_final:
        return Refusal(
            RefusalCode.REFERRAL_NOT_APPROVED,
            f"the referral is {referral.status}: counsel has nothing to report",
        )
    return None


CHECKS: Checks = (
    (events.ReferralDecided, _referral_decision),
    (events.ReferralStatusChanged, _referral_status),
)
