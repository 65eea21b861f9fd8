"""What an agreement in force means for the next step: silence, but for its confirmation and its reminders.

An arrangement or an accepted settlement stops the treatment, its stages and the referral while it is kept. Whether it
is kept is found in `domain.arrangement_follow_ups` and `domain.settlement_follow_ups`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from domain.ageing import hold_pauses
from domain.agreement_terms import (
    ARRANGEMENT_CONFIRMATION_STEP,
    INSTALMENT_REMINDER_STEP,
    PART_REMINDER_STEP,
    SETTLEMENT_CONFIRMATION_STEP,
    Notification,
    Reminder,
)
from domain.agreements import Plan, accepted_settlement, arrangement_in_force, plan_of
from domain.decision import Contact, Suppress, Wait
from domain.facts import Facts
from domain.localtime import ONE_DAY, start_of_day, with_offset_of
from domain.notices import Notice, earliest_of, plan_notice


@dataclass(frozen=True, slots=True)
class _InForce:
    """What is in force, with the policy's terms for it."""

    what: str
    id: str
    agreed_on: date
    plan: Plan
    grace_days: int
    confirmation: Notification | None
    confirmation_step: str
    reminder: Reminder | None
    reminder_step: str


def keep_agreement(facts: Facts) -> Contact | Suppress | Wait | None:
    """Silence while an arrangement or an accepted settlement is in force, to the day on which it would be broken."""
    agreed = _arrangement(facts) or _settlement(facts)
    if agreed is None:
        return None
    first = earliest_of(_confirm(agreed, facts), _silence(agreed, facts))
    return first if not isinstance(first, Wait) else earliest_of(_remind(agreed, facts), first)


def _arrangement(facts: Facts) -> _InForce | None:
    arrangement, terms = arrangement_in_force(facts.state), facts.policy.arrangement
    if arrangement is None or terms is None:
        return None
    return _InForce(
        what="arrangement",
        id=arrangement.id,
        agreed_on=arrangement.agreed_on,
        plan=plan_of(facts.state, arrangement),
        grace_days=terms.grace_days,
        confirmation=terms.confirmation,
        confirmation_step=ARRANGEMENT_CONFIRMATION_STEP,
        reminder=terms.reminder,
        reminder_step=INSTALMENT_REMINDER_STEP,
    )


def _settlement(facts: Facts) -> _InForce | None:
    settlement, terms = accepted_settlement(facts.state), facts.policy.settlement
    if settlement is None or settlement.accepted_on is None or terms is None:
        return None
    return _InForce(
        what="settlement",
        id=settlement.id,
        agreed_on=settlement.accepted_on,
        plan=plan_of(facts.state, settlement),
        grace_days=terms.grace_days,
        confirmation=terms.confirmation,
        confirmation_step=SETTLEMENT_CONFIRMATION_STEP,
        reminder=terms.reminder,
        reminder_step=PART_REMINDER_STEP,
    )


def _confirm(agreed: _InForce, facts: Facts) -> Contact | Suppress | Wait | None:
    """At once after it was agreed; of no use any more once the first payment is due."""
    if agreed.confirmation is None:
        return None
    plan = agreed.plan
    notice = Notice(
        step=agreed.confirmation_step,
        about=agreed.id,
        template=agreed.confirmation.template,
        channels=agreed.confirmation.channels,
        on=agreed.agreed_on,
        before=plan.instalments[0].due + ONE_DAY,
        reason=f"{agreed.what} agreed: {plan.total} in {len(plan.instalments)} payments",
    )
    return plan_notice(notice, facts)


def _remind(agreed: _InForce, facts: Facts) -> Contact | Suppress | Wait | None:
    """Before the next payment that is not made, unless that was agreed on so late that it is remembered."""
    upcoming = agreed.plan.next
    if agreed.reminder is None or upcoming is None:
        return None
    number = agreed.plan.kept + 1
    notice = Notice(
        step=f"{agreed.reminder_step}{number}",
        about=agreed.id,
        template=agreed.reminder.template,
        channels=agreed.reminder.channels,
        on=upcoming.due - timedelta(days=agreed.reminder.days_before),
        before=upcoming.due + ONE_DAY,
        reason=f"payment {number} of {len(agreed.plan.instalments)}: {upcoming.amount} by {upcoming.due}",
    )
    return plan_notice(notice, facts) if agreed.agreed_on < notice.on else None


def _silence(agreed: _InForce, facts: Facts) -> Wait:
    plan, upcoming = agreed.plan, agreed.plan.next
    progress = f"{agreed.what}: {plan.kept} of {len(plan.instalments)} paid"
    breaks_on = plan.breaks_on(agreed.grace_days, hold_pauses(facts.state))
    if upcoming is None or breaks_on is None:
        return Wait(until=None, reason=progress)
    until = with_offset_of(facts.account_zone, start_of_day(breaks_on, facts.account_zone))
    return Wait(until=until, reason=f"{progress}, next {upcoming.amount} by {upcoming.due}")
