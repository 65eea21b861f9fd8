"""How late an account is. Definitions and worked examples: docs/ageing.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from domain.holds import effects_of
from domain.state import CaseState


@dataclass(frozen=True, slots=True)
class Pause:
    """Days `[start, end)` that don't count as delinquent; open-ended while `end` is None."""

    start: date
    end: date | None


def pauses_of(state: CaseState) -> tuple[Pause, ...]:
    """Holds, and the days on which an arrangement or an accepted settlement was in force."""
    arranged = tuple(Pause(one.agreed_on, one.ended_on) for one in state.arrangements)
    settled = tuple(Pause(one.accepted_on, one.ended_on) for one in state.settlements if one.accepted_on is not None)
    return hold_pauses(state) + arranged + settled


def hold_pauses(state: CaseState) -> tuple[Pause, ...]:
    """The holds that pause days. Others stop something else: see `domain.holds`."""
    return tuple(Pause(hold.placed_on, hold.ends_on) for hold in state.holds if effects_of(hold).pauses_days)


def days_past_due(oldest_due: date, as_of: date) -> int:
    """Calendar days since the oldest unpaid due date: 0 on the day itself, negative before it."""
    return (as_of - oldest_due).days


def paused_days(start: date, end: date, pauses: Sequence[Pause]) -> int:
    """The days in `[start, end)` that at least one pause covers: overlapping pauses count once."""
    covered = 0
    counted_until = start
    for pause in sorted(pauses, key=lambda pause: pause.start):
        first = max(pause.start, counted_until)
        after = end if pause.end is None else min(pause.end, end)
        if after > first:
            covered += (after - first).days
            counted_until = after
    return covered


def delinquent_days(oldest_due: date, as_of: date, grace_days: int, pauses: Sequence[Pause]) -> int:
    """max(0, days past due - grace - paused days), where pauses count from the oldest due date to `as_of`."""
    return max(0, days_past_due(oldest_due, as_of) - grace_days - paused_days(oldest_due, as_of, pauses))


def treatment_day(oldest_due: date, as_of: date, grace_days: int, pauses: Sequence[Pause]) -> int:
    """The day on a policy's axis: negative before the due date, 0 from the due date through the grace, then
    delinquent days."""
    past_due = days_past_due(oldest_due, as_of)
    return past_due if past_due <= 0 else delinquent_days(oldest_due, as_of, grace_days, pauses)


def date_of_day(day: int, oldest_due: date, grace_days: int, pauses: Sequence[Pause]) -> date | None:
    """The first date on which `treatment_day` reaches `day`, or None while an open pause keeps it from coming."""
    if day <= 0:
        return oldest_due + timedelta(days=day)
    unpaused = oldest_due + timedelta(days=day + grace_days)
    reached = unpaused
    while True:
        if any(pause.end is None and pause.start < reached for pause in pauses):
            return None
        later = unpaused + timedelta(days=paused_days(oldest_due, reached, pauses))
        if later == reached:
            return reached
        reached = later
