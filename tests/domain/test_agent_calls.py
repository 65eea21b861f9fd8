"""Calls that agents make for the policy: asked for in lawful hours, counted, and replaced when nobody calls."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from domain import events
from domain.agent_calls import NOT_CALLED_IN_TIME
from domain.casework import receive
from domain.conduct import Conducted, conduct
from domain.decision import AskForCall, Contact, Wait
from domain.events import Message, WorkKind, WorkOutcome
from domain.explain import Became, explain
from domain.names import Channel, HoldKind, Outcome
from domain.person import Person
from domain.policy import Step, StepBy
from domain.refusals import RefusalCode
from domain.state import CaseState, StepOutcome
from tests.domain.builders import LAW, a_case, a_person, a_policy, a_stage, a_step, instant, money
from tests.domain.lives import as_sent

DUE = date(2026, 3, 1)
CALL = a_step("agent-call", 10, Channel.VOICE, Channel.SMS).model_copy(update={"by": StepBy.AGENT})
LATER = a_step("later", 20, Channel.EMAIL)
POLICY = a_policy(a_stage("only", 1, CALL, LATER), window=(time(9), time(17)))


def on_day(day: int, clock: str) -> datetime:
    return instant(f"{DUE + timedelta(days=day)} {clock}")


def turn(state: CaseState, now: datetime, person: Person | None = None) -> Conducted:
    return conduct(state, person or a_person(), POLICY, [LAW], now)


def asked() -> tuple[CaseState, datetime]:
    """A case whose agent was asked to call on day 10, and when."""
    planned = turn(a_case(("250.00", DUE)), on_day(5, "10:00")).decision
    assert isinstance(planned, AskForCall)
    return turn(a_case(("250.00", DUE)), planned.at).state, planned.at


def told(state: CaseState, message: Message, now: datetime) -> CaseState:
    received = receive(state, [as_sent(message)], POLICY, now)
    assert received.judged[0].refusal is None
    return received.state


def completed(state: CaseState, outcome: WorkOutcome, call: Outcome | None = None) -> Message:
    return events.WorkItemCompleted.model_validate(
        {"id": "x-1", "item": state.work[0].id, "outcome": outcome, "completed_by": "staff-7", "call": call}
    )


def test_an_agent_is_asked_in_the_window_and_until_its_end_with_the_rules_that_allow_it() -> None:
    state, at = asked()

    (item,) = state.work
    assert (item.work, item.due, item.priority) == (WorkKind.CALL, on_day(10, "17:00"), POLICY.priority)
    assert on_day(10, "09:00") <= at < on_day(10, "13:00")
    assert item.call is not None
    assert [reason.rule for reason in item.call.allowed_by] == [rule.id for rule in LAW.rules]
    decision = turn(state, at).decision
    assert decision == Wait(until=on_day(10, "17:00"), reason="an agent is to call: agent-call", awaits=item.id)


def test_a_call_that_reached_the_person_is_the_step_and_counts_for_the_law() -> None:
    state, at = asked()

    received = receive(state, [as_sent(completed(state, WorkOutcome.REACHED, Outcome.CONVERSATION))], POLICY, at)

    kinds = [entry.event.kind for entry in received.entries]
    assert kinds == ["work_item_completed", "call_outcome_recorded", "contact_made"]
    assert received.state.attempts[-1].outcome is StepOutcome.MADE
    following = turn(received.state, at).decision
    assert isinstance(following, Contact)
    assert following.step == "later"


def test_after_a_call_that_reached_nobody_the_fallback_follows() -> None:
    state, at = asked()

    following = turn(told(state, completed(state, WorkOutcome.NOT_REACHED, Outcome.NO_ANSWER), at), at).decision

    assert isinstance(following, Contact)
    assert (following.step, following.channel) == ("agent-call", Channel.SMS)


def test_when_nobody_calls_in_time_the_fallback_follows() -> None:
    state, _ = asked()

    late = turn(state, on_day(10, "17:00"))

    assert [entry.event.kind for entry in late.entries] == ["work_item_withdrawn", "contact_failed"]
    assert isinstance(late.entries[-1].event, events.ContactFailed)
    assert late.entries[-1].event.code == NOT_CALLED_IN_TIME
    assert isinstance(late.decision, Contact)
    assert (late.decision.channel, late.decision.at) == (Channel.SMS, on_day(11, "09:00"))


def test_a_call_that_was_not_needed_drops_the_step() -> None:
    state, at = asked()

    following = turn(told(state, completed(state, WorkOutcome.NOT_NEEDED), at), at).decision

    assert isinstance(following, Contact)
    assert following.step == "later"


@pytest.mark.parametrize(
    "message",
    [
        events.HoldPlaced(id="h-1", hold=HoldKind.BREATHING_SPACE),
        events.DisputeOpened(id="d-1", category=events.DisputeCategory.AMOUNT),
        events.PromiseMade(id="p-1", amount=money("250.00"), due=DUE + timedelta(days=15)),
        events.PaymentReceived(id="p-1", amount=money("250.00")),
        events.Recalled(id="x-2"),
    ],
)
def test_a_call_is_withdrawn_at_once_when_the_case_must_be_silent(message: Message) -> None:
    state, at = asked()

    silent = turn(told(state, message, at), at).state

    assert [item for item in silent.work if item.work is WorkKind.CALL] == []


def test_a_call_is_withdrawn_when_the_person_refuses_calls_and_another_channel_follows() -> None:
    state, at = asked()

    refused = turn(state, at, a_person(opt_outs=(Channel.VOICE,)))

    assert refused.state.work == ()
    assert isinstance(refused.decision, Contact)
    assert refused.decision.channel is Channel.SMS


@pytest.mark.parametrize(
    ("outcome", "call"),
    [
        (WorkOutcome.DONE, None),
        (WorkOutcome.REACHED, None),
        (WorkOutcome.REACHED, Outcome.NO_ANSWER),
        (WorkOutcome.NOT_REACHED, Outcome.CONVERSATION),
        (WorkOutcome.NOT_NEEDED, Outcome.NO_ANSWER),
        (WorkOutcome.UPHELD, None),
    ],
)
def test_how_a_call_ended_must_be_said_for_the_law_to_count_it(outcome: WorkOutcome, call: Outcome | None) -> None:
    state, at = asked()

    judged = receive(state, [as_sent(completed(state, outcome, call))], POLICY, at).judged[0]

    assert judged.refusal is not None
    assert judged.refusal.code is RefusalCode.WORK_OUTCOME_UNFIT


def test_the_request_is_explained_with_what_allowed_it() -> None:
    opening = turn(a_case(("250.00", DUE)), on_day(9, "23:00"))
    at = opening.decision.at if isinstance(opening.decision, AskForCall) else on_day(10, "09:00")
    conducted = turn(opening.state, at)
    journal = [
        events.Entry(
            at=on_day(-5, "09:00"),
            event=events.CaseOpened(
                lender="lender",
                account="a-1",
                currency="GBP",
                zone="Europe/London",
                policy=opening.state.policy,
                obligations=(events.OpeningObligation(id="o-1", amount=money("250.00"), due=DUE),),
            ),
        ),
        *opening.entries,
        *conducted.entries,
    ]

    (explained,) = explain(journal, POLICY)

    assert (explained.became, explained.step, explained.until) == (Became.ASKED, "agent-call", on_day(10, "17:00"))
    assert len(explained.reasons) == len(LAW.rules)


def test_only_calls_are_made_by_agents() -> None:
    with pytest.raises(ValueError, match="agents only call"):
        Step.model_validate({"id": "x", "day": 1, "channel": "email", "template": "t", "by": "agent"})
