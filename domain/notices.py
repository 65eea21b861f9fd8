"""Contacts beside the steps of the treatment: reminders of what was agreed, its confirmation, and offers.

They keep the policy's window and the law like every other contact. Each has a step id of its own, and what it is about
in the obligation's place, so it is claimed, journaled and never repeated like a step.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from domain.channel_choice import NoChannel, Opening, choose_channel
from domain.decision import Contact, Suppress, Wait
from domain.facts import Facts
from domain.holds import contact_is_stopped, holds_on
from domain.localtime import is_inside, next_inside, start_of_day, with_offset_of
from domain.names import Channel
from domain.schedule import own_time
from domain.state import StepOutcome


@dataclass(frozen=True, slots=True)
class Notice:
    """One such message: wanted on the day `on`, where the account lives, and of no use from the day `before` on."""

    step: str
    about: str
    template: str
    channels: tuple[Channel, ...]
    on: date
    before: date
    reason: str


def plan_notice(notice: Notice, facts: Facts) -> Contact | Suppress | Wait | None:
    """The contact that the notice comes to, now or on its day.

    None when it was made or is skipped, when it would come too late, and under a hold whose end is open.
    """
    attempts = facts.attempts_at(notice.step, notice.about)
    if any(attempt.outcome is not StepOutcome.FAILED for attempt in attempts):
        return None
    if contact_is_stopped(facts.state, facts.today):
        return _look_again_after_holds(facts)
    wanted = _wanted_at(notice, facts, is_retry=bool(attempts))
    before = start_of_day(notice.before, facts.account_zone)
    choice = choose_channel(facts, notice.channels, attempts, facts.policy.window, wanted, before)
    if isinstance(choice, NoChannel):
        if wanted > facts.now:
            return Wait(
                until=with_offset_of(facts.person_zone, wanted),
                reason=f"{notice.step}: no channel is usable and lawful as things stand",
            )
        return Suppress(step=notice.step, obligation=notice.about, channel=notice.channels[0], reasons=choice.reasons)
    if not isinstance(choice, Opening):
        return None
    return Contact(
        at=with_offset_of(facts.person_zone, choice.at),
        step=notice.step,
        obligation=notice.about,
        channel=choice.channel,
        template=notice.template,
        attempt=len(attempts),
        reason=notice.reason,
    )


def earliest_of(planned: Contact | Suppress | Wait | None, other: Wait) -> Contact | Suppress | Wait:
    """What comes first of a notice and a wait; what is bookkeeping comes at once."""
    if planned is None or isinstance(planned, Suppress):
        return other if planned is None else planned
    at = planned.until if isinstance(planned, Wait) else planned.at
    assert at is not None, "a notice waits for an instant"
    if other.until is None or at.astimezone(UTC) < other.until.astimezone(UTC):
        return planned if isinstance(planned, Contact) else Wait(until=at, reason=other.reason)
    return other


def _look_again_after_holds(facts: Facts) -> Wait | None:
    ends = [hold.ends_on for hold in holds_on(facts.state, facts.today) if hold.ends_on is not None]
    if not ends:
        return None
    until = start_of_day(min(ends), facts.account_zone)
    return Wait(until=with_offset_of(facts.account_zone, until), reason="on hold")


def _wanted_at(notice: Notice, facts: Facts, *, is_retry: bool) -> datetime:
    """At the case's own time on the notice's day; one that is late as soon as the policy's window is open."""
    window = facts.policy.window
    planned = next_inside(
        own_time(window, facts.case_id, notice.step),
        window.end,
        facts.person_zone,
        start_of_day(notice.on, facts.account_zone),
    )
    deferred = facts.deferred_until(notice.step, notice.about)
    if deferred is not None:
        planned = max(planned, deferred)
    if planned >= facts.now or is_retry or is_inside(window.start, window.end, facts.person_zone, facts.now):
        return max(planned, facts.now)
    return next_inside(window.start, window.end, facts.person_zone, facts.now)
