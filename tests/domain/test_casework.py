"""What messages do to a case when they reach it, whatever their shape."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given

from domain.balance import Settled, balance_of
from domain.casework import AnswerStatus, Judged, Received, receive
from domain.events import (
    MESSAGES,
    AdjustmentReason,
    AnyEvent,
    BalanceAdjusted,
    CaseClosed,
    CaseReopened,
    DisputeCategory,
    DisputeOpened,
    Entry,
    HoldPlaced,
    Message,
    MessageRefused,
    ObligationDue,
    PaymentReceived,
    PaymentReversed,
    Recalled,
    ReversalReason,
    WorkItemOpened,
    WorkItemWithdrawn,
)
from domain.money import Money
from domain.names import CloseReason, HoldKind
from domain.refusals import RefusalCode
from domain.state import CaseState, CaseStatus
from tests.domain.builders import a_case, a_policy, after, instant, money
from tests.domain.generators import Life, lives, messages
from tests.domain.lives import RawMessage, as_sent
from tests.domain.raw_messages import JUNK, NO_MESSAGES, batches

POLICY = a_policy()
NOW = instant("2026-03-05 10:00")
PAYMENT = PaymentReceived(id="p-1", amount=money("100.00"))
BOUNCED = PaymentReversed(id="v-1", payment="p-1", reason=ReversalReason.BOUNCED)


def taken(state: CaseState, *raw: RawMessage, now: datetime = NOW) -> Received:
    return receive(state, raw, POLICY, now)


def owing(*happenings: AnyEvent) -> CaseState:
    """A case that owes 250.00, to which more has happened."""
    return after(a_case(("250.00", date(2026, 3, 1))), *((NOW, event) for event in happenings))


def closed(*happenings: AnyEvent, because: CloseReason = CloseReason.PAID) -> CaseState:
    return owing(*happenings, CaseClosed(reason=because))


def kinds(received: Received) -> list[str]:
    return [entry.event.kind for entry in received.entries]


def statuses(received: Received) -> list[AnswerStatus]:
    return [judged.status for judged in received.judged]


def test_a_sound_message_is_applied_and_journaled_at_the_instant() -> None:
    received = taken(owing(), as_sent(PAYMENT))
    assert received.entries == (Entry(at=NOW, event=PAYMENT),)
    settled = (Settled(obligation="o-1", amount=money("100.00")),)
    assert received.judged == (Judged("p-1", AnswerStatus.APPLIED, PAYMENT, settled=settled),)


def test_the_same_message_again_is_a_duplicate_and_leaves_no_trace() -> None:
    received = taken(owing(PAYMENT), as_sent(PAYMENT))
    assert (received.entries, statuses(received)) == ((), [AnswerStatus.DUPLICATE])


def test_the_same_id_with_another_amount_is_refused_and_changes_nothing() -> None:
    before = owing(PAYMENT)
    received = taken(before, as_sent(PaymentReceived(id="p-1", amount=money("99.00"))))
    refused = MessageRefused(message="p-1", message_kind="payment_received", code=RefusalCode.ID_USED_FOR_ANOTHER)
    assert [entry.event for entry in received.entries] == [refused]
    assert received.state.payments == before.payments


def test_messages_of_one_batch_are_judged_one_after_the_other() -> None:
    received = taken(owing(), as_sent(BOUNCED), as_sent(PAYMENT), as_sent(PAYMENT), as_sent(BOUNCED))
    assert kinds(received) == ["message_refused", "payment_received", "payment_reversed"]
    assert statuses(received) == [
        AnswerStatus.REFUSED,
        AnswerStatus.APPLIED,
        AnswerStatus.DUPLICATE,
        AnswerStatus.APPLIED,
    ]


def test_a_refused_message_is_journaled_with_its_code_and_once() -> None:
    raw = "payment_received", {"id": "p-1", "amount": {"amount": "1.00", "currency": "EUR"}}
    received = taken(owing(), raw, raw)
    refused = MessageRefused(message="p-1", message_kind="payment_received", code=RefusalCode.CURRENCY_MISMATCH)
    assert [entry.event for entry in received.entries] == [refused]
    assert statuses(received) == [AnswerStatus.REFUSED] * 2


@pytest.mark.parametrize("kind", NO_MESSAGES)
def test_an_unknown_kind_is_journaled_as_unknown_and_not_repeated(kind: str) -> None:
    received = taken(owing(), (kind, {"id": "n-1"}))
    refused = MessageRefused(message="n-1", message_kind="unknown", code=RefusalCode.UNKNOWN_MESSAGE)
    assert [entry.event for entry in received.entries] == [refused]


@pytest.mark.parametrize("payload", JUNK, ids=lambda payload: type(payload).__name__)
@pytest.mark.parametrize("kind", sorted(MESSAGES))
def test_a_message_of_any_shape_is_refused_as_malformed_and_nothing_of_it_is_kept(kind: str, payload: Any) -> None:
    received = taken(owing(), (kind, payload))
    refused = MessageRefused(message="", message_kind=kind, code=RefusalCode.MALFORMED)
    assert [entry.event for entry in received.entries] == [refused]
    assert received.judged[0].message_id == ""


def test_an_id_that_is_no_opaque_reference_is_not_kept() -> None:
    received = taken(owing(), ("recalled", {"id": "4111111111111111"}), ("recalled", {"id": "Jane Doe"}))
    assert [judged.message_id for judged in received.judged] == ["", ""]
    assert "4111" not in repr(received.entries)
    assert "Jane" not in repr(received)


class TestClosedCases:
    def test_a_payment_that_leaves_something_owed_reopens(self) -> None:
        state = closed(because=CloseReason.RETURNED_TO_LENDER)
        received = taken(state, as_sent(PAYMENT))
        assert kinds(received) == ["payment_received", "case_reopened"]
        assert received.state.status is CaseStatus.OPEN

    def test_a_payment_that_settles_what_was_left_does_not(self) -> None:
        state = closed(because=CloseReason.RETURNED_TO_LENDER)
        everything = PaymentReceived(id="p-2", amount=money("250.00"))
        assert kinds(taken(state, as_sent(everything))) == ["payment_received"]

    def test_a_payment_that_bounces_reopens_once(self) -> None:
        whole = PaymentReceived(id="p-1", amount=money("250.00"))
        received = taken(closed(whole), as_sent(BOUNCED), as_sent(PaymentReceived(id="p-2", amount=money("1.00"))))
        assert kinds(received) == ["payment_reversed", "case_reopened", "payment_received"]

    def test_a_payment_that_bounces_while_a_credit_covers_the_debt_does_not(self) -> None:
        twice = (
            PaymentReceived(id="p-1", amount=money("250.00")),
            PaymentReceived(id="p-2", amount=money("250.00")),
        )
        assert kinds(taken(closed(*twice), as_sent(BOUNCED))) == ["payment_reversed"]

    def test_money_does_not_reopen_what_the_lender_recalled(self) -> None:
        state = closed(PAYMENT, Recalled(id="rc-1"), because=CloseReason.RECALLED)
        received = taken(state, as_sent(BOUNCED), as_sent(PaymentReceived(id="p-2", amount=money("1.00"))))
        assert kinds(received) == ["payment_reversed", "payment_received"]
        assert received.state.status is CaseStatus.CLOSED

    @pytest.mark.parametrize(
        "message",
        [
            HoldPlaced(id="h-1", hold=HoldKind.ATTORNEY),
            DisputeOpened(id="d-1", category=DisputeCategory.AMOUNT),
            Recalled(id="rc-1"),
        ],
    )
    def test_what_is_worth_knowing_is_kept_and_does_not_reopen(self, message: Message) -> None:
        received = taken(closed(because=CloseReason.RETURNED_TO_LENDER), as_sent(message))
        assert kinds(received) == [message.kind]
        assert received.state.status is CaseStatus.CLOSED

    @pytest.mark.parametrize(
        "message",
        [
            ObligationDue(id="o-2", amount=money("1.00"), due=date(2026, 4, 1)),
            BalanceAdjusted(id="b-1", amount=money("1.00"), reason=AdjustmentReason.FEE),
        ],
    )
    def test_new_debts_are_refused(self, message: ObligationDue | BalanceAdjusted) -> None:
        received = taken(closed(PaymentReceived(id="p-1", amount=money("250.00"))), as_sent(message))
        assert [judged.refusal.code for judged in received.judged if judged.refusal] == [RefusalCode.CASE_CLOSED]


@given(lives(POLICY, messages), batches, batches)
def test_a_batch_does_what_its_messages_do_one_by_one(
    life: Life, first: list[RawMessage], second: list[RawMessage]
) -> None:
    together = receive(life.state, [*first, *second], POLICY, NOW)
    before = receive(life.state, first, POLICY, NOW)
    then = receive(before.state, second, POLICY, NOW)
    assert together.state == then.state
    assert together.entries == (*before.entries, *then.entries)
    assert [(one.message_id, one.status) for one in together.judged] == [
        (one.message_id, one.status) for one in (*before.judged, *then.judged)
    ]


@given(lives(POLICY, messages), batches)
def test_what_was_applied_is_a_duplicate_ever_after(life: Life, batch: list[RawMessage]) -> None:
    first = receive(life.state, batch, POLICY, NOW)
    again = receive(first.state, batch, POLICY, NOW)
    for before, after_ in zip(first.judged, again.judged, strict=True):
        if before.status is not AnswerStatus.REFUSED:
            assert after_.status is AnswerStatus.DUPLICATE


@given(lives(POLICY, messages), batches)
def test_each_message_gets_one_answer_and_what_is_journaled_says_nothing_but_the_contract(
    life: Life, batch: list[RawMessage]
) -> None:
    received = receive(life.state, batch, POLICY, NOW)
    assert len(received.judged) == len(batch)
    applied = [judged.message for judged in received.judged if judged.status is AnswerStatus.APPLIED]
    assert applied == [entry.event for entry in received.entries if entry.event in applied]
    for entry in received.entries:
        assert Entry.model_validate_json(entry.model_dump_json()) == entry
        if isinstance(event := entry.event, MessageRefused):
            assert event.message_kind in {*MESSAGES, "unknown"}
            assert event.code in set(RefusalCode)
        elif not isinstance(event, Message | WorkItemOpened | WorkItemWithdrawn):
            assert event == CaseReopened()


class TestWhatItSettled:
    def test_a_payment_says_how_much_of_which_obligation_it_settled(self) -> None:
        case = after(a_case(("100.00", date(2026, 2, 1)), ("200.00", date(2026, 3, 1))))

        received = taken(case, as_sent(PaymentReceived(id="p", amount=money("130.00"))))

        assert [(each.obligation, each.amount) for each in received.judged[0].settled] == [
            ("o-1", money("100.00")),
            ("o-2", money("30.00")),
        ]

    def test_a_reversal_takes_back_what_its_payment_had_settled(self) -> None:
        received = taken(owing(), as_sent(PAYMENT), as_sent(BOUNCED))

        assert [[each.amount for each in one.settled] for one in received.judged] == [
            [money("100.00")],
            [money("-100.00")],
        ]

    def test_what_falls_due_is_settled_by_a_credit_at_once(self) -> None:
        case = owing(PaymentReceived(id="p", amount=money("300.00")))

        received = taken(case, as_sent(ObligationDue(id="o-2", amount=money("80.00"), due=date(2026, 4, 1))))

        assert [(each.obligation, each.amount) for each in received.judged[0].settled] == [("o-2", money("50.00"))]

    def test_a_refusal_settles_nothing(self) -> None:
        stranger = PaymentReversed(id="v-2", payment="nobody", reason=ReversalReason.BOUNCED)

        assert taken(owing(), as_sent(stranger)).judged[0].settled == ()

    def test_a_payment_that_is_sent_again_gets_the_same_answer_although_more_came_since(self) -> None:
        case = after(a_case(("100.00", date(2026, 2, 1)), ("200.00", date(2026, 3, 1))))
        later = PaymentReceived(id="p-2", amount=money("50.00"))

        received = taken(case, as_sent(PAYMENT), as_sent(later), as_sent(PAYMENT))

        first, _, again = received.judged
        assert (again.status, again.settled) == (AnswerStatus.DUPLICATE, first.settled)

    def test_a_reversed_payment_that_is_sent_again_settles_nothing(self) -> None:
        assert taken(owing(), as_sent(PAYMENT), as_sent(BOUNCED), as_sent(PAYMENT)).judged[-1].settled == ()

    @given(lives(POLICY, messages))
    def test_all_that_messages_settled_is_what_is_settled(self, life: Life) -> None:
        opened = a_case(("5.00", date(2026, 1, 10)))
        received = receive(opened, [as_sent(message) for message in life.applied], POLICY, NOW)
        today = date(2026, 3, 5)
        by_messages = Money.total((each.amount for one in received.judged for each in one.settled), "GBP")
        balance = balance_of(received.state, POLICY.waterfall, today)

        assert by_messages == Money.total((each.settled for each in balance.allocations), "GBP")
