"""Attempts at the steps of the policy."""

from __future__ import annotations

from datetime import date

from domain import events
from domain.events import Event
from domain.evolving.dispatch import apply_event
from domain.state import Attempt, CaseState, Deferral, StepOutcome

_STEP_OUTCOMES: dict[type[Event], StepOutcome] = {
    events.ContactMade: StepOutcome.MADE,
    events.ContactFailed: StepOutcome.FAILED,
    events.ContactSuppressed: StepOutcome.SUPPRESSED,
}


@apply_event.register(events.ContactMade)
@apply_event.register(events.ContactFailed)
@apply_event.register(events.ContactSuppressed)
def _(
    event: events.ContactMade | events.ContactFailed | events.ContactSuppressed, state: CaseState, today: date
) -> CaseState:
    attempt = Attempt(
        step=event.step,
        obligation=event.obligation,
        channel=event.channel,
        outcome=_STEP_OUTCOMES[type(event)],
        on=today,
    )
    return state.model_copy(update={"attempts": (*state.attempts, attempt), "deferral": None})


@apply_event.register
def _(event: events.ContactDeferred, state: CaseState, today: date) -> CaseState:
    deferral = Deferral(step=event.step, obligation=event.obligation, until=event.until)
    return state.model_copy(update={"deferral": deferral})
