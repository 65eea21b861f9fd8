"""Which settlement the policy offers now, what it comes to, and the message that makes the offer known."""

from __future__ import annotations

from datetime import date, timedelta

from domain.ageing import date_of_day, pauses_of, treatment_day
from domain.agreement_terms import SettlementOffer
from domain.agreements import arrangement_is_kept, open_offer
from domain.balance import Balance
from domain.decision import Contact, Suppress, Wait
from domain.events import SettlementOffered
from domain.facts import Facts
from domain.holds import contact_is_stopped, holds_on
from domain.identifiers import settlement_id
from domain.localtime import ONE_DAY
from domain.money import Money
from domain.notices import Notice, plan_notice
from domain.policy import Policy
from domain.registration import case_id_of
from domain.state import CaseState, CaseStatus, PromiseStatus


def may_offer(state: CaseState, today: date) -> bool:
    """Whether the case is treated at all now, and nothing else is agreed or offered."""
    referral = state.referral
    return (
        state.status is CaseStatus.OPEN
        and not state.recalled
        and not holds_on(state, today)
        and not arrangement_is_kept(state)
        and open_offer(state) is None
        and all(promise.status is not PromiseStatus.OPEN for promise in state.promises)
        and (referral is None or referral.status.is_final)
    )


def day_of_offer(
    offer: SettlementOffer, state: CaseState, policy: Policy, balance: Balance, today: date
) -> date | None:
    """The day on which it is offered by itself, today or later; None if it never is, as things stand.

    By itself each is offered once in the life of a case, to those whose balance it is meant for.
    """
    oldest = balance.oldest_unpaid
    if oldest is None or offer.on_request_only or not is_meant_for(offer, balance, policy):
        return None
    if any(settlement.offer == offer.id for settlement in state.settlements):
        return None
    pauses = pauses_of(state)
    if treatment_day(oldest.due, today, policy.grace_days, pauses) > offer.until_day:
        return None
    return date_of_day(offer.from_day, oldest.due, policy.grace_days, pauses)


def is_meant_for(offer: SettlementOffer, balance: Balance, policy: Policy) -> bool:
    """Whether what is outstanding is within the offer's bounds."""
    least, most = offer.outstanding_at_least, offer.outstanding_at_most
    return (
        bool(balance.outstanding)
        and (least is None or balance.outstanding >= policy.money(least))
        and (most is None or balance.outstanding <= policy.money(most))
        and bool(_amount(offer, balance))
    )


def offer_of(offer: SettlementOffer, state: CaseState, balance: Balance, today: date) -> SettlementOffered:
    """The offer in figures. Its share and the rest add up to what is outstanding, to the last minor unit."""
    number = len(state.settlements) + 1
    return SettlementOffered(
        settlement=settlement_id(case_id_of(state.lender, state.account), number),
        offer=offer.id,
        amount=_amount(offer, balance),
        outstanding=balance.outstanding,
        expires_on=today + timedelta(days=offer.valid_days),
    )


def make_offer_known(facts: Facts) -> Contact | Suppress | Wait | None:
    """The message about the offer that is open, at once, while it can still be accepted."""
    settlement, terms = open_offer(facts.state), facts.policy.settlement
    offer = None if settlement is None or terms is None else terms.offer(settlement.offer)
    if settlement is None or offer is None or contact_is_stopped(facts.state, facts.today):
        return None
    notice = Notice(
        step=offer.step,
        about=settlement.id,
        template=offer.template,
        channels=offer.channels,
        on=settlement.offered_on,
        before=settlement.expires_on + ONE_DAY,
        reason=f"offer to settle for {settlement.amount} until {settlement.expires_on}",
    )
    return plan_notice(notice, facts)


def _amount(offer: SettlementOffer, balance: Balance) -> Money:
    return balance.outstanding.split((offer.percent, 100 - offer.percent))[0]
