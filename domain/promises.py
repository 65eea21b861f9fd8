"""What a promise to pay means for the next step: silence while it is open, a reminder, and its settlement."""

from __future__ import annotations

from datetime import date, timedelta

from domain.agreement_terms import PROMISE_REMINDER_STEP
from domain.balance import paid_in_all
from domain.decision import Contact, SettlePromise, Suppress, Wait
from domain.facts import Facts
from domain.localtime import ONE_DAY, start_of_day, with_offset_of
from domain.money import Money
from domain.notices import Notice, earliest_of, plan_notice
from domain.state import Promise, PromiseStatus


def settle_kept_promise(facts: Facts) -> SettlePromise | None:
    """A promise is kept as soon as its amount was paid since it was made; on which day does not matter."""
    for promise in _promises(facts, PromiseStatus.OPEN):
        paid = _paid(promise, facts)
        if paid >= promise.amount:
            return SettlePromise(promise=promise.id, status=PromiseStatus.KEPT, paid=paid)
    return None


def await_promise(facts: Facts) -> Contact | Suppress | SettlePromise | Wait | None:
    """An open promise silences the case to the end of its day and grace; after that it is broken, or partly kept.

    One that was partly kept silences it for as long as the policy says.
    """
    for promise in _promises(facts, PromiseStatus.OPEN):
        broken_on = _broken_on(promise, facts)
        if facts.today >= broken_on:
            return _fall_due(promise, facts)
        wait = _silence(broken_on, f"promise to pay {promise.amount} by {promise.due}", facts)
        return earliest_of(_remind(promise, facts), wait)
    partly_kept = facts.policy.promise.partly_kept
    for promise in _promises(facts, PromiseStatus.PARTLY_KEPT) if partly_kept is not None else ():
        assert partly_kept is not None, "its absence leaves no promise to look at"
        silent_until = _broken_on(promise, facts) + timedelta(days=partly_kept.silent_days)
        if facts.today < silent_until:
            return _silence(silent_until, f"a promise to pay {promise.amount} was partly kept", facts)
    return None


def _fall_due(promise: Promise, facts: Facts) -> SettlePromise:
    paid, terms = _paid(promise, facts), facts.policy.promise.partly_kept
    partly = terms is not None and paid.minor * 100 >= promise.amount.minor * terms.from_percent
    status = PromiseStatus.PARTLY_KEPT if partly else PromiseStatus.BROKEN
    return SettlePromise(promise=promise.id, status=status, paid=paid)


def _remind(promise: Promise, facts: Facts) -> Contact | Suppress | Wait | None:
    reminder = facts.policy.promise.reminder
    if reminder is None:
        return None
    notice = Notice(
        step=PROMISE_REMINDER_STEP,
        about=promise.id,
        template=reminder.template,
        channels=reminder.channels,
        on=promise.due - timedelta(days=reminder.days_before),
        before=promise.due + ONE_DAY,
        reason=f"promise to pay {promise.amount} by {promise.due}",
    )
    return plan_notice(notice, facts) if promise.made_on < notice.on else None


def _broken_on(promise: Promise, facts: Facts) -> date:
    return promise.due + timedelta(days=facts.policy.promise.grace_days + 1)


def _paid(promise: Promise, facts: Facts) -> Money:
    return paid_in_all(facts.state) - promise.paid_before


def _silence(until: date, reason: str, facts: Facts) -> Wait:
    return Wait(until=with_offset_of(facts.account_zone, start_of_day(until, facts.account_zone)), reason=reason)


def _promises(facts: Facts, status: PromiseStatus) -> list[Promise]:
    return [promise for promise in facts.state.promises if promise.status is status]
