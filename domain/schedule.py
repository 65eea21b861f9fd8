"""Which steps of the policy are still to be taken for an obligation, and at which instant each is wanted.

A step is due from its own day until the next step of its stage is, or the stage ends: a case that comes to a stage late
takes its latest due step, not a burst of the missed ones. Only a mandatory step stays due for good. A step up to the
due date lapses with that date, grace or not: nobody is told on Wednesday that a payment is due by Monday.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import sha256

from domain.facts import Facts
from domain.localtime import ONE_DAY, is_inside, next_inside, start_of_day
from domain.policy import Policy, Stage, Step
from domain.state import Attempt, Obligation, PromiseStatus, StepOutcome
from domain.window import Window

DUE_DATE = 0
"""The due date itself, on the policy's axis of days."""


@dataclass(frozen=True, slots=True)
class PendingStep:
    """A step that may still be taken. `lapses_on` is the day of the policy's axis from which it no longer may."""

    step: Step
    stage: Stage
    obligation: Obligation
    attempts: list[Attempt]
    lapses_on: int | None


def stage_on(policy: Policy, day: int) -> Stage | None:
    """The stage that a day of the policy's axis is in; None before the first."""
    return next((stage for stage in reversed(policy.stages) if stage.from_day <= day), None)


def pending_steps(facts: Facts, obligation: Obligation, last_day: int) -> Iterator[PendingStep]:
    """The steps up to `last_day` that are neither finished nor lapsed, by day; within a day as their windows open."""
    policy = facts.policy
    today = facts.day_of(obligation)
    stage_ends = [*(stage.from_day for stage in policy.stages[1:]), policy.end.day + 1]
    for stage, stage_ends_on in zip(policy.stages, stage_ends, strict=True):
        applicable = [step for step in stage.steps if _applies(step, facts)]
        for step in sorted(applicable, key=lambda step: (step.day, window_of(step, policy).start)):
            later_days = (other.day for other in applicable if other.day > step.day)
            lapses_on = None if step.mandatory else min(later_days, default=stage_ends_on)
            if step.day > last_day or (lapses_on is not None and lapses_on <= today):
                continue
            if step.day <= DUE_DATE and facts.today > obligation.due:
                continue
            attempts = facts.attempts_at(step.id, obligation.id)
            if all(attempt.outcome is StepOutcome.FAILED for attempt in attempts):
                yield PendingStep(step, stage, obligation, attempts, lapses_on)


def window_of(step: Step, policy: Policy) -> Window:
    return step.window or policy.window


def wanted_at(pending: PendingStep, facts: Facts) -> datetime | None:
    """The earliest instant, now or later, at which the policy wants the step: the law may still move it.

    A step is planned for the case's own time on its day. One that is late is wanted at once while its window is open,
    else at the case's own time in the next window; a fallback after a failure as soon as the window is open again.
    None while an open hold keeps the step's day from coming.
    """
    step = pending.step
    day = facts.date_of(step.day, pending.obligation)
    if day is None:
        return None
    window = window_of(step, facts.policy)
    at_own_time = own_time(window, facts.case_id, step.id)
    planned = next_inside(at_own_time, window.end, facts.person_zone, start_of_day(day, facts.account_zone))
    deferred_until = facts.deferred_until(step.id, pending.obligation.id)
    if deferred_until is not None:
        planned = max(planned, deferred_until)
    if planned >= facts.now:
        return planned
    if pending.attempts or is_inside(window.start, window.end, facts.person_zone, facts.now):
        return facts.now
    return next_inside(at_own_time, window.end, facts.person_zone, facts.now)


def lapses_at(pending: PendingStep, facts: Facts) -> datetime | None:
    """The first instant at which the step may no longer be taken; None if that never comes."""
    ends = []
    if pending.step.day <= DUE_DATE:
        ends.append(pending.obligation.due + ONE_DAY)
    if pending.lapses_on is not None:
        day = facts.date_of(pending.lapses_on, pending.obligation)
        ends.extend([] if day is None else [day])
    return start_of_day(min(ends), facts.account_zone) if ends else None


def _applies(step: Step, facts: Facts) -> bool:
    least = step.when.outstanding_at_least
    if least is not None and facts.treated.outstanding < facts.policy.money(least):
        return False
    after_broken = step.when.after_broken_promise
    if after_broken is None:
        return True
    return after_broken == any(promise.status is PromiseStatus.BROKEN for promise in facts.state.promises)


def own_time(window: Window, case_id: str, step_id: str) -> time:
    """The case's own time for a step: the same every time, and spread over the first half of the window.

    Spread, so that a window doesn't open with a million contacts at once. The first half only, so that there is time
    left that day for fallbacks, and for workers that are late.
    """
    opens = datetime.combine(date.min, window.start)
    half_seconds = (datetime.combine(date.min, window.end) - opens) // timedelta(seconds=2)
    share = int.from_bytes(sha256(f"{case_id}/{step_id}".encode()).digest()[:8], "big")
    return (opens + timedelta(seconds=share % max(1, half_seconds))).time()
