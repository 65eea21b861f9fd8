"""What a promise to pay means for the next step: silence while it is open, and its settlement."""

from __future__ import annotations

from datetime import timedelta

from domain.balance import paid_in_all
from domain.decision import SettlePromise, Wait
from domain.facts import Facts
from domain.localtime import start_of_day, with_offset_of
from domain.state import Promise, PromiseStatus


def settle_kept_promise(facts: Facts) -> SettlePromise | None:
    """A promise is kept as soon as its amount was paid since it was made; on which day does not matter."""
    for promise in _open_promises(facts):
        if paid_in_all(facts.state) - promise.paid_before >= promise.amount:
            return SettlePromise(promise=promise.id, kept=True)
    return None


def await_promise(facts: Facts) -> SettlePromise | Wait | None:
    """An open promise silences the case to the end of its day and grace; after that it is broken."""
    for promise in _open_promises(facts):
        broken_on = promise.due + timedelta(days=facts.policy.promise.grace_days + 1)
        if facts.today >= broken_on:
            return SettlePromise(promise=promise.id, kept=False)
        until = with_offset_of(facts.account_zone, start_of_day(broken_on, facts.account_zone))
        return Wait(until=until, reason=f"promise to pay {promise.amount} by {promise.due}")
    return None


def _open_promises(facts: Facts) -> list[Promise]:
    return [promise for promise in facts.state.promises if promise.status is PromiseStatus.OPEN]
