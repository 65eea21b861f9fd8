"""The policy's calls that agents make: when one is asked for, until when, and what follows when nobody calls."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from domain import events
from domain.channel_choice import Opening
from domain.compliance.model import RulePack
from domain.decision import AskForCall, Wait
from domain.facts import Facts
from domain.follow_up import FollowUp
from domain.localtime import local_date, with_offset_of
from domain.names import Channel
from domain.policy import Policy
from domain.schedule import PendingStep
from domain.state import CaseState
from domain.window import Window
from domain.work import open_call

NOT_CALLED_IN_TIME = "not_called_in_time"


def plan_call(facts: Facts, pending: PendingStep, window: Window, opening: Opening) -> AskForCall | Wait:
    """Ask for the call at the opening, or wait for the agent who was asked while the call is lawful.

    It is to be made by the end of the step's window that day: tomorrow the law is asked again.
    """
    step, obligation = pending.step, pending.obligation
    asked = open_call(facts.state, step.id, obligation.id)
    if asked is not None and opening.at <= facts.now < asked.due:
        return Wait(until=asked.due, reason=f"an agent is to call: {step.id}", awaits=asked.id)
    at = with_offset_of(facts.person_zone, opening.at)
    return AskForCall(
        at=at,
        step=step.id,
        obligation=obligation.id,
        template=step.template,
        attempt=len(pending.attempts),
        due=datetime.combine(local_date(opening.at, facts.person_zone), window.end, facts.person_zone),
        priority=facts.policy.priority,
        reason=f"day {step.day} of {pending.stage.id}: {facts.lateness(obligation, opening.at)}",
        allowed_by=opening.allowed_by,
    )


def miss_calls(state: CaseState, policy: Policy, packs: Sequence[RulePack], now: datetime) -> Iterable[FollowUp]:
    """A call that nobody made in time has failed: the treatment goes on by the step's fallback."""
    for item in state.work:
        if item.call is not None and item.about is not None:
            missed = events.ContactFailed(
                step=item.call.step,
                obligation=item.call.obligation,
                contact=item.about,
                channel=Channel.VOICE,
                code=NOT_CALLED_IN_TIME,
            )
            yield FollowUp(
                at=item.due,
                reason=f"an agent is to call: {item.call.step}",
                events=(events.WorkItemWithdrawn(item=item.id), missed),
            )
