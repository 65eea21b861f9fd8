"""What speaks against promises, arrangements and settlements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

from domain import events
from domain.accepting.money import money_in_currency
from domain.agreed import ArrangementStatus
from domain.agreement_terms import ArrangementTerms
from domain.agreements import accepted_settlement, arrangement_in_force, open_offer
from domain.localtime import months_after
from domain.money import Money
from domain.refusals import Checks, Refusal, RefusalCode, Situation
from domain.settlements import is_meant_for, may_offer
from domain.state import PromiseStatus


def _promise(message: events.PromiseMade, situation: Situation) -> Refusal | None:
    terms = situation.policy.promise
    promises = situation.state.promises
    if any(promise.status is PromiseStatus.OPEN for promise in promises):
        return Refusal(RefusalCode.PROMISE_ALREADY_OPEN, "a promise is open: it must be kept or broken first")
    if arrangement_in_force(situation.state) is not None:
        return Refusal(RefusalCode.ARRANGEMENT_IN_FORCE, "an arrangement is in force: it says what is to be paid")
    if len(promises) >= terms.limit:
        return Refusal(RefusalCode.PROMISE_LIMIT_REACHED, f"the policy accepts {terms.limit} promises for a case")
    if message.due < situation.today:
        return Refusal(RefusalCode.PROMISE_DAY_PASSED, "the promised day has passed: send today or a later day")
    if message.due > situation.today + timedelta(days=terms.longest_days):
        return Refusal(RefusalCode.PROMISE_TOO_LATE, f"the policy accepts up to {terms.longest_days} days ahead")
    if message.amount > situation.balance.outstanding:
        return Refusal(
            RefusalCode.PROMISE_EXCEEDS_BALANCE, f"only {situation.balance.outstanding} is owed: promise at most that"
        )
    return None


def _not_while_settling(
    message: events.PromiseMade | events.ArrangementAgreed | events.SettlementAccepted, situation: Situation
) -> Refusal | None:
    if accepted_settlement(situation.state) is None:
        return None
    return Refusal(RefusalCode.SETTLEMENT_IN_FORCE, "a settlement was accepted: it must be paid, or lapse, first")


def _instalments_in_currency(
    message: events.ArrangementAgreed | events.SettlementAccepted, situation: Situation
) -> Refusal | None:
    if all(each.amount.currency == situation.state.currency for each in _instalments(message)):
        return None
    return Refusal(
        RefusalCode.CURRENCY_MISMATCH, f"this account is in {situation.state.currency}: send amounts in that currency"
    )


def _instalments_in_order(
    message: events.ArrangementAgreed | events.SettlementAccepted, situation: Situation
) -> Refusal | None:
    instalments = _instalments(message)
    if instalments and instalments[0].due < situation.today:
        return Refusal(RefusalCode.INSTALMENT_DAY_PASSED, "the first day has passed: send today or a later day")
    if any(later.due <= earlier.due for earlier, later in pairwise(instalments)):
        return Refusal(RefusalCode.INSTALMENTS_OUT_OF_ORDER, "each must be due later than the one before it")
    return None


def _instalments(message: events.ArrangementAgreed | events.SettlementAccepted) -> Sequence[events.Instalment]:
    return message.instalments if isinstance(message, events.ArrangementAgreed) else message.parts


def _arrangement_offered(message: events.ArrangementAgreed, situation: Situation) -> Refusal | None:
    terms = situation.policy.arrangement
    if terms is None:
        return Refusal(RefusalCode.ARRANGEMENT_NOT_OFFERED, "the policy of this case agrees to no plans")
    if message.agreed_by not in terms.agreed_by:
        named = " or ".join(terms.agreed_by)
        return Refusal(RefusalCode.ARRANGEMENT_NOT_BY_THEM, f"by this policy a plan is agreed by: {named}")
    return None


def _arrangement_replaces(message: events.ArrangementAgreed, situation: Situation) -> Refusal | None:
    terms = _terms(situation)
    earlier = [one for one in situation.state.arrangements if one.status is not ArrangementStatus.COMPLETED]
    in_force = arrangement_in_force(situation.state)
    if in_force is not None and message.replaces is None:
        return Refusal(
            RefusalCode.ARRANGEMENT_IN_FORCE, f"arrangement {in_force.id} is in force: name it in replaces to replan"
        )
    if message.replaces is not None and (not earlier or earlier[-1].id != message.replaces):
        return Refusal(RefusalCode.NO_SUCH_ARRANGEMENT, "replaces must name the arrangement in force, or broken last")
    if len(earlier) > terms.replans:
        return Refusal(RefusalCode.ARRANGEMENT_REPLANS_USED, f"the policy accepts {terms.replans} new plans for a case")
    return None


def _arrangement_within_limits(message: events.ArrangementAgreed, situation: Situation) -> Refusal | None:
    terms, plan, today = _terms(situation), message.instalments, situation.today
    least = situation.policy.money(terms.minimum_instalment)
    if len(plan) > terms.instalments_max:
        limit = f"the policy accepts up to {terms.instalments_max} instalments"
        return Refusal(RefusalCode.ARRANGEMENT_TOO_MANY_INSTALMENTS, limit)
    if any(instalment.amount < least for instalment in plan[:-1]):
        limit = f"the policy accepts instalments of {least} or more; only the last may be smaller"
        return Refusal(RefusalCode.ARRANGEMENT_INSTALMENT_TOO_SMALL, limit)
    if plan[0].due > today + timedelta(days=terms.first_within_days):
        limit = f"the policy accepts a first instalment up to {terms.first_within_days} days ahead"
        return Refusal(RefusalCode.ARRANGEMENT_FIRST_TOO_LATE, limit)
    if plan[-1].due > months_after(today, terms.longest_months):
        limit = f"the policy accepts plans of up to {terms.longest_months} months"
        return Refusal(RefusalCode.ARRANGEMENT_TOO_LONG, limit)
    if any((later.due - earlier.due).days > terms.interval.days_max for earlier, later in pairwise(plan)):
        limit = f"the policy accepts at most a {terms.interval} from one instalment to the next"
        return Refusal(RefusalCode.ARRANGEMENT_GAP_TOO_LONG, limit)
    return None


def _arrangement_adds_up(message: events.ArrangementAgreed, situation: Situation) -> Refusal | None:
    balance = situation.balance
    total = sum(instalment.amount.minor for instalment in message.instalments)
    if total in {balance.outstanding.minor, balance.past_due.minor}:
        return None
    return Refusal(
        RefusalCode.ARRANGEMENT_DOES_NOT_ADD_UP,
        f"the instalments must add up to what is outstanding ({balance.outstanding}) or past due ({balance.past_due})",
    )


def _terms(situation: Situation) -> ArrangementTerms:
    terms = situation.policy.arrangement
    assert terms is not None, "asked before"
    return terms


def _request(message: events.SettlementRequested, situation: Situation) -> Refusal | None:
    terms = situation.policy.settlement
    offer = None if terms is None else terms.offer(message.offer)
    if offer is None:
        return Refusal(RefusalCode.NO_SUCH_OFFER, "the policy of this case has no settlement offer of that id")
    if not may_offer(situation.state, situation.today):
        return Refusal(
            RefusalCode.OFFER_NOT_POSSIBLE,
            "nothing can be offered now: another offer or agreement is open, or a hold or a referral is in force",
        )
    if not is_meant_for(offer, situation.balance, situation.policy):
        return Refusal(RefusalCode.OFFER_NOT_FOR_THIS_BALANCE, "what is outstanding is outside the offer's bounds")
    return None


def _acceptance(message: events.SettlementAccepted, situation: Situation) -> Refusal | None:
    terms, offered = situation.policy.settlement, open_offer(situation.state)
    offer = None if terms is None else terms.offer(message.offer)
    if offer is None:
        return Refusal(RefusalCode.NO_SUCH_OFFER, "the policy of this case has no settlement offer of that id")
    if offered is None or offered.offer != message.offer or situation.today > offered.expires_on:
        return Refusal(RefusalCode.OFFER_NOT_OPEN, "that offer was not made, was accepted, or has ended")
    parts = message.parts
    if len(parts) > offer.parts_max:
        return Refusal(RefusalCode.SETTLEMENT_TOO_MANY_PARTS, f"the offer may be paid in up to {offer.parts_max} parts")
    last_day = max(offered.expires_on, situation.today + timedelta(days=offer.parts_within_days))
    if parts and parts[-1].due > last_day:
        return Refusal(RefusalCode.SETTLEMENT_TOO_LONG, f"the last part must be due by {last_day}")
    if parts and Money(sum(part.amount.minor for part in parts), situation.state.currency) != offered.amount:
        return Refusal(RefusalCode.SETTLEMENT_DOES_NOT_ADD_UP, f"the parts must add up to {offered.amount}")
    return None


CHECKS: Checks = (
    (events.PromiseMade, money_in_currency),
    ((events.PromiseMade, events.ArrangementAgreed, events.SettlementAccepted), _not_while_settling),
    (events.PromiseMade, _promise),
    ((events.ArrangementAgreed, events.SettlementAccepted), _instalments_in_currency),
    ((events.ArrangementAgreed, events.SettlementAccepted), _instalments_in_order),
    (events.ArrangementAgreed, _arrangement_offered),
    (events.ArrangementAgreed, _arrangement_replaces),
    (events.ArrangementAgreed, _arrangement_within_limits),
    (events.ArrangementAgreed, _arrangement_adds_up),
    (events.SettlementRequested, _request),
    (events.SettlementAccepted, _acceptance),
)
