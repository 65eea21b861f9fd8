"""What people do with what the case says at that moment: take the plan that is offered, pay what is due, finish work.

Such an act has no payload until it is done, because nobody can write down amounts and ids before they are known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from domain.agreements import accepted_settlement, arrangement_in_force, open_offer, plan_of
from domain.balance import balance_of
from domain.casework import receive
from domain.charging import brought_up_to_date
from domain.events import Instalment, WorkKind, WorkOutcome
from domain.localtime import local_date, months_after, zone_of
from domain.money import Money
from domain.names import Outcome
from domain.proposals import Shape, divide_debt
from domain.refusals import Refusal
from domain.state import CaseState, PromiseStatus
from simulation.life import Lifetime
from simulation.raw import raw_money
from simulation.story import Act, ActKind, RawMessage


@dataclass(frozen=True, slots=True)
class _Seen:
    """The case as whoever acts sees it: with what has accrued, and with what was accepted and is not applied yet."""

    act: Act
    life: Lifetime
    state: CaseState


def message_of(act: Act, life: Lifetime) -> RawMessage | None:
    """The message that the act comes to now; None when there is nothing to act on."""
    state = brought_up_to_date(life.state, life.policy, life.packs, life.now)
    seen = _Seen(act, life, receive(state, life.inbox, life.policy, life.now).state)
    said = _MESSAGES[act.kind](seen)
    return None if said is None else (said[0], {"id": act.id, **said[1]})


Said = tuple[str, dict[str, Any]] | None


def _agree(seen: _Seen) -> Said:
    """To the plan that is proposed, in the place of the one in force."""
    plan = divide_debt(seen.state, seen.life.policy, seen.life.now, Shape(seen.act.number))
    if isinstance(plan, Refusal):
        return None
    payload = {"instalments": _raw(plan.instalments), "agreed_by": plan.agreed_by[-1].value}
    return "arrangement_agreed", payload | ({"replaces": plan.replaces} if plan.replaces else {})


def _ask_for_offer(seen: _Seen) -> Said:
    terms = seen.life.policy.settlement
    return None if terms is None else ("settlement_requested", {"offer": terms.offers[0].id})


def _accept_offer(seen: _Seen) -> Said:
    """In so many monthly parts, the last as late as that comes to."""
    offer, zone = open_offer(seen.state), zone_of(seen.state.zone)
    if offer is None:
        return None
    today, number = local_date(seen.life.now, zone), seen.act.number
    parts = tuple(
        Instalment(due=months_after(today, at), amount=amount)
        for at, amount in enumerate(offer.amount.split([1] * number))
    )
    return "settlement_accepted", {"offer": offer.offer, **({"parts": _raw(parts)} if number > 1 else {})}


def _promise(seen: _Seen) -> Said:
    outstanding, today = _outstanding(seen), local_date(seen.life.now, zone_of(seen.state.zone))
    if not outstanding:
        return None
    due = today + timedelta(days=seen.act.number)
    return "promise_made", {"amount": raw_money(outstanding.split((1, 1))[0]), "due": due.isoformat()}


def _pay_what_is_agreed(seen: _Seen) -> Said:
    """The next instalment or part, else what is promised."""
    state = seen.state
    agreed = arrangement_in_force(state) or accepted_settlement(state)
    if agreed is not None:
        upcoming = plan_of(state, agreed).next
        return None if upcoming is None else _payment(upcoming.amount)
    promised = next((each.amount for each in state.promises if each.status is PromiseStatus.OPEN), None)
    return None if promised is None else _payment(promised)


def _pay_everything(seen: _Seen) -> Said:
    outstanding = _outstanding(seen)
    return _payment(outstanding) if outstanding else None


def _outstanding(seen: _Seen) -> Money:
    today = local_date(seen.life.now, zone_of(seen.state.zone))
    return balance_of(seen.state, seen.life.policy.waterfall, today).outstanding


def _payment(amount: Money) -> Said:
    return "payment_received", {"amount": raw_money(amount)}


_DECISIONS = (WorkOutcome.UPHELD, WorkOutcome.REJECTED)
_CALLS = (
    (WorkOutcome.REACHED, Outcome.CONVERSATION),
    (WorkOutcome.NOT_REACHED, Outcome.NO_ANSWER),
    (WorkOutcome.NOT_REACHED, Outcome.VOICEMAIL),
    (WorkOutcome.NOT_NEEDED, None),
)


def _finish_work(seen: _Seen) -> Said:
    """The most urgent item, one way or the other."""
    item = min(seen.state.work, key=lambda each: (each.priority, each.id), default=None)
    if item is None:
        return None
    number, call = seen.act.number, None
    outcome = WorkOutcome.DONE
    if item.work is WorkKind.CALL:
        outcome, call = _CALLS[number % len(_CALLS)]
    elif item.work in {WorkKind.DISPUTE, WorkKind.ALREADY_PAID}:
        outcome = _DECISIONS[number % len(_DECISIONS)]
    payload = {"item": item.id, "outcome": outcome.value, "completed_by": "staff-7"}
    return "work_item_completed", payload | ({"call": call.value} if call is not None else {})


def _decide_dispute(seen: _Seen) -> Said:
    waiting = [each for each in seen.state.disputes if each.outcome is None and each.repeats is None]
    if not waiting:
        return None
    outcome = _DECISIONS[seen.act.number % len(_DECISIONS)].value
    return "dispute_resolved", {"dispute": waiting[0].id, "outcome": outcome}


_ANSWERS = ("upheld", "partly_upheld", "rejected", "withdrawn")


def _answer_complaint(seen: _Seen) -> Said:
    waiting = [each for each in seen.state.complaints if each.outcome is None]
    if not waiting:
        return None
    return "complaint_resolved", {"complaint": waiting[0].id, "outcome": _ANSWERS[seen.act.number % len(_ANSWERS)]}


def _take_back_payment(seen: _Seen) -> Said:
    """The latest payment that stands does so no more."""
    standing = [each for each in seen.state.payments if each.reversed_because is None]
    return ("payment_reversed", {"payment": standing[-1].id, "reason": "bounced"}) if standing else None


def _raw(instalments: tuple[Instalment, ...]) -> list[dict[str, Any]]:
    return [{"due": each.due.isoformat(), "amount": raw_money(each.amount)} for each in instalments]


_MESSAGES: Mapping[ActKind, Callable[[_Seen], Said]] = {
    ActKind.AGREE: _agree,
    ActKind.ASK_FOR_OFFER: _ask_for_offer,
    ActKind.ACCEPT_OFFER: _accept_offer,
    ActKind.PROMISE: _promise,
    ActKind.PAY_WHAT_IS_AGREED: _pay_what_is_agreed,
    ActKind.PAY_EVERYTHING: _pay_everything,
    ActKind.TAKE_BACK_PAYMENT: _take_back_payment,
    ActKind.FINISH_WORK: _finish_work,
    ActKind.DECIDE_DISPUTE: _decide_dispute,
    ActKind.ANSWER_COMPLAINT: _answer_complaint,
}
