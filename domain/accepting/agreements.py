"""What speaks against a promise."""

from __future__ import annotations

from datetime import timedelta

from domain import events
from domain.accepting.money import money_in_currency
from domain.refusals import Checks, Refusal, RefusalCode, Situation
from domain.state import PromiseStatus


def _promise(message: events.PromiseMade, situation: Situation) -> Refusal | None:
    terms = situation.policy.promise
    promises = situation.state.promises
    if any(promise.status is PromiseStatus.OPEN for promise in promises):
        return Refusal(RefusalCode.PROMISE_ALREADY_OPEN, "a promise is open: it must be kept or broken first")
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


CHECKS: Checks = (
    (events.PromiseMade, money_in_currency),
    (events.PromiseMade, _promise),
)
