"""Where a case's arrangement or settlement stands: what was paid of it, what comes next, and what was missed.

Payments count to the instalments in order, whatever day they come. What was paid is derived each time from the payments
that stand, so a payment that bounces takes back just the instalments that it had kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from domain.ageing import Pause, date_of_day
from domain.agreed import Arrangement, ArrangementStatus, Settlement, SettlementStatus
from domain.events import Instalment
from domain.money import Money
from domain.policy import Policy
from domain.state import CaseState


@dataclass(frozen=True, slots=True)
class Plan:
    """Instalments, and what was paid of them. `kept` counts those that are paid in full."""

    instalments: tuple[Instalment, ...]
    paid: Money

    @property
    def total(self) -> Money:
        return Money.total((instalment.amount for instalment in self.instalments), self.paid.currency)

    @property
    def kept(self) -> int:
        pool, kept = self.paid, 0
        for instalment in self.instalments:
            if pool < instalment.amount:
                break
            pool -= instalment.amount
            kept += 1
        return kept

    @property
    def is_paid(self) -> bool:
        return self.kept == len(self.instalments)

    @property
    def next(self) -> Instalment | None:
        """The first instalment that is not paid in full, with what is still to be paid of it."""
        if self.is_paid:
            return None
        before = Money.total((instalment.amount for instalment in self.instalments[: self.kept]), self.paid.currency)
        instalment = self.instalments[self.kept]
        return instalment.model_copy(update={"amount": instalment.amount - (self.paid - before)})

    def breaks_on(self, grace_days: int, pauses: Sequence[Pause]) -> date | None:
        """The day on which the next instalment counts as missed; None if it is put off, or there is none."""
        upcoming = self.next
        return None if upcoming is None else date_of_day(1, upcoming.due, grace_days, pauses)


def paid_since(state: CaseState, payments_before: int) -> Money:
    """The payments that stand, but for the first so many of the case."""
    later = state.payments[payments_before:]
    return Money.total((payment.amount for payment in later if payment.reversed_because is None), state.currency)


def arrangement_in_force(state: CaseState) -> Arrangement | None:
    return next((one for one in state.arrangements if one.status is ArrangementStatus.IN_FORCE), None)


def accepted_settlement(state: CaseState) -> Settlement | None:
    """The settlement that is accepted and being paid."""
    return next((one for one in state.settlements if one.status is SettlementStatus.ACCEPTED), None)


def open_offer(state: CaseState) -> Settlement | None:
    """The settlement that is offered and not answered."""
    return next((one for one in state.settlements if one.status is SettlementStatus.OFFERED), None)


def arrangement_is_kept(state: CaseState) -> bool:
    """Whether an arrangement or an accepted settlement is in force: it stops treatment, and recalls a referral."""
    return arrangement_in_force(state) is not None or accepted_settlement(state) is not None


def plan_of(state: CaseState, agreed: Arrangement | Settlement) -> Plan:
    """The plan of an arrangement or a settlement, as it is paid so far."""
    instalments = agreed.instalments if isinstance(agreed, Arrangement) else agreed.parts
    return Plan(instalments, paid_since(state, agreed.payments_before))


def written_off_by(settlement: Settlement, state: CaseState) -> Money | None:
    """What a completed settlement has written off; None when nothing of it stands."""
    return next((credit.amount for credit in state.credits if credit.id == settlement.id), None)


def charge_free_periods(state: CaseState, policy: Policy) -> tuple[Pause, ...]:
    """The days on which an agreement lets no interest and no fees arise: a settlement always, a plan by its policy."""
    terms = policy.arrangement
    plans = state.arrangements if terms is not None and terms.freezes_charges else ()
    planned = tuple(Pause(one.agreed_on, one.ended_on) for one in plans)
    settled = tuple(Pause(one.accepted_on, one.ended_on) for one in state.settlements if one.accepted_on is not None)
    return planned + settled


def charges_are_stopped(state: CaseState, policy: Policy, day: date) -> bool:
    """Whether an agreement lets no interest and no fees arise on a day."""
    periods = charge_free_periods(state, policy)
    return any(period.start <= day and (period.end is None or day < period.end) for period in periods)
