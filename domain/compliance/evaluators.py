"""One small function for each kind of rule: may this contact be made at this instant, later, or not at all?

A new kind of rule is a parameter class in `domain.compliance.model`, a function here, and a line in `EVALUATORS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from domain.compliance.model import (
    Consumer,
    ContactRequest,
    HonourOptOut,
    KnownZone,
    LocalHours,
    PastContact,
    Require,
    StopHolds,
)
from domain.localtime import next_inside, zone_of
from domain.value import Value

SEARCH_DAYS = 366
"""Hours and offsets repeat every year: what does not become lawful within one never does."""

_CLOCK_RESOLUTION = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Allowed:
    """The rule has no objection at this instant. `requires` is what the contact must carry then."""

    requires: str | None = None


@dataclass(frozen=True, slots=True)
class DeferredUntil:
    """The rule objects at every instant before `until`, which is later than the one asked about. `because` in words."""

    until: datetime
    because: str


@dataclass(frozen=True, slots=True)
class Forbidden:
    """The rule objects, and time alone won't change that. `because` names the fact, in words."""

    because: str


Ruling = Allowed | DeferredUntil | Forbidden

Evaluator = Callable[[Any, ContactRequest, Consumer, Sequence[PastContact], datetime], Ruling]
"""(the rule's parameters, contact, consumer, history, instant) -> ruling. Each takes the parameters of its own kind."""

ALLOWED = Allowed()


def local_hours(
    hours: LocalHours, contact: ContactRequest, consumer: Consumer, history: Sequence[PastContact], at: datetime
) -> Ruling:
    """Lawful when every place where the person may be has lawful hours at once.

    With no candidate place there is no clock to look at: what that forbids is for `known_zone` rules to say.
    """
    start = _first_lawful_time(hours, at)
    open_in_all = _next_open_everywhere(start, hours.end, consumer.zones, at)
    if open_in_all is None:
        places = ", ".join(consumer.zones)
        return Forbidden(f"location: the hours never overlap in the places where the person may be ({places})")
    if open_in_all > at:
        clocks = ", ".join(f"{at.astimezone(zone_of(name)):%H:%M} in {name}" for name in consumer.zones)
        return DeferredUntil(open_in_all, f"it is {clocks}")
    return ALLOWED


def stop_holds(
    stop: StopHolds, contact: ContactRequest, consumer: Consumer, history: Sequence[PastContact], at: datetime
) -> Ruling:
    """Holds end by a fact, not by time: none of them is waited for here."""
    active = [hold for hold in stop.holds if hold in consumer.holds]
    return Forbidden(f"hold: {', '.join(active)}") if active else ALLOWED


def honour_opt_out(
    rule: HonourOptOut, contact: ContactRequest, consumer: Consumer, history: Sequence[PastContact], at: datetime
) -> Ruling:
    return Forbidden(f"opted out of {contact.channel}") if contact.channel in consumer.opt_outs else ALLOWED


def known_zone(
    rule: KnownZone, contact: ContactRequest, consumer: Consumer, history: Sequence[PastContact], at: datetime
) -> Ruling:
    return ALLOWED if consumer.zones else Forbidden("location: unknown")


def require(
    rule: Require, contact: ContactRequest, consumer: Consumer, history: Sequence[PastContact], at: datetime
) -> Ruling:
    return Allowed(requires=rule.what)


EVALUATORS: Mapping[type[Value], Evaluator] = {
    LocalHours: local_hours,
    StopHolds: stop_holds,
    HonourOptOut: honour_opt_out,
    KnownZone: known_zone,
    Require: require,
}


def _first_lawful_time(hours: LocalHours, any_day: datetime) -> time:
    if not hours.start_exclusive:
        return hours.start
    return (datetime.combine(any_day, hours.start) + _CLOCK_RESOLUTION).time()


def _next_open_everywhere(start: time, end: time, zones: Sequence[str], at: datetime) -> datetime | None:
    """The earliest instant from `at` on that is inside the hours of every zone, or None if there is none in a year."""
    search_ends = at + timedelta(days=SEARCH_DAYS)
    candidate = at
    while candidate <= search_ends:
        opening = candidate
        for name in zones:
            opening = next_inside(start, end, zone_of(name), opening)
        if opening == candidate:
            return candidate
        candidate = opening
    return None
