"""What replies, holds, calls and finished work bring about: disputes, and work for people that ends exactly once."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import events
from domain.casework import AnswerStatus, Received, receive
from domain.compliance.gate import gate
from domain.compliance.model import Effect
from domain.conduct import conduct
from domain.events import AnyEvent, DisputeCategory, Entry, Message, WorkKind, WorkOutcome
from domain.holds import under_holds
from domain.identifiers import dispute_id, follow_up_id
from domain.names import Channel, CloseReason, Collector, Direction, HoldKind, Outcome, ReplyIntent
from domain.refusals import RefusalCode
from domain.state import CaseState
from domain.work import work_opened
from tests.domain.builders import LAW, a_case, a_consumer, a_contact, a_person, a_policy, after, instant, money
from tests.domain.compliance.lawbooks import PACKS
from tests.domain.lives import as_sent

DUE = date(2026, 3, 1)
NOW = instant("2026-03-05 10:00")
POLICY = a_policy()


def case(*happenings: AnyEvent) -> CaseState:
    return after(a_case(("250.00", DUE)), *((NOW, event) for event in happenings))


def told(state: CaseState, *messages: Message) -> Received:
    return receive(state, [as_sent(message) for message in messages], POLICY, NOW)


def replied(intent: ReplyIntent, reply: str = "r-1") -> events.ReplyReceived:
    return events.ReplyReceived(id=reply, channel=Channel.SMS, intent=intent)


def refusal(
    channel: Channel = Channel.SMS, intent: ReplyIntent = ReplyIntent.OTHER, reply: str = "r-1"
) -> events.ReplyReceived:
    return events.ReplyReceived(id=reply, channel=channel, intent=intent, refuses_to_pay=True)


def completed(item: str, outcome: WorkOutcome, **more: Any) -> events.WorkItemCompleted:
    return events.WorkItemCompleted(id="done-1", item=item, outcome=outcome, completed_by="staff-7", **more)


def called(number: int, outcome: Any) -> events.CallOutcomeRecorded:
    return events.CallOutcomeRecorded(id=f"call-{number}", outcome=outcome)


def open_work(state: CaseState) -> list[tuple[WorkKind, str | None]]:
    return [(item.work, item.about) for item in state.work]


class TestReplies:
    @pytest.mark.parametrize("intent", [ReplyIntent.STOP, ReplyIntent.START])
    def test_what_changes_consent_alone_asks_nobody(self, intent: ReplyIntent) -> None:
        assert told(case(), replied(intent)).state.work == ()

    @pytest.mark.parametrize(
        ("intent", "work"), [(ReplyIntent.HELP, WorkKind.HELP_ASKED), (ReplyIntent.OTHER, WorkKind.UNCLEAR_REPLY)]
    )
    def test_what_wants_an_answer_goes_to_a_person_by_the_next_day(self, intent: ReplyIntent, work: WorkKind) -> None:
        received = told(case(), replied(intent))

        assert open_work(received.state) == [(work, "r-1")]
        assert received.state.work[0].due == NOW + timedelta(days=1)

    @pytest.mark.parametrize(
        ("intent", "category", "work"),
        [
            (ReplyIntent.DISPUTE, DisputeCategory.OTHER, WorkKind.DISPUTE),
            (ReplyIntent.ALREADY_PAID, DisputeCategory.ALREADY_PAID, WorkKind.ALREADY_PAID),
        ],
    )
    def test_what_disputes_the_debt_opens_a_dispute_and_asks_a_person(
        self, intent: ReplyIntent, category: DisputeCategory, work: WorkKind
    ) -> None:
        received = told(case(), replied(intent))

        dispute = dispute_id("lender:a-1", "r-1")
        assert [entry.event for entry in received.entries][1] == events.DisputeOpened(id=dispute, category=category)
        assert [(hold.kind, hold.id) for hold in received.state.holds] == [(HoldKind.DISPUTE, dispute)]
        assert open_work(received.state) == [(work, dispute)]

    def test_a_second_word_on_an_open_dispute_is_read_by_a_person_and_opens_no_other(self) -> None:
        received = told(case(), replied(ReplyIntent.DISPUTE), replied(ReplyIntent.ALREADY_PAID, "r-2"))

        assert len(received.state.holds) == 1
        assert open_work(received.state)[1] == (WorkKind.UNCLEAR_REPLY, "r-2")

    @pytest.mark.parametrize(
        ("channel", "others", "asked"),
        [
            (Channel.SMS, (Channel.EMAIL, Channel.VOICE, Channel.LETTER), [(WorkKind.UNCLEAR_REPLY, "r-1")]),
            (Channel.LETTER, (Channel.EMAIL, Channel.VOICE, Channel.SMS), [(WorkKind.UNCLEAR_REPLY, "r-1")]),
            (Channel.SMS, (Channel.VOICE,), []),
            (Channel.VOICE, (Channel.EMAIL, Channel.SMS, Channel.LETTER), []),
        ],
    )
    def test_who_refuses_all_contact_in_writing_is_read_by_a_person_who_may_place_the_hold(
        self, channel: Channel, others: tuple[Channel, ...], asked: list[tuple[WorkKind, str]]
    ) -> None:
        stop = events.ReplyReceived(id="r-1", channel=channel, intent=ReplyIntent.STOP, also_refused=others)

        assert open_work(told(case(), stop).state) == asked

    @pytest.mark.parametrize(
        ("intent", "asked"),
        [
            (ReplyIntent.OTHER, [(WorkKind.UNCLEAR_REPLY, "r-1")]),
            (ReplyIntent.STOP, [(WorkKind.UNCLEAR_REPLY, "r-1")]),
            (ReplyIntent.HELP, [(WorkKind.HELP_ASKED, "r-1")]),
            (
                ReplyIntent.DISPUTE,
                [(WorkKind.DISPUTE, dispute_id("lender:a-1", "r-1")), (WorkKind.UNCLEAR_REPLY, "r-1")],
            ),
        ],
    )
    def test_who_refuses_to_pay_in_writing_is_held_whatever_else_they_say_and_read_by_a_person(
        self, intent: ReplyIntent, asked: list[tuple[WorkKind, str]]
    ) -> None:
        """12 CFR 1006.6(c)(1)."""
        refused = told(case(), refusal(Channel.EMAIL, intent)).state

        held = [hold for hold in refused.holds if hold.kind is HoldKind.REFUSAL_TO_PAY]
        assert [(hold.id, hold.placed_on, hold.ends_on) for hold in held] == [
            (follow_up_id("lender:a-1", "r-1", "hold_placed"), NOW.date(), None)
        ]
        assert open_work(refused) == asked

    def test_what_is_said_in_a_call_is_no_refusal_in_writing(self) -> None:
        received = told(case(), refusal(Channel.VOICE))

        assert received.state.holds == ()
        assert open_work(received.state) == [(WorkKind.UNCLEAR_REPLY, "r-1")]

    def test_who_refuses_again_is_read_again_and_held_once_until_the_hold_is_lifted(self) -> None:
        lifting = events.HoldLifted(id="x-1", hold=HoldKind.REFUSAL_TO_PAY)

        twice = told(case(), refusal(reply="r-1"), refusal(reply="r-2"))
        anew = told(twice.state, lifting, refusal(reply="r-3"))

        assert len(twice.state.holds) == 1
        assert [item.about for item in twice.state.work] == ["r-1", "r-2"]
        assert [hold.ends_on for hold in anew.state.holds] == [NOW.date(), None]

    @pytest.mark.parametrize(
        ("law", "collector", "verdict"),
        [
            ("us-federal", Collector.THIRD_PARTY, Effect.FORBID),
            ("us-federal", Collector.ORIGINAL_CREDITOR, Effect.ALLOW),
            ("uk", Collector.THIRD_PARTY, Effect.ALLOW),
            ("cn", Collector.THIRD_PARTY, Effect.ALLOW),
            ("default", Collector.THIRD_PARTY, Effect.FORBID),
        ],
    )
    def test_contact_after_a_refusal_to_pay_is_up_to_the_law(
        self, law: str, collector: Collector, verdict: Effect
    ) -> None:
        refused = told(case(), refusal()).state
        consumer = under_holds(a_consumer(), refused, NOW.date())

        assert gate(a_contact(Channel.EMAIL), consumer, (), [PACKS[law]], collector, NOW).verdict is verdict

    def test_the_same_reply_again_asks_nobody_again(self) -> None:
        received = told(case(), replied(ReplyIntent.OTHER), replied(ReplyIntent.OTHER))

        assert [judged.status for judged in received.judged] == [AnswerStatus.APPLIED, AnswerStatus.DUPLICATE]
        assert len(received.state.work) == 1

    def test_a_reply_to_a_closed_case_is_still_read(self) -> None:
        received = told(case(events.CaseClosed(reason=CloseReason.PAID)), replied(ReplyIntent.DISPUTE))

        assert open_work(received.state) == [(WorkKind.UNCLEAR_REPLY, "r-1")]
        assert received.state.holds[0].kind is HoldKind.DISPUTE


class TestDisputesAndHolds:
    def test_a_dispute_that_is_resolved_needs_no_work_any_more(self) -> None:
        disputed = told(case(), events.DisputeOpened(id="d-1", category=DisputeCategory.AMOUNT)).state

        resolved = events.DisputeResolved(id="x-1", dispute="d-1", outcome=events.DisputeOutcome.REJECTED)
        assert told(disputed, resolved).state.work == ()

    @pytest.mark.parametrize("outcome", [WorkOutcome.UPHELD, WorkOutcome.REJECTED])
    def test_the_work_on_a_dispute_can_decide_it(self, outcome: WorkOutcome) -> None:
        disputed = told(case(), replied(ReplyIntent.ALREADY_PAID)).state

        received = told(disputed, completed(disputed.work[0].id, outcome))

        decided = received.entries[-1].event
        assert isinstance(decided, events.DisputeResolved)
        assert decided.outcome.value == outcome.value
        assert received.state.work == ()
        assert not received.state.holds[0].covers(NOW.date())

    @pytest.mark.parametrize("outcome", [events.DisputeOutcome.UPHELD, events.DisputeOutcome.REJECTED])
    def test_a_dispute_whose_hold_was_lifted_still_waits_for_its_answer_and_can_get_it(
        self, outcome: events.DisputeOutcome
    ) -> None:
        disputed = told(case(), events.DisputeOpened(id="d-1", category=DisputeCategory.AMOUNT)).state
        lifted = told(disputed, events.HoldLifted(id="l-1", hold=HoldKind.DISPUTE)).state

        assert open_work(lifted) == [(WorkKind.DISPUTE, "d-1")]
        resolved = told(lifted, events.DisputeResolved(id="x-1", dispute="d-1", outcome=outcome))
        assert [judged.status for judged in resolved.judged] == [AnswerStatus.APPLIED]
        assert resolved.state.disputes[0].outcome is outcome
        assert resolved.state.holds == lifted.holds, "the days that it was held are not taken back"
        assert resolved.state.work == ()

    def test_the_work_on_a_dispute_whose_hold_was_lifted_can_decide_it_once(self) -> None:
        disputed = told(case(), events.DisputeOpened(id="d-1", category=DisputeCategory.AMOUNT)).state
        lifted = told(disputed, events.HoldLifted(id="l-1", hold=HoldKind.DISPUTE)).state

        decided = told(lifted, completed(lifted.work[0].id, WorkOutcome.REJECTED))
        again = events.DisputeResolved(id="x-1", dispute="d-1", outcome=events.DisputeOutcome.UPHELD)

        assert decided.state.disputes[0].outcome is events.DisputeOutcome.REJECTED
        refusal = told(decided.state, again).judged[0].refusal
        assert refusal is not None
        assert refusal.code is RefusalCode.NO_SUCH_DISPUTE

    def test_a_complaint_whose_hold_was_lifted_still_asks_somebody_for_its_answer(self) -> None:
        complaint = events.ComplaintOpened(id="c-1", category=events.ComplaintCategory.CONDUCT, owner="team-1")
        item = work_opened(told(case(), complaint).state, WorkKind.COMPLAINT, NOW, 2, "c-1")

        lifted = told(case(complaint, item), events.HoldLifted(id="l-1", hold=HoldKind.COMPLAINT)).state

        assert open_work(lifted) == [(WorkKind.COMPLAINT, "c-1")]

    def test_work_that_is_about_no_dispute_decides_none(self) -> None:
        asked = told(case(), replied(ReplyIntent.HELP)).state

        judged = told(asked, completed(asked.work[0].id, WorkOutcome.UPHELD)).judged[0]

        assert judged.refusal is not None
        assert judged.refusal.code is RefusalCode.WORK_OUTCOME_UNFIT

    @pytest.mark.parametrize(
        ("hold", "work"), [(HoldKind.ATTORNEY, WorkKind.ATTORNEY), (HoldKind.DECEASED, WorkKind.ESTATE)]
    )
    def test_holds_that_need_a_person_ask_for_one_until_they_are_lifted(self, hold: HoldKind, work: WorkKind) -> None:
        held = told(case(), events.HoldPlaced(id="h-1", hold=hold)).state

        assert open_work(held) == [(work, "h-1")]
        assert told(held, events.HoldLifted(id="x-1", hold=hold)).state.work == ()


class TestLostContact:
    LOST = (
        called(1, Outcome.NO_ANSWER),
        called(2, Outcome.BUSY),
        called(3, Outcome.NOT_IN_SERVICE),
    )

    def test_a_person_looks_for_who_is_lost_once(self) -> None:
        lost = told(case(), *self.LOST, called(4, Outcome.NO_ANSWER)).state

        assert open_work(lost) == [(WorkKind.LOST_CONTACT, None)]

    @pytest.mark.parametrize(
        "few",
        [
            LOST[1:],
            (called(1, Outcome.NO_ANSWER), called(2, Outcome.NO_ANSWER), called(3, Outcome.NO_ANSWER)),
            (LOST[0], called(9, Outcome.CONVERSATION), LOST[1], LOST[2]),
            (LOST[0], called(9, Outcome.VOICEMAIL), LOST[2]),
        ],
    )
    def test_who_may_still_be_reached_is_not_lost(self, few: tuple[Message, ...]) -> None:
        assert told(case(), *few).state.work == ()

    @pytest.mark.parametrize(
        "found",
        [
            called(9, Outcome.CONVERSATION),
            events.CallOutcomeRecorded(id="in-1", outcome=Outcome.CONVERSATION, direction=Direction.INBOUND),
            events.ContactPointChanged(id="p-1", contact_point="voice-2", channel=Channel.VOICE, usable=True),
        ],
    )
    def test_who_is_found_is_looked_for_no_more(self, found: Message) -> None:
        assert told(told(case(), *self.LOST).state, found).state.work == ()


def test_work_is_withdrawn_when_the_case_closes_but_what_a_person_wrote_is_still_read() -> None:
    busy = told(case(), replied(ReplyIntent.HELP), replied(ReplyIntent.OTHER, "r-2")).state
    settled = told(busy, events.PaymentReceived(id="p-1", amount=money("250.00")), events.Recalled(id="x-1")).state

    closed = conduct(settled, a_person(), POLICY, [LAW], NOW).state

    assert closed.closed_because is CloseReason.RECALLED
    assert open_work(closed) == [(WorkKind.UNCLEAR_REPLY, "r-2")]
    item = closed.work[0].id
    assert told(closed, completed(item, WorkOutcome.DONE)).judged[0].status is AnswerStatus.APPLIED


@st.composite
def _steps(draw: st.DrawFn) -> list[tuple[str, Any]]:
    kinds = st.sampled_from(["reply", "hold", "lift", "call", "complete", "pay", "recall", "turn"])
    return [(kind, draw(st.integers(0, 7))) for kind in draw(st.lists(kinds, max_size=25))]


def _message(kind: str, choice: int, number: int, state: CaseState) -> Message | None:
    name = f"m-{number}"
    match kind:
        case "reply":
            intent = list(ReplyIntent)[choice % len(ReplyIntent)]
            return replied(intent, name) if choice % 2 else refusal(Channel.SMS, intent, name)
        case "hold":
            return events.HoldPlaced(id=name, hold=[HoldKind.ATTORNEY, HoldKind.DECEASED][choice % 2])
        case "lift":
            return events.HoldLifted(id=name, hold=[HoldKind.ATTORNEY, HoldKind.DECEASED][choice % 2])
        case "call":
            outcomes = [Outcome.NOT_IN_SERVICE, Outcome.NO_ANSWER, Outcome.CONVERSATION]
            return events.CallOutcomeRecorded(id=name, outcome=outcomes[choice % 3])
        case "complete" if state.work:
            item = state.work[choice % len(state.work)].id
            outcome = [WorkOutcome.DONE, WorkOutcome.REJECTED, WorkOutcome.NOT_NEEDED][choice % 3]
            return events.WorkItemCompleted(id=name, item=item, outcome=outcome, completed_by="staff-7")
        case "pay":
            return events.PaymentReceived(id=name, amount=money("50.00"))
        case "recall" if choice == 0:
            return events.Recalled(id=name)
        case _:
            return None


@given(_steps())
def test_each_item_is_opened_once_and_ends_at_most_once(
    steps: list[tuple[str, Any]],
) -> None:
    state, journal = case(), list[Entry]()
    for number, (kind, choice) in enumerate(steps):
        now = NOW + timedelta(hours=6 * number)
        message = _message(kind, choice, number, state)
        received = receive(state, [] if message is None else [as_sent(message)], POLICY, now)
        conducted = conduct(received.state, a_person(), POLICY, [LAW], now)
        state = conducted.state
        journal += [*received.entries, *conducted.entries]

    opened = Counter(entry.event.item for entry in journal if isinstance(entry.event, events.WorkItemOpened))
    ended = Counter(
        entry.event.item
        for entry in journal
        if isinstance(entry.event, events.WorkItemCompleted | events.WorkItemWithdrawn)
    )
    assert set(opened.values()) <= {1}
    assert set(ended.values()) <= {1}
    assert set(opened) - set(ended) == {item.id for item in state.work}
    assert set(ended) <= set(opened)
