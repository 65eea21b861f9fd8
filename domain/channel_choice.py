"""Which channel a message takes, and the first instant at which policy and law both let it leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from domain.compliance.evaluators import SEARCH_DAYS
from domain.compliance.gate import gate
from domain.compliance.model import ContactRequest, Effect, Verdict
from domain.events import Reason
from domain.facts import Facts
from domain.holds import contact_possible_from, holds_on, next_end, under_holds
from domain.localtime import local_date, next_inside, start_of_day
from domain.names import Channel, HoldKind
from domain.state import Attempt, StepOutcome
from domain.window import Window


@dataclass(frozen=True, slots=True)
class Opening:
    """The channel to use, and when; in UTC. `allowed_by` are the rules that were asked."""

    channel: Channel
    at: datetime
    allowed_by: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class NoChannel:
    """No channel is both usable and lawful, each for its own reasons."""

    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class TooLate:
    """A channel is usable and lawful, but only when the message is no longer wanted."""


@dataclass(frozen=True, slots=True)
class Held:
    """A hold keeps every channel that is usable and lawful otherwise, and nobody knows until when."""


def choose_channel(
    facts: Facts,
    channels: Sequence[Channel],
    attempts: Sequence[Attempt],
    window: Window | None,
    wanted_at: datetime,
    before: datetime | None,
    despite: frozenset[HoldKind] = frozenset(),
) -> Opening | NoChannel | TooLate | Held:
    """The first of the channels that hasn't failed, has a usable contact point, and is lawful in the window.

    The contact comes at `wanted_at` or later, and before `before`. With no window only the law limits the hours. Holds
    whose end is known are waited for; those in `despite` stop it only where the law says so.
    """
    reasons: list[Reason] = []
    too_late = held = False
    for channel in channels:
        found = _opening(facts, channel, attempts, window, wanted_at, despite)
        if isinstance(found, NoChannel):
            reasons += found.reasons
        elif isinstance(found, Held):
            held = True
        elif before is not None and found.at >= before:
            too_late = True
        else:
            return found
    if too_late:
        return TooLate()
    return Held() if held else NoChannel(tuple(reasons))


def _opening(
    facts: Facts,
    channel: Channel,
    attempts: Sequence[Attempt],
    window: Window | None,
    wanted_at: datetime,
    despite: frozenset[HoldKind],
) -> Opening | NoChannel | Held:
    if any(attempt.channel is channel and attempt.outcome is StepOutcome.FAILED for attempt in attempts):
        return _no_channel("channel.failed", f"This was tried by {channel} before, and failed for good.")
    point = facts.person.point_for(channel)
    if point is None:
        return _no_channel("channel.unusable", f"No usable contact point for {channel} is known.")
    request = ContactRequest(channel=channel, debt=facts.case_id, to=point.place)
    return _first_lawful(facts, request, window, wanted_at, despite)


def _first_lawful(
    facts: Facts, request: ContactRequest, window: Window | None, wanted_at: datetime, despite: frozenset[HoldKind]
) -> Opening | NoChannel | Held:
    """Window, holds and gate move the instant on in turns until none objects."""
    at = wanted_at
    while at <= wanted_at + timedelta(days=SEARCH_DAYS):
        if window is not None:
            at = next_inside(window.start, window.end, facts.person_zone, at)
        day = local_date(at, facts.account_zone)
        free_on = contact_possible_from(facts.state, day, despite)
        if free_on == day:
            verdict = _ask(facts, request, at, day)
            if verdict.verdict is Effect.FORBID:
                if not holds_on(facts.state, day) or _ask(facts, request, at, None).verdict is Effect.FORBID:
                    return NoChannel(tuple(reason for reason in verdict.reasons if reason.effect == Effect.FORBID))
                free_on = next_end(facts.state, day)
        if free_on is None:
            return Held()
        if free_on > day:
            at = start_of_day(free_on, facts.account_zone)
            continue
        if verdict.until is None:
            return Opening(request.channel, at, verdict.reasons)
        at = verdict.until.astimezone(UTC)
    return _no_channel(
        "policy.window", f"The policy's window and the lawful hours for {request.channel} never overlap."
    )


def _ask(facts: Facts, request: ContactRequest, at: datetime, day: date | None) -> Verdict:
    """The gate's word with the holds that cover a day, or with none."""
    consumer = facts.person.consumer
    if day is not None:
        consumer = under_holds(consumer, facts.state, day)
    return gate(request, consumer, facts.person.history, facts.packs, facts.policy.collector, at)


def _no_channel(rule: str, text: str) -> NoChannel:
    return NoChannel((Reason(rule=rule, cite="treatment policy", effect=Effect.FORBID, text=text),))
