"""Messages are judged before they change anything: a refusal has a code, says what to do, and repeats nothing."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import events
from domain.accept import ACCEPTED_WHEN_CLOSED, PROBLEMS_NAMED_MAX, is_duplicate, parse_message, refusal_of
from domain.balance import balance_of
from domain.events import AnyEvent, AnyMessage, Message
from domain.money import MINOR_UNITS_MAX, Money
from domain.names import Channel, CloseReason, HoldKind, Outcome
from domain.policy import Policy
from domain.refusals import Refusal, RefusalCode, Situation
from domain.state import Applied, CaseState
from tests.domain.agreements import AGREEMENTS_ACCEPTED, AGREEMENTS_REFUSED, ARRANGEMENT, SETTLEMENT, a_plan
from tests.domain.builders import CURRENCY, REFERRAL, a_case, a_policy, after, instant, money
from tests.domain.generators import MESSAGES, Life, lives, messages
from tests.domain.words_on_referrals import ACCEPTED_OF_REFERRALS, REFUSED_OF_REFERRALS

TODAY = date(2026, 1, 20)
POLICY = a_policy(
    referral=REFERRAL.model_copy(update={"costs_limit": "50.00"}), arrangement=ARRANGEMENT, settlement=SETTLEMENT
)

PAYMENT = events.PaymentReceived(id="p-1", amount=money("30.00"))
PROMISE = events.PromiseMade(id="m-1", amount=money("50.00"), due=date(2026, 1, 30))
COMPLAINT = events.ComplaintOpened(id="c-1", category=events.ComplaintCategory.CONDUCT, owner="team-1")
DISPUTE = events.DisputeOpened(id="d-1", category=events.DisputeCategory.AMOUNT)
HARDSHIP = events.HoldPlaced(id="h-1", hold=HoldKind.HARDSHIP)
CLOSED = events.CaseClosed(reason=CloseReason.CHARGED_OFF)


def _case(*happened: AnyEvent) -> CaseState:
    """A case that owes 200.00, half of it past due, to which these things happened a few days ago."""
    case = a_case(("100.00", date(2026, 1, 1)), ("100.00", date(2026, 2, 1)))
    return after(case, *((instant("2026-01-15 10:00"), event) for event in happened))


def _consent(given_on: date) -> events.ConsentChanged:
    return events.ConsentChanged(id="x-1", channel=Channel.VOICE, consented=True, given_on=given_on)


def _call(ahead: timedelta) -> events.CallOutcomeRecorded:
    return events.CallOutcomeRecorded(id="x-1", outcome=Outcome.NO_ANSWER, at=instant(f"{TODAY} 12:00") + ahead)


def _situation(state: CaseState, today: date = TODAY, policy: Policy = POLICY) -> Situation:
    return Situation(state, policy, balance_of(state, policy.waterfall, today), today, instant(f"{today} 12:00"))


def _code(message: Message, *happened: AnyEvent, policy: Policy = POLICY) -> RefusalCode | None:
    refusal = refusal_of(message, _situation(_case(*happened), policy=policy))
    return refusal.code if refusal is not None else None


def _reversal(id_: str = "x-1", payment: str = "p-1") -> events.PaymentReversed:
    return events.PaymentReversed(id=id_, payment=payment, reason=events.ReversalReason.BOUNCED)


def _adjustment(amount: str, id_: str = "x-1") -> events.BalanceAdjusted:
    return events.BalanceAdjusted(id=id_, amount=money(amount), reason=events.AdjustmentReason.CORRECTION)


def _promise(amount: str = "50.00", due: date = TODAY, id_: str = "x-1") -> events.PromiseMade:
    return events.PromiseMade(id=id_, amount=money(amount), due=due)


def _resolution(dispute: str, id_: str = "x-1") -> events.DisputeResolved:
    return events.DisputeResolved(id=id_, dispute=dispute, outcome=events.DisputeOutcome.REJECTED)


def _dispute(amount: str | None = None, repeats: str | None = None) -> events.DisputeOpened:
    return events.DisputeOpened(
        id="x-1",
        category=events.DisputeCategory.AMOUNT,
        amount=None if amount is None else money(amount),
        repeats=repeats,
    )


def _answer(id_: str = "x-1") -> events.ComplaintResolved:
    return events.ComplaintResolved(id=id_, complaint="c-1", outcome=events.ComplaintOutcome.REJECTED)


MOST = Money(MINOR_UNITS_MAX, CURRENCY)
IN_DOLLARS = Money.parse("5.00", "USD")

WORK = events.WorkItemOpened(
    item="w-1",
    work=events.WorkKind.UNCLEAR_REPLY,
    due=instant("2026-04-01 09:00"),
    priority=2,
    about="reply-1",
)

REFUSED: list[tuple[str, RefusalCode, Message, tuple[AnyEvent, ...]]] = [
    ("a promise for a closed case", RefusalCode.CASE_CLOSED, _promise(), (CLOSED,)),
    ("a charge for a closed case", RefusalCode.CASE_CLOSED, _adjustment("5.00"), (CLOSED,)),
    (
        "a payment in another currency",
        RefusalCode.CURRENCY_MISMATCH,
        events.PaymentReceived(id="x-1", amount=IN_DOLLARS),
        (),
    ),
    (
        "an obligation in another currency",
        RefusalCode.CURRENCY_MISMATCH,
        events.ObligationDue(id="x-1", amount=IN_DOLLARS, due=TODAY),
        (),
    ),
    (
        "an adjustment in another currency",
        RefusalCode.CURRENCY_MISMATCH,
        events.BalanceAdjusted(id="x-1", amount=-IN_DOLLARS, reason=events.AdjustmentReason.GOODWILL),
        (),
    ),
    (
        "a promise in another currency",
        RefusalCode.CURRENCY_MISMATCH,
        events.PromiseMade(id="x-1", amount=IN_DOLLARS, due=TODAY),
        (),
    ),
    (
        "a payment's id with another amount",
        RefusalCode.ID_USED_FOR_ANOTHER,
        events.PaymentReceived(id="p-1", amount=money("31.00")),
        (PAYMENT,),
    ),
    (
        "a payment's id with another amount, after a reversal",
        RefusalCode.ID_USED_FOR_ANOTHER,
        events.PaymentReceived(id="p-1", amount=money("31.00")),
        (PAYMENT, _reversal()),
    ),
    ("a payment's id for a promise", RefusalCode.ID_USED_FOR_ANOTHER, _promise(id_="p-1"), (PAYMENT,)),
    ("a dispute's id for its resolution", RefusalCode.ID_USED_FOR_ANOTHER, _resolution("d-1", "d-1"), (DISPUTE,)),
    (
        "a hold's id for lifting it",
        RefusalCode.ID_USED_FOR_ANOTHER,
        events.HoldLifted(id="h-1", hold=HoldKind.HARDSHIP),
        (HARDSHIP,),
    ),
    (
        "an opening obligation with another amount",
        RefusalCode.ID_USED_FOR_ANOTHER,
        events.ObligationDue(id="o-1", amount=money("90.00"), due=date(2026, 1, 1)),
        (),
    ),
    (
        "an opening obligation with another date",
        RefusalCode.ID_USED_FOR_ANOTHER,
        events.ObligationDue(id="o-1", amount=money("100.00"), due=date(2026, 1, 2)),
        (),
    ),
    ("an obligation's id for a charge", RefusalCode.ID_USED_FOR_ANOTHER, _adjustment("5.00", "o-1"), ()),
    ("a reversal of no payment", RefusalCode.UNKNOWN_PAYMENT, _reversal(), ()),
    ("a reversal of a promise", RefusalCode.UNKNOWN_PAYMENT, _reversal(payment="m-1"), (PROMISE,)),
    ("a second reversal", RefusalCode.ALREADY_REVERSED, _reversal("x-2"), (PAYMENT, _reversal())),
    ("an adjustment of nothing", RefusalCode.AMOUNT_IS_ZERO, _adjustment("0.00"), ()),
    (
        "a credit that is due some day",
        RefusalCode.CREDIT_HAS_NO_DUE_DATE,
        events.BalanceAdjusted(
            id="x-1", amount=money("-5.00"), reason=events.AdjustmentReason.GOODWILL, due=TODAY + timedelta(days=1)
        ),
        (),
    ),
    (
        "a write-off that is charged",
        RefusalCode.CHARGE_WRITTEN_OFF,
        events.BalanceAdjusted(id="x-1", amount=money("5.00"), reason=events.AdjustmentReason.WRITE_OFF),
        (),
    ),
    (
        "a charge that is larger than any debt",
        RefusalCode.AMOUNT_TOO_LARGE,
        events.BalanceAdjusted(id="x-1", amount=MOST, reason=events.AdjustmentReason.CORRECTION),
        (),
    ),
    (
        "an obligation that is larger than any debt",
        RefusalCode.AMOUNT_TOO_LARGE,
        events.ObligationDue(id="x-1", amount=MOST, due=TODAY),
        (),
    ),
    (
        "payments that are larger than any debt",
        RefusalCode.AMOUNT_TOO_LARGE,
        events.PaymentReceived(id="x-1", amount=MOST),
        (PAYMENT,),
    ),
    (
        "credits that are larger than any debt",
        RefusalCode.AMOUNT_TOO_LARGE,
        events.BalanceAdjusted(id="x-1", amount=-MOST, reason=events.AdjustmentReason.CORRECTION),
        (PAYMENT,),
    ),
    ("a promise for yesterday", RefusalCode.PROMISE_DAY_PASSED, _promise(due=TODAY - timedelta(days=1)), ()),
    ("a promise too far ahead", RefusalCode.PROMISE_TOO_LATE, _promise(due=TODAY + timedelta(days=31)), ()),
    ("a promise beside another", RefusalCode.PROMISE_ALREADY_OPEN, _promise(), (PROMISE,)),
    ("a promise of more than is owed", RefusalCode.PROMISE_EXCEEDS_BALANCE, _promise("170.01"), (PAYMENT,)),
    (
        "a hold until today",
        RefusalCode.HOLD_DAY_PASSED,
        events.HoldPlaced(id="x-1", hold=HoldKind.FRAUD, until=TODAY),
        (),
    ),
    (
        "a hold from tomorrow on",
        RefusalCode.HOLD_NOT_BEGUN,
        events.HoldPlaced(id="x-1", hold=HoldKind.FRAUD, since=TODAY + timedelta(days=1)),
        (),
    ),
    (
        "lifting a hold from yesterday on",
        RefusalCode.HOLD_DAY_PASSED,
        events.HoldLifted(id="x-1", hold=HoldKind.HARDSHIP, until=TODAY - timedelta(days=1)),
        (HARDSHIP,),
    ),
    ("disputing more than was charged", RefusalCode.DISPUTE_EXCEEDS_DEBT, _dispute("200.01"), ()),
    (
        "disputing in another currency",
        RefusalCode.CURRENCY_MISMATCH,
        events.DisputeOpened(id="x-1", category=events.DisputeCategory.AMOUNT, amount=Money.parse("1.00", "CHF")),
        (),
    ),
    ("repeating no dispute", RefusalCode.NO_SUCH_DISPUTE, _dispute(repeats="d-1"), ()),
    ("repeating an open dispute", RefusalCode.NO_SUCH_DISPUTE, _dispute(repeats="d-1"), (DISPUTE,)),
    ("answering no complaint", RefusalCode.NO_SUCH_COMPLAINT, _answer(), ()),
    ("answering a complaint twice", RefusalCode.NO_SUCH_COMPLAINT, _answer("x-2"), (COMPLAINT, _answer())),
    (
        "what is affordable in another currency",
        RefusalCode.CURRENCY_MISMATCH,
        events.HardshipStated(id="x-1", category=events.HardshipCategory.OTHER, affordable=Money.parse("1.00", "CHF")),
        (),
    ),
    ("lifting no hold", RefusalCode.NO_SUCH_HOLD, events.HoldLifted(id="x-1", hold=HoldKind.FRAUD), (HARDSHIP,)),
    (
        "lifting a hold that has ended",
        RefusalCode.NO_SUCH_HOLD,
        events.HoldLifted(id="x-1", hold=HoldKind.FRAUD),
        (events.HoldPlaced(id="h-2", hold=HoldKind.FRAUD, until=TODAY),),
    ),
    ("resolving no dispute", RefusalCode.NO_SUCH_DISPUTE, _resolution("d-2"), (DISPUTE,)),
    (
        "resolving a dispute twice",
        RefusalCode.NO_SUCH_DISPUTE,
        _resolution("d-1"),
        (DISPUTE, _resolution("d-1", "e-1")),
    ),
    ("resolving a hold of another kind", RefusalCode.NO_SUCH_DISPUTE, _resolution("h-1"), (HARDSHIP,)),
    *REFUSED_OF_REFERRALS,
    *AGREEMENTS_REFUSED,
    ("a consent given tomorrow", RefusalCode.IN_THE_FUTURE, _consent(TODAY + timedelta(days=1)), ()),
    ("a call made in ten minutes", RefusalCode.IN_THE_FUTURE, _call(timedelta(minutes=10)), ()),
    (
        "completing work that nobody asked for",
        RefusalCode.NO_SUCH_WORK_ITEM,
        events.WorkItemCompleted(id="x-1", item="w-1", outcome=events.WorkOutcome.DONE, completed_by="agent-1"),
        (),
    ),
    (
        "deciding a dispute by work that is about none",
        RefusalCode.WORK_OUTCOME_UNFIT,
        events.WorkItemCompleted(id="x-1", item="w-1", outcome=events.WorkOutcome.UPHELD, completed_by="agent-1"),
        (WORK,),
    ),
]

ACCEPTED: list[tuple[str, Message, tuple[AnyEvent, ...]]] = [
    *ACCEPTED_OF_REFERRALS,
    ("a payment", PAYMENT, ()),
    ("a payment of more than is owed", events.PaymentReceived(id="x-1", amount=money("999.00")), ()),
    ("a payment for a closed case", PAYMENT, (CLOSED,)),
    ("a reversal for a closed case", _reversal(), (PAYMENT, CLOSED)),
    ("an attorney for a closed case", events.HoldPlaced(id="x-1", hold=HoldKind.ATTORNEY), (CLOSED,)),
    ("a dispute resolved after closing", _resolution("d-1"), (DISPUTE, CLOSED)),
    ("a recall of a closed case", events.Recalled(id="x-1"), (CLOSED,)),
    ("a promise for today of all that is owed", _promise("200.00"), ()),
    ("a promise for the last possible day", _promise(due=TODAY + timedelta(days=30)), ()),
    ("a promise after a broken one", _promise(), (PROMISE, events.PromiseBroken(promise="m-1"))),
    *AGREEMENTS_ACCEPTED,
    ("a hold until tomorrow", events.HoldPlaced(id="x-1", hold=HoldKind.FRAUD, until=TODAY + timedelta(days=1)), ()),
    ("lifting a hold", events.HoldLifted(id="x-1", hold=HoldKind.HARDSHIP), (HARDSHIP,)),
    ("a consent given today", _consent(TODAY), ()),
    ("a call by a clock that is a little ahead", _call(timedelta(minutes=1)), ()),
    (
        "lifting a hold in a month",
        events.HoldLifted(id="x-1", hold=HoldKind.HARDSHIP, until=TODAY + timedelta(days=30)),
        (HARDSHIP,),
    ),
    (
        "a hold that began before",
        events.HoldPlaced(id="x-1", hold=HoldKind.BREATHING_SPACE, since=TODAY - timedelta(days=9)),
        (),
    ),
    ("a dispute about all that was charged", _dispute("200.00"), (PAYMENT,)),
    ("a second dispute beside an open one", _dispute("10.00"), (DISPUTE,)),
    ("a repetition of a rejected dispute", _dispute(repeats="d-1"), (DISPUTE, _resolution("d-1", "e-1"))),
    ("a complaint about a closed case", COMPLAINT, (CLOSED,)),
    ("an answer to a complaint", _answer(), (COMPLAINT,)),
    ("a charge up to the limit", _adjustment("9999999999999799.99"), ()),
    ("a credit up to the limit", _adjustment("-9999999999999999.99"), ()),
]


class TestRefusals:
    @pytest.mark.parametrize(
        ("code", "message", "happened"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
    )
    def test_is_refused(self, code: RefusalCode, message: Message, happened: tuple[AnyEvent, ...]) -> None:
        assert _code(message, *happened) is code

    @pytest.mark.parametrize(
        ("message", "happened"), [case[1:] for case in ACCEPTED], ids=[case[0] for case in ACCEPTED]
    )
    def test_is_accepted(self, message: Message, happened: tuple[AnyEvent, ...]) -> None:
        assert _code(message, *happened) is None

    def test_the_policy_limits_how_many_promises_a_case_gets(self) -> None:
        kept = (PROMISE, events.PromiseKept(promise="m-1"))
        assert _code(_promise(), *kept, policy=a_policy(promise_limit=1)) is RefusalCode.PROMISE_LIMIT_REACHED
        assert _code(_promise(), *kept, policy=a_policy(promise_limit=2)) is None
        assert _code(_promise(), policy=a_policy(promise_limit=0)) is RefusalCode.PROMISE_LIMIT_REACHED

    def test_a_policy_without_terms_agrees_to_no_plan_and_offers_no_settlement(self) -> None:
        assert _code(a_plan("200.00"), policy=a_policy()) is RefusalCode.ARRANGEMENT_NOT_OFFERED
        request = events.SettlementRequested(id="x-1", offer="half")
        assert _code(request, policy=a_policy()) is RefusalCode.NO_SUCH_OFFER

    def test_every_code_of_the_contract_has_a_case_here(self) -> None:
        by_parsing = {RefusalCode.UNKNOWN_MESSAGE, RefusalCode.MALFORMED}
        by_other_policies = {RefusalCode.PROMISE_LIMIT_REACHED, RefusalCode.ARRANGEMENT_NOT_OFFERED}
        assert {case[1] for case in REFUSED} | by_parsing | by_other_policies == set(RefusalCode)

    def test_only_money_owed_and_referrals_wait_for_a_closed_case_to_open_again(self) -> None:
        assert set(events.MESSAGE_TYPES) - set(ACCEPTED_WHEN_CLOSED) == {
            events.ObligationDue,
            events.BalanceAdjusted,
            events.PromiseMade,
            events.ArrangementAgreed,
            events.SettlementRequested,
            events.SettlementAccepted,
            events.ReferralDecided,
            events.ReferralStatusChanged,
        }

    @given(lives(POLICY, messages), messages)
    def test_what_is_not_refused_can_be_applied_and_leaves_a_balance(self, life: Life, message: AnyMessage) -> None:
        today = TODAY
        if refusal_of(message, _situation(life.state, today)) is None and not is_duplicate(life.state, message):
            changed = after(life.state, (instant("2026-01-20 10:00"), message))
            assert balance_of(changed, POLICY.waterfall, today).outstanding.currency == CURRENCY


class TestDuplicates:
    @given(lives(POLICY, messages))
    def test_whatever_was_applied_may_come_again_as_often_as_it_likes(self, life: Life) -> None:
        for message in life.applied:
            assert is_duplicate(life.state, message)
            assert refusal_of(message, _situation(life.state)) is None

    @given(lives(POLICY, messages))
    def test_an_id_that_was_applied_is_never_taken_for_something_else(self, life: Life) -> None:
        applied = {message.id: message for message in life.applied}
        for message, code in life.refused:
            known = applied.get(message.id)
            assert code is not RefusalCode.ID_USED_FOR_ANOTHER or known != message
        assert len(applied) == len(life.applied)

    @given(messages, messages)
    def test_a_second_message_with_an_id_is_equal_or_refused(self, first: AnyMessage, second: AnyMessage) -> None:
        second = second.model_copy(update={"id": first.id})
        state = _case()
        if refusal_of(first, _situation(state)) is not None or is_duplicate(state, first):
            return
        state = after(state, (instant("2026-01-15 10:00"), first))
        refusal = refusal_of(second, _situation(state))
        expected = None if second == first else RefusalCode.ID_USED_FOR_ANOTHER
        assert (refusal.code if refusal else None) == expected

    def test_what_a_case_remembers_of_a_message_outlives_releases_that_add_fields(self) -> None:
        class LaterPayment(events.PaymentReceived):
            reference: str = ""

        remembered = Applied(id="p-1", digest="cd6804fe35c6f064")
        assert Applied.of(PAYMENT) == remembered
        assert Applied.of(LaterPayment(id="p-1", amount=money("30.00"))) == remembered

    def test_a_closed_case_still_knows_what_was_applied_before(self) -> None:
        closed = _case(PROMISE, CLOSED)
        assert is_duplicate(closed, PROMISE)
        assert refusal_of(PROMISE, _situation(closed)) is None

    def test_an_obligation_of_the_opening_announced_again_is_a_duplicate(self) -> None:
        announced = events.ObligationDue(id="o-1", amount=money("100.00"), due=date(2026, 1, 1))
        assert is_duplicate(_case(), announced)
        assert _code(announced) is None

    def test_only_obligations_share_ids_with_the_opening(self) -> None:
        assert _code(events.PaymentReceived(id="o-1", amount=money("5.00"))) is None


MARK = "Zebedee"

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([400, 5000]).map(lambda digits: 10**digits)
    | st.floats()
    | st.builds(lambda before, after_: f"{before}{MARK}{after_}", st.text(max_size=3), st.text(max_size=3))
    | st.sampled_from([MARK + "\x00", MARK + "\ud800", "\udfff" + MARK, f"2026-05-01{MARK}", f"+49 {MARK}"])
)
hostile_json = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([MARK, "id", "amount", "currency", "kind", MARK + "\ud800"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


def _nested(depth: int) -> Any:
    nested: Any = MARK
    for _ in range(depth):
        nested = [nested]
    return nested


def _itself() -> Any:
    endless: list[Any] = []
    endless.append(endless)
    return endless


class TestParsing:
    @pytest.mark.parametrize("message_type", MESSAGES, ids=events.MESSAGES)
    @given(data=st.data())
    def test_every_message_is_read_from_its_own_json(self, message_type: type[Message], data: st.DataObject) -> None:
        message = data.draw(MESSAGES[message_type])
        kind = events.message_kind(message_type)
        assert parse_message(kind, json.loads(message.model_dump_json())) == message

    @pytest.mark.parametrize("message_type", MESSAGES, ids=events.MESSAGES)
    @given(data=st.data())
    def test_fields_with_a_default_may_be_left_out(self, message_type: type[Message], data: st.DataObject) -> None:
        message = data.draw(MESSAGES[message_type])
        kind = events.message_kind(message_type)
        assert parse_message(kind, json.loads(message.model_dump_json(exclude_defaults=True))) == message

    @pytest.mark.parametrize("kind", ["", "payment", "PaymentReceived", "case_opened", "__class__", "\ud800", MARK])
    def test_an_unknown_message_is_refused_with_the_list_of_known_ones(self, kind: str) -> None:
        refusal = parse_message(kind, {"id": "x-1"})
        assert isinstance(refusal, Refusal)
        assert refusal.code is RefusalCode.UNKNOWN_MESSAGE
        assert "payment_received" in refusal.detail
        assert not kind or kind not in refusal.detail.replace("payment_received", "").replace("payment_reversed", "")

    @pytest.mark.parametrize("payload", [None, 1, 1.5, True, MARK, b"{}", [], [{"id": "x-1"}], {"id"}, object()])
    def test_what_is_no_object_is_refused(self, payload: Any) -> None:
        refusal = parse_message("recalled", payload)
        assert isinstance(refusal, Refusal)
        assert refusal == Refusal(RefusalCode.MALFORMED, "send one JSON object, see docs/contract/recalled.schema.json")

    @pytest.mark.parametrize(
        ("kind", "wrong"),
        [
            ("promise_made", {"due": 86400}),
            ("promise_made", {"due": "86400"}),
            ("promise_made", {"due": "2026-05-01T00:00:00"}),
            ("promise_made", {"due": "9999-12-31"}),
            ("promise_made", {"due": None}),
            ("promise_made", {"id": 7}),
            ("promise_made", {"id": "a b"}),
            ("promise_made", {"id": "4111111111111111"}),
            ("promise_made", {"id": "x\x00"}),
            ("promise_made", {"kind": "payment_received"}),
            ("promise_made", {"amount": 5}),
            ("promise_made", {"amount": 5.5}),
            ("promise_made", {"amount": "5.00"}),
            ("promise_made", {"amount": {"amount": 5, "currency": "GBP"}}),
            ("promise_made", {"amount": {"amount": "0.00", "currency": "GBP"}}),
            ("promise_made", {"amount": {"amount": "-1.00", "currency": "GBP"}}),
            ("promise_made", {"amount": {"amount": "1.000", "currency": "GBP"}}),
            ("promise_made", {"amount": {"amount": "1e3", "currency": "GBP"}}),
            ("promise_made", {"amount": {"amount": "NaN", "currency": "GBP"}}),
            ("promise_made", {"amount": {"amount": "1.00", "currency": "gbp"}}),
            ("promise_made", {"amount": {"amount": "1.00", "currency": "XQZ"}}),
            ("promise_made", {"amount": {"amount": "1.00"}}),
            ("promise_made", {"amount": {"amount": "1.00", "currency": "GBP", MARK: 1}}),
            ("promise_made", {MARK: 1}),
            ("consent_changed", {"consented": "yes"}),
            ("consent_changed", {"consented": 1}),
            ("consent_changed", {"channel": "SMS"}),
            ("consent_changed", {"channel": "fax"}),
            ("consent_changed", {"given_how": "telepathy"}),
            ("call_outcome_recorded", {"outcome": "sent"}),
            ("call_outcome_recorded", {"outcome": "delivered"}),
            ("call_outcome_recorded", {"debts": ["A-2"]}),
            ("contact_preferences_changed", {"inconvenient_times": [{"start": "17:00", "end": "09:00"}]}),
        ],
    )
    def test_a_wrong_field_is_named_and_its_value_is_not(self, kind: str, wrong: dict[str, Any]) -> None:
        (right,) = [
            message
            for message in (
                PROMISE,
                events.ConsentChanged(id="x-1", channel=Channel.SMS, consented=True),
                events.CallOutcomeRecorded(id="x-1", outcome=Outcome.NO_ANSWER),
                events.ContactPreferencesChanged(id="x-1"),
            )
            if message.kind == kind
        ]
        payload = json.loads(right.model_dump_json())
        assert parse_message(kind, payload) == right
        refusal = parse_message(kind, payload | wrong)
        assert isinstance(refusal, Refusal)
        assert refusal.code is RefusalCode.MALFORMED
        (field,) = wrong
        assert refusal.detail.startswith("(unknown field)" if field == MARK else field)
        assert MARK not in refusal.detail
        assert "XQZ" not in refusal.detail
        assert refusal.detail.endswith(f"see docs/contract/{kind}.schema.json")

    def test_the_names_of_unknown_fields_are_not_repeated_and_not_many_are_counted_out(self) -> None:
        payload = {"id": "x-1"} | {f"{MARK} {number}": number for number in range(10_000)}
        refusal = parse_message("recalled", payload)
        assert isinstance(refusal, Refusal)
        assert refusal.detail.count("(unknown field)") == PROBLEMS_NAMED_MAX
        assert "and 9995 more" in refusal.detail
        assert len(refusal.detail) < 500

    @pytest.mark.parametrize(
        "value",
        [_nested(150), _nested(5_000), _nested(200_000), _itself(), 10**5000, b"bytes", {1, 2}, object(), 1j],
        ids=["nested", "nested deep", "nested very deep", "endless", "huge", "bytes", "set", "object", "complex"],
    )
    @pytest.mark.parametrize("field", ["id", MARK])
    def test_what_is_no_json_or_too_deep_is_refused(self, field: str, value: Any) -> None:
        refusal = parse_message("recalled", {"id": "x-1"} | {field: value})
        assert isinstance(refusal, Refusal)
        assert refusal.code is RefusalCode.MALFORMED
        assert MARK not in refusal.detail

    @given(
        messages, st.lists(st.tuples(st.sampled_from(["id", "amount", "due", "kind", MARK]), hostile_json), min_size=1)
    )
    def test_hostile_content_is_never_an_exception_and_never_repeated(
        self, message: AnyMessage, changes: list[tuple[str, Any]]
    ) -> None:
        payload = json.loads(message.model_dump_json()) | dict(changes)
        parsed = parse_message(message.kind, payload)
        if isinstance(parsed, Refusal):
            assert parsed.code is RefusalCode.MALFORMED
            assert MARK not in parsed.detail
            assert len(parsed.detail) < 2_000
        else:
            jsonschema.validate(payload, type(message).model_json_schema())

    @given(st.sampled_from(sorted(events.MESSAGES)), hostile_json)
    def test_hostile_payloads_are_never_an_exception_and_never_repeated(self, kind: str, payload: Any) -> None:
        parsed = parse_message(kind, payload)
        assert isinstance(parsed, Refusal)
        assert MARK not in parsed.detail
