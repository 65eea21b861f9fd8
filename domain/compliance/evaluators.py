"""One small function for each kind of rule: may this contact be made at this instant, later, or not at all?

A new kind of rule is a parameter class in `domain.compliance.model`, a function here, and a line in `EVALUATORS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from functools import cache
from typing import Any

from domain.compliance.circumstances import Circumstances
from domain.compliance.counting import frequency, silence_after
from domain.compliance.parameters import (
    Forbid,
    Frequency,
    HonourOptOut,
    HonourRequests,
    KnownZone,
    LocalHours,
    Require,
    RequireAtFirst,
    SilenceAfter,
    StopHolds,
)
from domain.compliance.ruling import ALLOWED, Allowed, DeferredUntil, Forbidden, Ruling
from domain.localtime import ONE_DAY, next_inside, start_of_day
from domain.names import HoldKind
from domain.preferences import InconvenientTime
from domain.value import Value

SEARCH_DAYS = 366
"""Hours and offsets repeat every year: what does not become lawful within one never does."""

PLACES_SHOWN_MAX = 4
"""A reason names so many places where the person may be: a number without an area code may be in forty."""

_CLOCK_RESOLUTION = timedelta(microseconds=1)
_ANY_DAY = date(2000, 1, 1)

Evaluator = Callable[[Any, Circumstances, datetime], Ruling]
"""(the rule's parameters, what is asked, instant) -> ruling. Each takes the parameters of its own kind."""


def local_hours(hours: LocalHours, asked: Circumstances, at: datetime) -> Ruling:
    """Lawful when every place where the person may be has lawful hours at once.

    With no candidate place there is no clock to look at: what that forbids is for `known_zone` rules to say.
    """
    if not asked.consumer.zones:
        return ALLOWED
    start = _just_after(hours.start) if hours.start_exclusive else hours.start
    if all(start <= clock.time() < hours.end for clock in asked.clocks_at(at)):
        return ALLOWED
    open_in_all = _first_common(asked.zones, at, lambda zone, moment: next_inside(start, hours.end, zone, moment))
    if open_in_all is None:
        places = ", ".join(asked.consumer.zones[:PLACES_SHOWN_MAX])
        more = len(asked.zones) - PLACES_SHOWN_MAX
        named = f"{places} and {more} more" if more > 0 else places
        return Forbidden(f"location: the hours never overlap in the places where the person may be ({named})")
    return DeferredUntil(open_in_all, f"it is {_clocks(asked, at)}", is_exact=True)


def stop_holds(stop: StopHolds, asked: Circumstances, at: datetime) -> Ruling:
    """Holds end by a fact, not by time: none of them is waited for here."""
    if not asked.consumer.holds:
        return ALLOWED
    active = [hold for hold in stop.holds if hold in asked.consumer.holds]
    if stop.spares_undisputed and asked.consumer.disputed_in_part:
        active = [hold for hold in active if hold is not HoldKind.DISPUTE]
    return Forbidden(f"hold: {', '.join(active)}") if active else ALLOWED


def honour_opt_out(rule: HonourOptOut, asked: Circumstances, at: datetime) -> Ruling:
    channel = asked.contact.channel
    return Forbidden(f"opted out of {channel}") if channel in asked.consumer.opt_outs else ALLOWED


def honour_requests(rule: HonourRequests, asked: Circumstances, at: datetime) -> Ruling:
    """A refused place is never used; a time that the person called inconvenient passes."""
    if asked.contact.to in asked.consumer.refused_places:
        return Forbidden(f"refused place: {asked.contact.to}")
    times = asked.consumer.inconvenient_times
    if not times or not asked.consumer.zones:
        return ALLOWED
    convenient = _first_common(asked.zones, at, lambda zone, moment: _after_all(times, zone, moment))
    if convenient is None:
        return Forbidden("inconvenient times: no time of day is left")
    return DeferredUntil(convenient, f"it is {_clocks(asked, at)}") if convenient > at else ALLOWED


def known_zone(rule: KnownZone, asked: Circumstances, at: datetime) -> Ruling:
    return ALLOWED if asked.consumer.zones else Forbidden("location: unknown")


def forbid(rule: Forbid, asked: Circumstances, at: datetime) -> Ruling:
    return Forbidden(f"{asked.contact.channel} to {asked.contact.to} is not lawful")


def require(rule: Require, asked: Circumstances, at: datetime) -> Ruling:
    return _carrying(rule.what)


def require_at_first(rule: RequireAtFirst, asked: Circumstances, at: datetime) -> Ruling:
    """Required until the person was told something about this debt."""
    was_told = any(
        past.channel in rule.channels and past.outcome in rule.outcomes and asked.contact.debt in past.debts
        for past in asked.history
        if past.at < at
    )
    return ALLOWED if was_told else _carrying(rule.what)


EVALUATORS: Mapping[type[Value], Evaluator] = {
    LocalHours: local_hours,
    StopHolds: stop_holds,
    HonourOptOut: honour_opt_out,
    HonourRequests: honour_requests,
    KnownZone: known_zone,
    Forbid: forbid,
    Frequency: frequency,
    SilenceAfter: silence_after,
    Require: require,
    RequireAtFirst: require_at_first,
}


@cache
def _carrying(what: str) -> Allowed:
    return Allowed(requires=what)


@cache
def _just_after(start: time) -> time:
    return (datetime.combine(_ANY_DAY, start) + _CLOCK_RESOLUTION).time()


def _clocks(asked: Circumstances, at: datetime) -> str:
    """The time in each place; of very many, as a number without an area code has them, in the first few."""
    places = list(zip(asked.consumer.zones, asked.clocks_at(at), strict=True))
    shown = [f"{clock.hour:02}:{clock.minute:02} in {name}" for name, clock in places[:PLACES_SHOWN_MAX]]
    more = len(places) - len(shown)
    return ", ".join([*shown, f"and in {more} places more"] if more else shown)


def _after_all(times: Sequence[InconvenientTime], zone: tzinfo, at: datetime) -> datetime:
    """The earliest instant from `at` on that is outside each of the times, or one that is later than any search."""
    search_ends = at + timedelta(days=SEARCH_DAYS)
    candidate = at
    while candidate <= search_ends:
        later = max(_after(one, zone, candidate) for one in times)
        if later == candidate:
            return candidate
        candidate = later
    return candidate


def _after(inconvenient: InconvenientTime, zone: tzinfo, at: datetime) -> datetime:
    local = at.astimezone(zone)
    if not inconvenient.covers(local.time()):
        return at
    if inconvenient.ends_with_the_day:
        return start_of_day(local.date() + ONE_DAY, zone)
    return next_inside(inconvenient.end, time.max, zone, at)


def _first_common(
    zones: Sequence[tzinfo], at: datetime, first_in: Callable[[tzinfo, datetime], datetime]
) -> datetime | None:
    """The earliest instant from `at` on that suits every zone, or None if there is none in a year."""
    search_ends = at + timedelta(days=SEARCH_DAYS)
    if len(zones) == 1:
        suitable = first_in(zones[0], at)
        return suitable if suitable <= search_ends else None
    candidate = at
    while candidate <= search_ends:
        suitable = candidate
        for zone in zones:
            suitable = first_in(zone, suitable)
        if suitable == candidate:
            return candidate
        candidate = suitable
    return None
