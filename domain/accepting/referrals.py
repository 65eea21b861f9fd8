"""What speaks against word on a referral."""

from __future__ import annotations

from domain import events
from domain.holds import referral_is_barred
from domain.money import Money
from domain.names import ReferralStatus
from domain.refusals import Checks, Refusal, RefusalCode, Situation
from domain.state import Referral

_BEFORE_COUNSEL = (ReferralStatus.PROPOSED, ReferralStatus.DECLINED)


def _is_known(message: events.ReferralMessageBase, situation: Situation) -> Refusal | None:
    referral = situation.state.referral
    if referral is None:
        return Refusal(RefusalCode.NO_REFERRAL, "no referral was proposed for this case")
    if message.referral not in (None, referral.id):
        return Refusal(
            RefusalCode.NO_SUCH_REFERRAL, "another referral was proposed since: look at the case, and name that one"
        )
    return None


def _decision(message: events.ReferralDecided, situation: Situation) -> Refusal | None:
    referral = _referral(situation)
    if referral.status is not ReferralStatus.PROPOSED:
        return Refusal(RefusalCode.REFERRAL_ALREADY_DECIDED, f"the referral is {referral.status} already")
    if message.approved and referral_is_barred(situation.state, situation.today):
        return Refusal(RefusalCode.REFERRAL_BARRED, "a hold of this case allows no legal steps: lift it first")
    return None


def _status(message: events.ReferralStatusChanged, situation: Situation) -> Refusal | None:
    referral = _referral(situation)
    if referral.status is ReferralStatus.PROPOSED or referral.status.is_final:
        return Refusal(
            RefusalCode.REFERRAL_NOT_APPROVED,
            f"the referral is {referral.status}: counsel has nothing to report",
        )
    return None


def _legal_cost(message: events.BalanceAdjusted, situation: Situation) -> Refusal | None:
    """Legal costs arise only where counsel works on the account, and only up to what the policy lets them come to."""
    if message.reason is not events.AdjustmentReason.LEGAL_COST or message.amount.minor < 0:
        return None
    state, terms = situation.state, situation.policy.referral
    if state.referral is None or state.referral.status in _BEFORE_COUNSEL:
        return Refusal(RefusalCode.NOT_WITH_COUNSEL, "no counsel was given this account: there are no legal costs")
    if terms is None or terms.costs_limit is None:
        return None
    limit = situation.policy.money(terms.costs_limit)
    charged = Money.total(
        (known.amount for known in state.obligations if known.id in state.legal_costs), state.currency
    )
    if charged + message.amount <= limit:
        return None
    return Refusal(
        RefusalCode.LEGAL_COST_OVER_LIMIT,
        f"legal costs of this account may come to {limit}, and {charged} are charged: have the rest reviewed",
    )


def _referral(situation: Situation) -> Referral:
    referral = situation.state.referral
    assert referral is not None, "an earlier check refuses a case without one"
    return referral


CHECKS: Checks = (
    ((events.ReferralDecided, events.ReferralStatusChanged), _is_known),
    (events.ReferralDecided, _decision),
    (events.ReferralStatusChanged, _status),
    (events.BalanceAdjusted, _legal_cost),
)
