"""Working out a plan that a case would agree to as things stand, or why it would agree to none of that shape."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.accept import refusal_of
from domain.agreement_terms import ArrangementTerms
from domain.agreements import arrangement_in_force
from domain.balance import balance_of
from domain.events import ArrangementAgreed, Instalment
from domain.localtime import local_date, zone_of
from domain.money import Money
from domain.names import AgreedBy, Id
from domain.plans import propose_plan
from domain.policy import Policy
from domain.refusals import Refusal, RefusalCode, Situation
from domain.state import CaseState

_NOT_SENT = "proposal"
"""The id of the message by which a proposal is judged: it never leaves this module."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A plan that adds up to `owed`. `agreed_by`: who may agree to it; `replaces`: the arrangement that gives way."""

    owed: Money
    instalments: tuple[Instalment, ...]
    agreed_by: tuple[AgreedBy, ...]
    replaces: Id | None


@dataclass(frozen=True, slots=True)
class Shape:
    """So many instalments from the day `first` on, of all that is outstanding or only of what is past due.

    Left out, the first comes one interval from today, or as late as the policy allows.
    """

    number: int
    first: date | None = None
    past_due_only: bool = False


def propose_arrangement(state: CaseState, policy: Policy, now: datetime, shape: Shape) -> Proposal | Refusal:
    """A plan of that shape which is accepted when it is agreed to at `now`: it is judged by the same checks.

    Bring the state up to date with what has accrued before.
    """
    proposal = divide_debt(state, policy, now, shape)
    if isinstance(proposal, Refusal):
        return proposal
    today = local_date(now, zone_of(state.zone))
    agreed = ArrangementAgreed(
        id=_NOT_SENT,
        instalments=proposal.instalments,
        agreed_by=proposal.agreed_by[0],
        replaces=proposal.replaces,
    )
    situation = Situation(state, policy, balance_of(state, policy.waterfall, today), today, now)
    return refusal_of(agreed, situation) or proposal


def divide_debt(state: CaseState, policy: Policy, now: datetime, shape: Shape) -> Proposal | Refusal:
    """A plan of that shape, whether or not the case would agree to one now."""
    terms, today = policy.arrangement, local_date(now, zone_of(state.zone))
    if terms is None:
        return Refusal(RefusalCode.ARRANGEMENT_NOT_OFFERED, "the policy of this case agrees to no plans")
    balance = balance_of(state, policy.waterfall, today)
    owed = balance.past_due if shape.past_due_only else balance.outstanding
    plan = _divided(owed, terms, policy, shape.number, shape.first or _first_day(terms, today))
    if isinstance(plan, Refusal):
        return plan
    in_force = arrangement_in_force(state)
    return Proposal(owed, plan, terms.agreed_by, None if in_force is None else in_force.id)


def _divided(
    owed: Money, terms: ArrangementTerms, policy: Policy, number: int, first: date
) -> tuple[Instalment, ...] | Refusal:
    if not owed:
        return Refusal(RefusalCode.ARRANGEMENT_DOES_NOT_ADD_UP, "nothing is owed that could be divided")
    if number > terms.instalments_max:
        limit = f"the policy accepts up to {terms.instalments_max} instalments"
        return Refusal(RefusalCode.ARRANGEMENT_TOO_MANY_INSTALMENTS, limit)
    least = policy.money(terms.minimum_instalment)
    try:
        return propose_plan(owed, terms=terms, least=least, number=number, first=first)
    except ValueError as error:
        return Refusal(RefusalCode.ARRANGEMENT_INSTALMENT_TOO_SMALL, str(error))


def _first_day(terms: ArrangementTerms, today: date) -> date:
    return today + timedelta(days=min(terms.first_within_days, terms.interval.days_max))
