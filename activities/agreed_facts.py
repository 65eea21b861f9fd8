"""From a case to what a message says of the agreement that it lives under, and of the offer that it has."""

from __future__ import annotations

from domain.agreements import accepted_settlement, arrangement_in_force, open_offer, plan_of
from domain.balance import paid_in_all
from domain.events import Instalment
from domain.messaging import AgreedFacts, AgreedPayment, OfferFacts
from domain.money import Money
from domain.state import CaseState, Promise, PromiseStatus


def agreed_facts(state: CaseState) -> AgreedFacts | None:
    """What is in force and not paid in full; a promise is one payment. None: nothing was agreed."""
    settlement = accepted_settlement(state)
    agreed = settlement or arrangement_in_force(state)
    if agreed is None:
        promise = next((one for one in state.promises if one.status is PromiseStatus.OPEN), None)
        return None if promise is None else _promised(promise, state)
    plan = plan_of(state, agreed)
    upcoming = plan.next
    if upcoming is None:
        return None
    return AgreedFacts(
        payment=upcoming.amount,
        due=upcoming.due,
        number=plan.kept + 1,
        count=len(plan.instalments),
        total=plan.total,
        forgiven=Money.zero(state.currency) if settlement is None else settlement.forgiven,
        payments=tuple(map(_payment, plan.instalments)),
    )


def offer_facts(state: CaseState) -> OfferFacts | None:
    """The settlement that is offered and can still be accepted."""
    offered = open_offer(state)
    return None if offered is None else OfferFacts(offered.amount, offered.forgiven, offered.expires_on)


def _promised(promise: Promise, state: CaseState) -> AgreedFacts | None:
    """The rest of it, where part has come already."""
    rest = promise.amount - (paid_in_all(state) - promise.paid_before)
    if rest.minor <= 0:
        return None
    return AgreedFacts(
        payment=rest,
        due=promise.due,
        number=1,
        count=1,
        total=promise.amount,
        forgiven=Money.zero(state.currency),
        payments=(AgreedPayment(promise.due, promise.amount),),
    )


def _payment(instalment: Instalment) -> AgreedPayment:
    return AgreedPayment(instalment.due, instalment.amount)
