"""Which channel a message takes, and the first instant at which policy and law both let it leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from domain.compliance.evaluators import SEARCH_DAYS
from domain.compliance.gate import gate
from domain.compliance.model import ContactRequest, Effect
from domain.events import Reason
from domain.facts import Facts
from domain.localtime import next_inside
from domain.names import Channel, Place
from domain.policy import Window
from domain.state import Attempt, StepOutcome


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


def choose_channel(
    facts: Facts,
    channels: Sequence[Channel],
    attempts: Sequence[Attempt],
    window: Window | None,
    wanted_at: datetime,
    before: datetime | None,
) -> Opening | NoChannel | TooLate:
    """The first of the channels that hasn't failed, has a usable contact point, and is lawful in the window.

    The contact comes at `wanted_at` or later, and before `before`. With no window only the law limits the hours.
    """
    reasons: list[Reason] = []
    too_late = False
    for channel in channels:
        found = _opening(facts, channel, attempts, window, wanted_at)
        if isinstance(found, NoChannel):
            reasons += found.reasons
        elif before is not None and found.at >= before:
            too_late = True
        else:
            return found
    return TooLate() if too_late else NoChannel(tuple(reasons))


def _opening(
    facts: Facts, channel: Channel, attempts: Sequence[Attempt], window: Window | None, wanted_at: datetime
) -> Opening | NoChannel:
    if any(attempt.channel is channel and attempt.outcome is StepOutcome.FAILED for attempt in attempts):
        return _no_channel("channel.failed", f"This was tried by {channel} before, and failed for good.")
    point = facts.person.point_for(channel)
    if point is None:
        return _no_channel("channel.unusable", f"No usable contact point for {channel} is known.")
    return _first_lawful(facts, channel, point.place, window, wanted_at)


def _first_lawful(
    facts: Facts, channel: Channel, place: Place, window: Window | None, wanted_at: datetime
) -> Opening | NoChannel:
    """Window and gate move the instant on in turns until neither objects."""
    request = ContactRequest(channel=channel, debt=facts.case_id, to=place)
    at = wanted_at
    while at <= wanted_at + timedelta(days=SEARCH_DAYS):
        if window is not None:
            at = next_inside(window.start, window.end, facts.person_zone, at)
        verdict = gate(request, facts.person.consumer, facts.person.history, facts.packs, facts.policy.collector, at)
        if verdict.verdict is Effect.FORBID:
            return NoChannel(tuple(reason for reason in verdict.reasons if reason.effect == Effect.FORBID))
        if verdict.until is None:
            return Opening(channel, at, verdict.reasons)
        at = verdict.until.astimezone(UTC)
    return _no_channel("policy.window", f"The policy's window and the lawful hours for {channel} never overlap.")


def _no_channel(rule: str, text: str) -> NoChannel:
    return NoChannel((Reason(rule=rule, cite="treatment policy", effect=Effect.FORBID, text=text),))
