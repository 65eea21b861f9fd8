"""What interest and late fees come to by a day: an exact function of the facts, however often it is asked.

The account is gone through from one day on which something changes to the next. On each of them the money that had
come by then is poured over what was owed by then, charges included, and the principal that is left past due bears
interest until the next. So a payment that is reversed leaves no trace, and neither does when anybody looked.

Interest is one charge for each period between two arrivals of money, due on the first day past due that it counts. What
is past due then is unpaid, so whatever grows behind it takes back nothing that money had settled before. Sums are exact
fractions; of the total a fraction of a minor unit is never charged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise

from domain.ageing import Pause, date_of_day
from domain.agreements import charge_free_periods, charges_are_stopped
from domain.balance import Balance, settle
from domain.charge_terms import InterestTerms, LateFeeTerms
from domain.holds import charges_are_frozen
from domain.identifiers import interest_id, late_fee_id
from domain.localtime import ONE_DAY
from domain.money import MINOR_UNITS_MAX, Money
from domain.names import Component
from domain.policy import Policy
from domain.rate_caps import BindingCap, lowest_daily_rate
from domain.registration import case_id_of
from domain.state import CaseState, Obligation, ObligationOrigin


@dataclass(frozen=True, slots=True)
class Charges:
    """Everything that is to be charged by a day, by the facts that are known."""

    interest: tuple[Obligation, ...]
    late_fees: tuple[Obligation, ...]


def charges_until(state: CaseState, policy: Policy, caps: Sequence[BindingCap], until: date) -> Charges:
    """What interest and late fees have to be when the days before `until` are over. `until` itself bears none yet."""
    if state.opened_on is None or (policy.interest is None and policy.late_fee is None):
        return Charges((), ())
    accrual = _Accrual(state, policy, caps, state.opened_on, until)
    accrual.run()
    return Charges(tuple(accrual.interest), tuple(accrual.late_fees))


def late_fee_days(
    state: CaseState, policy: Policy, terms: LateFeeTerms, since: date
) -> Mapping[date, tuple[Obligation, ...]]:
    """The days on which obligations have been past due for long enough, and on which nothing is frozen.

    Days before `since`, when the case was opened, were the lender's own. None comes while charges are frozen without a
    known end, by a hold or by a plan or settlement that is kept.
    """
    found: dict[date, tuple[Obligation, ...]] = {}
    frozen = tuple(_frozen_periods(state, policy))
    for obligation in _principal(state):
        day = date_of_day(terms.after_day, obligation.due, 0, frozen)
        while day is not None and any(
            pause.start <= day and (pause.end is None or day < pause.end) for pause in frozen
        ):
            day = next((pause.end for pause in frozen if pause.start <= day < (pause.end or date.max)), None)
        if day is not None and day > since:
            found[day] = (*found.get(day, ()), obligation)
    return found


def _principal(state: CaseState) -> Iterator[Obligation]:
    for obligation in state.obligations:
        if obligation.origin is ObligationOrigin.LENDER and obligation.component is Component.PRINCIPAL:
            yield obligation


def _frozen_periods(state: CaseState, policy: Policy) -> Iterator[Pause]:
    """The periods in which charges are frozen or stopped, or the case was closed, one after the other."""
    edges = {edge for hold in state.holds for edge in (hold.placed_on, hold.ends_on) if edge is not None}
    edges |= {edge for idle in state.idle for edge in (idle.since, idle.until)}
    edges |= {
        edge for each in charge_free_periods(state, policy) for edge in (each.start, each.end) if edge is not None
    }
    for start, end in pairwise([*sorted(edges), None]):
        assert start is not None, "only the last edge is open"
        if _is_frozen(state, policy, start) and (end is None or start < end):
            yield Pause(start, end)


def _is_frozen(state: CaseState, policy: Policy, day: date) -> bool:
    if charges_are_frozen(state, day) or charges_are_stopped(state, policy, day):
        return True
    return any(idle.since <= day < idle.until for idle in state.idle)


class _Accrual:
    """One run over the days of an account."""

    def __init__(self, state: CaseState, policy: Policy, caps: Sequence[BindingCap], since: date, until: date) -> None:
        self._state = state
        self._policy = policy
        self._caps = caps
        self._since = since
        self._until = until
        self._case_id = case_id_of(state.lender, state.account)
        self._placed = [each for each in state.obligations if each.origin is ObligationOrigin.LENDER]
        self._bearing = {each.id for each in _principal(state)}
        self._room = MINOR_UNITS_MAX - sum(each.amount.minor for each in self._placed)
        self._money = [(payment.on, payment.amount) for payment in state.payments if payment.reversed_because is None]
        self._money += [(credit.on, credit.amount) for credit in state.credits]
        self._fee_days = {} if policy.late_fee is None else late_fee_days(state, policy, policy.late_fee, since)
        self._accrued = Fraction(0)
        self._allowed = Fraction(0)
        self._charged = 0
        self._period_started_on: date | None = None
        self.interest: list[Obligation] = []
        self.late_fees: list[Obligation] = []

    def run(self) -> None:
        for start, end in pairwise(self._days_of_change()):
            self._charge_late_fees(start)
            if any(on == start for on, _ in self._money):
                self._end_period()
            self._bear_interest(start, end)
        self._charge_late_fees(self._until)
        self._end_period()

    def _days_of_change(self) -> list[date]:
        """Every day on which what is owed, what is frozen or a rate may become another."""
        days = {self._since, max(self._since, self._until), *self._fee_days}
        days |= {on for on, _ in self._money} | {each.due for each in self._placed}
        days |= {
            edge
            for pause in _frozen_periods(self._state, self._policy)
            for edge in (pause.start, pause.end)
            if edge is not None
        }
        days |= {edge for cap in self._caps for edge in (cap.since, cap.until) if edge is not None}
        return sorted(day for day in days if self._since <= day <= self._until)

    def _bear_interest(self, start: date, end: date) -> None:
        """The days `[start, end)`, on which nothing changes. Money that came on `start` counts for it."""
        terms = self._policy.interest
        if _is_frozen(self._state, self._policy, start):
            return
        balance = self._balance(start)
        base = sum(
            each.remaining.minor
            for each in balance.allocations
            if each.obligation.due <= start and each.obligation.id in self._bearing
        )
        if not base:
            return
        borne = base * (end - start).days
        fee_cap = lowest_daily_rate(self._caps, start, covering_fees=True)
        self._allowed += borne * (fee_cap or 0)
        if terms is not None:
            if self._period_started_on is None:
                self._period_started_on = start
            self._accrued += borne * self._rate(terms, start)

    def _rate(self, terms: InterestTerms, day: date) -> Fraction:
        cap = lowest_daily_rate(self._caps, day)
        return terms.daily_rate if cap is None else min(terms.daily_rate, cap)

    def _end_period(self) -> None:
        """Make a charge of what was accrued since the last one."""
        started_on, self._period_started_on = self._period_started_on, None
        if started_on is None:
            return
        charged = sum(each.amount.minor for each in self.interest)
        amount = self._within_room(int(self._accrued) - charged)
        if amount > 0:
            charge = Obligation(
                id=interest_id(self._case_id, started_on),
                amount=Money(amount, self._state.currency),
                due=started_on + ONE_DAY,
                component=Component.INTEREST,
                origin=ObligationOrigin.INTEREST,
            )
            self._charged += amount
            self.interest.append(charge)

    def _charge_late_fees(self, day: date) -> None:
        """The fees of a day, for what was still unpaid when it began."""
        terms = self._policy.late_fee
        missed = self._fee_days.get(day, ())
        if terms is None or not missed:
            return
        unpaid = {each.obligation.id: each.remaining for each in self._balance(day - ONE_DAY).open}
        for obligation in missed:
            if obligation.id not in unpaid:
                continue
            amount = self._within_room(self._within_cap(terms.fee_on(unpaid[obligation.id]), day))
            if amount > 0:
                charge = Obligation(
                    id=late_fee_id(self._case_id, obligation.id),
                    amount=Money(amount, self._state.currency),
                    due=day,
                    component=Component.FEE,
                    origin=ObligationOrigin.LATE_FEE,
                )
                self._charged += amount
                self.late_fees.append(charge)

    def _within_cap(self, fee: int, day: date) -> int:
        """No more than a cap that covers fees leaves beside the interest, all days so far together."""
        if lowest_daily_rate(self._caps, day, covering_fees=True) is None:
            return fee
        fees = sum(each.amount.minor for each in self.late_fees)
        return min(fee, int(self._allowed - self._accrued) - fees)

    def _within_room(self, amount: int) -> int:
        """Totals stay integers that every part of the system can hold, whatever the rate."""
        return min(amount, self._room - self._charged)

    def _balance(self, day: date) -> Balance:
        """What was settled of each obligation at the end of a day."""
        came = Money.total((amount for on, amount in self._money if on <= day), self._state.currency)
        owed = [*self._placed, *self.interest, *self.late_fees]
        return settle(owed, came, self._policy.waterfall, day)
