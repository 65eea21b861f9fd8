"""Charging what has accrued: journaled whenever a case has a turn, and on the own day of a late fee."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from domain.accrual import charges_until, late_fee_days
from domain.balance import balance_of
from domain.compliance.model import RulePack
from domain.events import AnyOccurrence, Entry, InterestCharged, LateFeeCharged, PeriodInterest
from domain.evolve import evolve
from domain.follow_up import FollowUp
from domain.identifiers import late_fee_id
from domain.localtime import local_date, start_of_day, with_offset_of, zone_of
from domain.money import Money
from domain.policy import Policy
from domain.rate_caps import caps_of
from domain.registration import case_id_of
from domain.state import CaseState, CaseStatus, Obligation, ObligationOrigin


def charges_due(state: CaseState, policy: Policy, packs: Sequence[RulePack], now: datetime) -> tuple[Entry, ...]:
    """What brings interest and late fees up to date: nothing when they are, or while the case is closed or recalled.

    Journaled once and asked again at the same instant, there is nothing more to charge.
    """
    charges_nothing = policy.interest is None and policy.late_fee is None
    if charges_nothing or state.status is CaseStatus.CLOSED or state.recalled:
        return ()
    today = local_date(now, zone_of(state.zone))
    return tuple(Entry(at=now, event=event) for event in _charge_events(state, policy, packs, today))


def brought_up_to_date(state: CaseState, policy: Policy, packs: Sequence[RulePack], now: datetime) -> CaseState:
    """The case with what has accrued by now."""
    for entry in charges_due(state, policy, packs, now):
        state = evolve(state, entry)
    return state


def charge_late_fees(state: CaseState, policy: Policy, packs: Sequence[RulePack], now: datetime) -> Iterator[FollowUp]:
    """The next day on which a late fee is charged if nothing is paid until then."""
    terms, zone = policy.late_fee, zone_of(state.zone)
    if terms is None or state.opened_on is None or state.status is CaseStatus.CLOSED or state.recalled:
        return
    today = local_date(now, zone)
    unpaid = {each.obligation.id for each in balance_of(state, policy.waterfall, today).open}
    missed = late_fee_days(state, policy, terms, state.opened_on)
    days = (day for day, each in missed.items() if day > today and any(one.id in unpaid for one in each))
    day = min(days, default=None)
    if day is not None:
        yield FollowUp(
            at=with_offset_of(zone, start_of_day(day, zone)),
            reason="a late fee is charged",
            events=tuple(_charge_events(state, policy, packs, day)),
        )


def _charge_events(state: CaseState, policy: Policy, packs: Sequence[RulePack], today: date) -> Iterator[AnyOccurrence]:
    """The differences between what is charged and what should be. A day that was counted stays counted."""
    until = max(today, state.charged_until or today)
    wanted = charges_until(state, policy, caps_of(packs, policy.collector), until)
    if policy.interest is not None:
        periods = tuple(
            PeriodInterest(charge=charge.id, due=charge.due, amount=amount)
            for charge, amount in _changes(_charged(state, ObligationOrigin.INTEREST), wanted.interest)
        )
        if periods:
            total = Money.total((period.amount for period in periods), state.currency)
            yield InterestCharged(until=until, amount=total, periods=periods)
    if policy.late_fee is not None:
        case_id = case_id_of(state.lender, state.account)
        missed = {late_fee_id(case_id, each.id): each.id for each in state.obligations}
        for charge, amount in _changes(_charged(state, ObligationOrigin.LATE_FEE), wanted.late_fees):
            yield LateFeeCharged(obligation=missed[charge.id], charge=charge.id, due=charge.due, amount=amount)


def _charged(state: CaseState, origin: ObligationOrigin) -> tuple[Obligation, ...]:
    return tuple(obligation for obligation in state.obligations if obligation.origin is origin)


def _changes(charged: Sequence[Obligation], wanted: Sequence[Obligation]) -> Iterator[tuple[Obligation, Money]]:
    """Each charge that has to become another, and by how much. One that was due on another day is taken back first."""
    before = {charge.id: charge for charge in charged}
    after = {charge.id: charge for charge in wanted}
    for name in dict.fromkeys((*before, *after)):
        known, charge = before.get(name), after.get(name)
        if known is not None and (charge is None or known.due != charge.due):
            yield known, -known.amount
            known = None
        if charge is not None and known != charge:
            yield charge, charge.amount if known is None else charge.amount - known.amount
