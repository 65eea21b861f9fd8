"""The validation notice of a debt that was in default when the collector got it, and the period that it sets running.

12 CFR 1006.34; the numbers are in the law packs, as rules of the kind `validation_period`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from domain import events
from domain.compliance.model import RulePack, Verdict
from domain.compliance.parameters import ValidationPeriod
from domain.compliance.public_holidays import is_business_day
from domain.events import Entry
from domain.localtime import ONE_DAY
from domain.names import Collector
from domain.policy import RECEIPT_STEP, Policy
from domain.state import CaseState, StepOutcome

VALIDATION_INFORMATION = "validation_information"
"""What the law files call it in `require` and `require_at_first`."""


def period_ends_on(sent_on: date, period: ValidationPeriod) -> date:
    """The last day on which the person can dispute in writing: so many days after they are assumed to have it.

    12 CFR 1006.34(b)(5): receipt may be assumed on the fifth day after sending, without Saturdays, Sundays and legal
    public holidays. Where a holiday is observed on another day, both are left out: the later end protects the person.
    """
    received_on = sent_on
    for _ in range(period.receipt_business_days):
        received_on += ONE_DAY
        while not is_business_day(received_on, period.holidays):
            received_on += ONE_DAY
    return received_on + timedelta(days=period.days)


def period_in_force(packs: Sequence[RulePack], collector: Collector, day: date) -> ValidationPeriod | None:
    """The rule for the period that binds a collector on a day, or None where no pack has one."""
    periods = [
        version.set
        for pack in packs
        for rule in pack.rules
        if rule.enabled and collector in rule.applies_to
        for version in rule.versions
        if isinstance(version.set, ValidationPeriod)
        and version.since <= day
        and (version.until is None or day < version.until)
    ]
    return max(periods, key=lambda period: period_ends_on(day, period), default=None)


def notice_given(state: CaseState, policy: Policy, packs: Sequence[RulePack], now: datetime) -> Entry | None:
    """The journal entry that says when the period ends, once the notice has left for certain."""
    if policy.validation is None or state.validation_notice is not None:
        return None
    for attempt in state.attempts:
        is_notice = attempt.step == policy.validation.step
        if is_notice and attempt.outcome is StepOutcome.MADE and attempt not in state.uncertain:
            period = period_in_force(packs, policy.collector, attempt.on)
            assert period is not None, "no policy with a validation notice is loaded without the law of its period"
            sent = events.ValidationNoticeSent(
                channel=attempt.channel, sent_on=attempt.on, period_ends_on=period_ends_on(attempt.on, period)
            )
            return Entry(at=now, event=sent)
    return None


def required_of(verdict: Verdict, step: str, state: CaseState, policy: Policy) -> tuple[str, ...]:
    """What a contact has to carry, of what the gate's verdict names.

    The gate knows the contacts of 30 days. The case knows for good whether validation information was sent, and the
    policy whether it has to be: not for an account that was not in default when the collector got it (15 USC
    1692a(6)(F)(iii)), nor once the debt is paid.
    """
    is_settled = policy.validation is None or state.validation_notice is not None or step == RECEIPT_STEP
    return tuple(what for what in verdict.requires if not (is_settled and what == VALIDATION_INFORMATION))
