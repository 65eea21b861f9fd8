"""Settlements that are offered, completed, or lapse by themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime

from domain import events
from domain.ageing import hold_pauses
from domain.agreed import Settlement, SettlementStatus
from domain.agreements import accepted_settlement, open_offer, plan_of, written_off_by
from domain.balance import balance_of, total_charged, total_settling
from domain.compliance.model import RulePack
from domain.events import SettlementLapse
from domain.follow_up import FollowUp
from domain.localtime import ONE_DAY, local_date, next_inside, start_of_day, zone_of
from domain.money import Money
from domain.policy import Policy
from domain.settlements import day_of_offer, is_meant_for, may_offer, offer_of
from domain.state import CaseState, CaseStatus


def end_settlement(state: CaseState, policy: Policy, packs: Sequence[RulePack], now: datetime) -> Iterator[FollowUp]:
    """Completed once its amount is paid; lapsed when it is not accepted, a part is missed, or a payment bounces."""
    yield from _revive(state, now)
    if state.status is CaseStatus.CLOSED or state.recalled:
        return
    offered, accepted, terms = open_offer(state), accepted_settlement(state), policy.settlement
    zone = zone_of(state.zone)
    if offered is not None:
        at = start_of_day(offered.expires_on + ONE_DAY, zone)
        yield _lapse(offered, at, "the offer to settle ends", SettlementLapse.NOT_ACCEPTED)
    if accepted is None or terms is None:
        return
    plan = plan_of(state, accepted)
    outstanding = balance_of(state, policy.waterfall, local_date(now, zone)).outstanding
    if plan.is_paid or not outstanding:
        completed = events.SettlementCompleted(settlement=accepted.id, written_off=min(accepted.forgiven, outstanding))
        yield FollowUp(at=now, reason="the settlement is paid", events=(completed,))
        return
    breaks_on = plan.breaks_on(terms.grace_days, hold_pauses(state))
    if breaks_on is not None:
        at = start_of_day(breaks_on, zone)
        yield _lapse(accepted, at, "a part of the settlement is missing", SettlementLapse.PART_MISSED, since=breaks_on)


def _revive(state: CaseState, now: datetime) -> Iterator[FollowUp]:
    """A settlement that was paid by a payment that did not stand was not paid: what it wrote off is owed again.

    Also after the case has closed, whoever has it then. Where that leaves something owed that the payment alone did
    not, because a credit came after the closing, the case is open again, unless the lender has taken it back.
    """
    for settlement in state.settlements:
        written_off = written_off_by(settlement, state)
        is_paid = plan_of(state, settlement).is_paid
        if settlement.status is SettlementStatus.COMPLETED and written_off is not None and not is_paid:
            why = "a payment of the settlement did not stand"
            lapse = _lapse(settlement, now, why, SettlementLapse.PAYMENT_REVERSED, written_off)
            is_owed = total_charged(state) + written_off > total_settling(state)
            is_given_up = state.status is CaseStatus.CLOSED and not state.recalled
            yield replace(lapse, events=(*lapse.events, events.CaseReopened())) if is_owed and is_given_up else lapse


def _lapse(
    settlement: Settlement,
    at: datetime,
    reason: str,
    because: SettlementLapse,
    revived: Money | None = None,
    since: date | None = None,
) -> FollowUp:
    lapsed = events.SettlementLapsed(settlement=settlement.id, because=because, revived=revived, since=since)
    return FollowUp(at=at, reason=reason, events=(lapsed,))


def offer_settlement(state: CaseState, policy: Policy, packs: Sequence[RulePack], now: datetime) -> Iterator[FollowUp]:
    """What an agent asked for, at once; else each offer when the policy's window opens on its day."""
    zone = zone_of(state.zone)
    today = local_date(now, zone)
    terms = policy.settlement
    if terms is None or not may_offer(state, today):
        return
    balance = balance_of(state, policy.waterfall, today)
    requested = None if state.settlement_requested is None else terms.offer(state.settlement_requested)
    if requested is not None and is_meant_for(requested, balance, policy):
        offered = offer_of(requested, state, balance, today)
        yield FollowUp(at=now, reason=f"offer {requested.id}", events=(offered,))
        return
    for offer in terms.offers:
        day = day_of_offer(offer, state, policy, balance, today)
        if day is not None:
            window = policy.window
            at = max(now, next_inside(window.start, window.end, zone, start_of_day(day, zone)))
            offered = offer_of(offer, state, balance, local_date(at, zone))
            yield FollowUp(at=at, reason=f"offer {offer.id}", events=(offered,))
