"""Attempts at the steps of the policy."""

from __future__ import annotations

from collections import Counter
from datetime import date

from domain import events
from domain.events import Event
from domain.evolving.dispatch import apply_event
from domain.identifiers import contact_id
from domain.names import Channel, Outcome
from domain.registration import case_id_of
from domain.state import Attempt, CaseState, Deferral, StepOutcome, Unreached

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
    changed: dict[str, object] = {"attempts": (*state.attempts, attempt), "deferral": None}
    if isinstance(event, events.ContactMade) and event.outcome is Outcome.UNKNOWN:
        changed["uncertain"] = (*state.uncertain, attempt)
    return state.model_copy(update=changed)


@apply_event.register
def _(event: events.ContactDeferred, state: CaseState, today: date) -> CaseState:
    deferral = Deferral(step=event.step, obligation=event.obligation, until=event.until)
    return state.model_copy(update={"deferral": deferral})


_REACHED = frozenset({Outcome.CONVERSATION})
_NOBODY_THERE = frozenset({Outcome.NO_ANSWER, Outcome.BUSY, Outcome.NOT_IN_SERVICE, Outcome.FAILED})


@apply_event.register
def _(event: events.CallOutcomeRecorded, state: CaseState, today: date) -> CaseState:
    if event.outcome in _REACHED:
        return state.model_copy(update={"unreached": Unreached()})
    if event.outcome not in _NOBODY_THERE:
        return state
    unreached = Unreached(
        calls=state.unreached.calls + 1,
        number_invalid=state.unreached.number_invalid or event.outcome is Outcome.NOT_IN_SERVICE,
    )
    return state.model_copy(update={"unreached": unreached})


@apply_event.register
def _(event: events.ContactPointChanged, state: CaseState, today: date) -> CaseState:
    if event.channel not in (Channel.VOICE, Channel.SMS):
        return state
    if event.usable:
        return state.model_copy(update={"unreached": Unreached()})
    return state.model_copy(update={"unreached": state.unreached.model_copy(update={"number_invalid": True})})


@apply_event.register
def _(event: events.ReplyReceived, state: CaseState, today: date) -> CaseState:
    return state.model_copy(update={"unreached": Unreached()})


@apply_event.register
def _(event: events.DeliveryReported, state: CaseState, today: date) -> CaseState:
    """Remember on the attempt that its contact arrived: days to answer run from there, and some law asks for it."""
    if event.outcome is not Outcome.DELIVERED:
        return state
    case = case_id_of(state.lender, state.account)
    tried: Counter[tuple[str, str]] = Counter()
    for at, attempt in enumerate(state.attempts):
        key = (attempt.step, attempt.obligation)
        if contact_id(case, *key, tried[key]) == event.contact and attempt.delivered_on is None:
            arrived = attempt.model_copy(update={"delivered_on": today})
            return state.model_copy(update={"attempts": (*state.attempts[:at], arrived, *state.attempts[at + 1 :])})
        tried[key] += 1
    return state
