"""A case is its journal: the same entries always add up to the same state, and its money and age to what they say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import events
from domain.ageing import pauses_of, treatment_day
from domain.balance import Balance, balance_of, paid_in_all
from domain.events import AnyEvent, Entry, Event
from domain.evolve import evolve, local_date, replay
from domain.names import Channel, CloseReason, Component, HoldKind, Outcome, ReferralStatus, ReplyIntent
from domain.state import (
    REFUSED_KEPT_MAX,
    Attempt,
    CaseState,
    CaseStatus,
    Deferral,
    PromiseStatus,
    StepOutcome,
)
from tests.domain.builders import a_case, a_policy, after, instant, money
from tests.domain.generators import FIRST_DAY, Life, later_occurrences, lives, messages, money_messages

POLICY = a_policy(promise_limit=20)
DUE = date(2026, 1, 1)
HORIZON = FIRST_DAY + timedelta(days=120)
STATE_BYTES_MAX = 8_000

everything: st.SearchStrategy[Event] = st.one_of(messages, later_occurrences)


def _case() -> CaseState:
    return a_case(("100.00", DUE), ("100.00", date(2026, 2, 1)))


def _on(day: str, event: AnyEvent) -> tuple[datetime, AnyEvent]:
    return instant(f"{day} 10:00"), event


def _payment(id_: str, amount: str) -> events.PaymentReceived:
    return events.PaymentReceived(id=id_, amount=money(amount))


def _reversal(id_: str, payment: str) -> events.PaymentReversed:
    return events.PaymentReversed(id=id_, payment=payment, reason=events.ReversalReason.BOUNCED)


class TestTheJournal:
    def test_begins_with_the_opening(self) -> None:
        with pytest.raises(ValueError, match="first entry must be case_opened"):
            evolve(None, Entry(at=instant("2026-01-01 08:00"), event=events.CaseReopened()))

    @given(lives(POLICY, messages, longest=0))
    def test_opens_a_case_only_once(self, life: Life) -> None:
        with pytest.raises(ValueError, match="open already"):
            evolve(life.state, life.entries[0])

    def test_has_each_message_only_once(self) -> None:
        case = after(_case(), _on("2026-01-05", _payment("p-1", "10.00")))
        with pytest.raises(ValueError, match="applied once"):
            after(case, _on("2026-01-06", _payment("p-1", "10.00")))

    def test_of_no_case_is_no_state(self) -> None:
        assert replay([]) is None

    @given(lives(POLICY, everything))
    def test_replayed_is_the_state_that_the_case_lived_to(self, life: Life) -> None:
        assert replay(life.entries) == life.state

    @given(lives(POLICY, everything))
    def test_read_back_from_json_adds_up_to_the_same(self, life: Life) -> None:
        assert replay(Entry.model_validate_json(entry.model_dump_json()) for entry in life.entries) == life.state

    @given(lives(POLICY, everything))
    def test_makes_a_state_that_survives_its_json_form_after_every_entry(self, life: Life) -> None:
        state: CaseState | None = None
        for entry in life.entries:
            state = evolve(state, entry)
            assert CaseState.model_validate_json(state.model_dump_json()) == state

    def test_dates_its_entries_by_the_account_s_own_calendar(self) -> None:
        late_in_london = Entry(at=datetime(2026, 1, 5, 23, 30, tzinfo=UTC), event=events.CaseReopened())
        assert local_date(late_in_london, "Europe/London") == date(2026, 1, 5)
        assert local_date(late_in_london, "Asia/Shanghai") == date(2026, 1, 6)
        assert local_date(late_in_london, "America/New_York") == date(2026, 1, 5)


class TestMoney:
    @given(lives(POLICY, money_messages))
    def test_adds_up_after_any_sequence_of_messages(self, life: Life) -> None:
        """Against a ledger kept by hand from the accepted messages alone."""
        ledger = sum(obligation.amount.minor for obligation in life.opening.obligations)
        paid: dict[str, int] = {}
        for message in life.applied:
            match message:
                case events.ObligationDue() | events.BalanceAdjusted():
                    ledger += message.amount.minor
                case events.PaymentReceived():
                    paid[message.id] = message.amount.minor
                case events.PaymentReversed():
                    del paid[message.payment]
        balance = _balance(life.state)
        assert balance.outstanding.minor - balance.credit.minor == ledger - sum(paid.values())
        assert balance.outstanding.minor >= 0
        assert balance.credit.minor >= 0

    @given(lives(POLICY, money_messages), st.dates(FIRST_DAY, HORIZON))
    def test_a_reversed_payment_leaves_no_trace_in_what_is_owed_and_how_late(self, life: Life, on: date) -> None:
        reversed_payments = {message.payment for message in life.applied if isinstance(message, events.PaymentReversed)}
        without = replay(entry for entry in life.entries if not _is_about(entry.event, reversed_payments))
        assert without is not None
        assert _standing(life.state, on) == _standing(without, on)

    def test_a_reversal_puts_the_oldest_due_date_back(self) -> None:
        paid = after(_case(), _on("2026-01-20", _payment("p-1", "100.00")))
        bounced = after(paid, _on("2026-01-27", _reversal("r-1", "p-1")))
        assert [_standing(state, date(2026, 2, 10))["day"] for state in (paid, bounced)] == [9, 40]

    def test_a_charge_falls_due_on_its_day_or_else_today_and_a_negative_adjustment_is_a_credit(self) -> None:
        fee = events.BalanceAdjusted(id="a-1", amount=money("5.00"), reason=events.AdjustmentReason.FEE)
        interest = events.BalanceAdjusted(
            id="a-2", amount=money("1.00"), reason=events.AdjustmentReason.INTEREST, due=date(2026, 3, 1)
        )
        goodwill = events.BalanceAdjusted(id="a-3", amount=money("-2.00"), reason=events.AdjustmentReason.GOODWILL)
        case = after(_case(), *(_on("2026-01-09", event) for event in (fee, interest, goodwill)))
        charges = [(charge.id, charge.amount, charge.due, charge.component) for charge in case.obligations[2:]]
        assert charges == [
            ("a-1", money("5.00"), date(2026, 1, 9), Component.FEE),
            ("a-2", money("1.00"), date(2026, 3, 1), Component.INTEREST),
        ]
        assert [(credit.id, credit.amount, credit.on) for credit in case.credits] == [
            ("a-3", money("2.00"), date(2026, 1, 9))
        ]


def _balance(state: CaseState, on: date = FIRST_DAY) -> Balance:
    return balance_of(state, POLICY.waterfall, on)


def _is_about(event: Event, payments: set[str]) -> bool:
    return (isinstance(event, events.PaymentReceived) and event.id in payments) or (
        isinstance(event, events.PaymentReversed) and event.payment in payments
    )


def _standing(state: CaseState, on: date) -> dict[str, Any]:
    """What is owed, how late it is, and how much of each promise has come in."""
    balance = _balance(state, on)
    oldest = balance.oldest_unpaid
    return {
        "balance": balance,
        "oldest": oldest,
        "day": treatment_day(oldest.due, on, POLICY.grace_days, pauses_of(state)) if oldest else None,
        "promised": {promise.id: paid_in_all(state) - promise.paid_before for promise in state.promises},
    }


class TestPromises:
    def test_only_what_is_paid_after_it_counts_to_a_promise(self) -> None:
        case = after(
            _case(),
            _on("2026-01-05", _payment("p-1", "30.00")),
            _on("2026-01-06", events.PromiseMade(id="m-1", amount=money("50.00"), due=date(2026, 1, 20))),
            _on("2026-01-07", _payment("p-2", "50.00")),
        )
        assert paid_in_all(case) - case.promises[0].paid_before == money("50.00")

    def test_a_payment_of_before_that_bounces_does_not_unkeep_a_promise(self) -> None:
        case = after(
            _case(),
            _on("2026-01-05", _payment("p-1", "30.00")),
            _on("2026-01-06", events.PromiseMade(id="m-1", amount=money("50.00"), due=date(2026, 1, 20))),
            _on("2026-01-07", _payment("p-2", "50.00")),
            _on("2026-01-08", _reversal("r-1", "p-1")),
        )
        assert paid_in_all(case) - case.promises[0].paid_before == money("50.00")

    def test_a_payment_towards_it_that_bounces_counts_no_more(self) -> None:
        case = after(
            _case(),
            _on("2026-01-06", events.PromiseMade(id="m-1", amount=money("50.00"), due=date(2026, 1, 20))),
            _on("2026-01-07", _payment("p-1", "50.00")),
            _on("2026-01-08", _reversal("r-1", "p-1")),
        )
        assert paid_in_all(case) - case.promises[0].paid_before == money("0.00")

    @pytest.mark.parametrize(
        ("settled", "status"),
        [
            (events.PromiseKept(promise="m-1"), PromiseStatus.KEPT),
            (events.PromiseBroken(promise="m-1"), PromiseStatus.BROKEN),
        ],
    )
    def test_a_promise_is_kept_or_broken_and_no_other_with_it(self, settled: AnyEvent, status: PromiseStatus) -> None:
        promises = [events.PromiseMade(id=id_, amount=money("5.00"), due=date(2026, 1, 20)) for id_ in ("m-1", "m-2")]
        case = after(_case(), *(_on("2026-01-06", promise) for promise in promises), _on("2026-01-21", settled))
        assert [promise.status for promise in case.promises] == [status, PromiseStatus.OPEN]


class TestHolds:
    def test_a_hold_pauses_from_the_day_that_it_is_placed_until_its_end(self) -> None:
        case = after(
            _case(),
            _on("2026-01-05", events.HoldPlaced(id="h-1", hold=HoldKind.HARDSHIP, until=date(2026, 1, 10))),
        )
        assert [day for day in range(1, 32) if case.holds[0].covers(date(2026, 1, day))] == [5, 6, 7, 8, 9]

    def test_lifting_ends_every_hold_of_the_kind_today_and_no_other(self) -> None:
        placed = [
            events.HoldPlaced(id="h-1", hold=HoldKind.HARDSHIP),
            events.HoldPlaced(id="h-2", hold=HoldKind.HARDSHIP, until=date(2026, 3, 1)),
            events.HoldPlaced(id="h-3", hold=HoldKind.FRAUD),
        ]
        lifted = events.HoldLifted(id="l-1", hold=HoldKind.HARDSHIP)
        case = after(_case(), *(_on("2026-01-05", hold) for hold in placed), _on("2026-01-08", lifted))
        assert [hold.ends_on for hold in case.holds] == [date(2026, 1, 8), date(2026, 1, 8), None]

    def test_a_hold_that_ended_before_keeps_its_end(self) -> None:
        case = after(
            _case(),
            _on("2026-01-05", events.HoldPlaced(id="h-1", hold=HoldKind.FRAUD, until=date(2026, 1, 7))),
            _on("2026-01-09", events.HoldLifted(id="l-1", hold=HoldKind.FRAUD)),
        )
        assert case.holds[0].ends_on == date(2026, 1, 7)

    def test_a_hold_lifted_on_the_day_that_it_was_placed_covered_no_day(self) -> None:
        case = after(
            _case(),
            _on("2026-01-05", events.HoldPlaced(id="h-1", hold=HoldKind.FRAUD)),
            _on("2026-01-05", events.HoldLifted(id="l-1", hold=HoldKind.FRAUD)),
        )
        assert not any(case.holds[0].covers(date(2026, 1, day)) for day in range(1, 32))

    def test_a_dispute_holds_until_it_is_resolved_and_leaves_other_holds_alone(self) -> None:
        case = after(
            _case(),
            _on("2026-01-05", events.DisputeOpened(id="d-1", category=events.DisputeCategory.AMOUNT)),
            _on("2026-01-05", events.DisputeOpened(id="d-2", category=events.DisputeCategory.FRAUD)),
            _on("2026-01-06", events.HoldPlaced(id="h-1", hold=HoldKind.ATTORNEY)),
            _on(
                "2026-01-09",
                events.DisputeResolved(id="e-1", dispute="d-1", outcome=events.DisputeOutcome.REJECTED),
            ),
            _on(
                "2026-01-10",
                events.DisputeResolved(id="e-2", dispute="h-1", outcome=events.DisputeOutcome.REJECTED),
            ),
        )
        assert [(hold.kind, hold.ends_on) for hold in case.holds] == [
            (HoldKind.DISPUTE, date(2026, 1, 9)),
            (HoldKind.DISPUTE, None),
            (HoldKind.ATTORNEY, None),
        ]

    @given(lives(POLICY, messages))
    def test_days_that_were_paused_are_never_taken_back(self, life: Life) -> None:
        state: CaseState | None = None
        paused: set[date] = set()
        for entry in life.entries:
            state = evolve(state, entry)
            today = local_date(entry, state.zone)
            calendar = [FIRST_DAY + timedelta(days=number) for number in range((today - FIRST_DAY).days)]
            now_paused = {day for day in calendar if any(hold.covers(day) for hold in state.holds)}
            assert paused <= now_paused
            paused = now_paused


class TestContacts:
    def test_every_attempt_is_kept_with_its_outcome(self) -> None:
        step: dict[str, Any] = {"step": "reminder", "obligation": "o-1"}
        case = after(
            _case(),
            _on("2026-01-05", events.ContactFailed(**step, contact="c-1", channel=Channel.SMS, code="21211")),
            _on("2026-01-05", events.ContactSuppressed(**step, channel=Channel.VOICE, reasons=())),
            *(
                _on(
                    "2026-01-05",
                    events.ContactMade(
                        **step, contact="c-2", channel=Channel.EMAIL, template="reminder-text", outcome=outcome
                    ),
                )
                for outcome in (Outcome.SENT, Outcome.UNKNOWN)
            ),
        )
        assert case.attempts == tuple(
            Attempt(**step, channel=channel, outcome=outcome, on=date(2026, 1, 5))
            for channel, outcome in (
                (Channel.SMS, StepOutcome.FAILED),
                (Channel.VOICE, StepOutcome.SUPPRESSED),
                (Channel.EMAIL, StepOutcome.MADE),
                (Channel.EMAIL, StepOutcome.MADE),
            )
        )

    def test_an_attempt_has_the_date_of_where_the_account_lives(self) -> None:
        skipped = events.ContactSuppressed(step="reminder", obligation="o-1", channel=Channel.SMS, reasons=())
        case = after(a_case(("100.00", DUE), zone="Asia/Tokyo"), (instant("2026-01-05 20:00"), skipped))
        assert [attempt.on for attempt in case.attempts] == [date(2026, 1, 6)]

    def test_a_deferral_stands_until_the_step_is_attempted(self) -> None:
        until = instant("2026-01-06 09:00")
        deferred = events.ContactDeferred(
            step="reminder", obligation="o-1", channel=Channel.SMS, until=until, reasons=()
        )
        suppressed = events.ContactSuppressed(step="reminder", obligation="o-1", channel=Channel.SMS, reasons=())
        waiting = after(_case(), _on("2026-01-05", deferred))
        assert waiting.deferral == Deferral(step="reminder", obligation="o-1", until=until)
        assert after(waiting, _on("2026-01-06", suppressed)).deferral is None

    def test_the_stage_is_the_one_that_was_entered_last(self) -> None:
        entered = [events.StageEntered(stage=stage, obligation="o-1", day=3) for stage in ("reminder", "notice")]
        case = after(_case(), *(_on("2026-01-05", event) for event in entered))
        assert (case.stage, case.stage_obligation) == ("notice", "o-1")


class TestTheEnd:
    @pytest.mark.parametrize(
        ("happened", "status"),
        [
            (events.ReferralDecided(id="x-1", approved=True, decided_by="agent-1"), ReferralStatus.APPROVED),
            (events.ReferralDecided(id="x-1", approved=False, decided_by="agent-1"), ReferralStatus.DECLINED),
            (events.ReferralStatusChanged(id="x-1", status=ReferralStatus.FILED), ReferralStatus.FILED),
            (events.ReferralRecalled(referral="r-1"), ReferralStatus.RECALLED),
        ],
    )
    def test_a_referral_stands_as_was_last_heard(self, happened: AnyEvent, status: ReferralStatus) -> None:
        proposed = events.ReferralProposed(referral="r-1", outstanding=money("200.00"))
        case = after(_case(), _on("2026-04-01", proposed), _on("2026-04-02", happened))
        assert case.referral is not None
        assert (case.referral.id, case.referral.status) == ("r-1", status)
        assert case.referral.proposed_on == date(2026, 4, 1)

    def test_a_case_closes_for_a_reason_and_opens_again_without_one(self) -> None:
        closed = after(_case(), _on("2026-04-01", events.CaseClosed(reason=CloseReason.PAID)))
        assert (closed.status, closed.closed_because) == (CaseStatus.CLOSED, CloseReason.PAID)
        reopened = after(closed, _on("2026-04-02", events.CaseReopened()))
        assert (reopened.status, reopened.closed_because) == (CaseStatus.OPEN, None)

    def test_a_recalled_case_stays_recalled_when_it_opens_again(self) -> None:
        case = after(_case(), _on("2026-04-01", events.Recalled(id="x-1")), _on("2026-04-02", events.CaseReopened()))
        assert case.recalled


class TestSize:
    def test_the_refused_ids_that_are_kept_are_the_latest_few_and_none_is_empty(self) -> None:
        case = _case()
        for number in range(3 * REFUSED_KEPT_MAX):
            for message_id in ("", f"m-{number}"):
                refused = events.MessageRefused(message=message_id, message_kind="unknown", code="malformed")
                case = after(case, _on("2026-01-05", refused))
        assert case.refused == tuple(f"m-{number}" for number in range(2 * REFUSED_KEPT_MAX, 3 * REFUSED_KEPT_MAX))

    def test_the_state_stays_small_over_a_life_of_120_days(self) -> None:
        """Five obligations, eighteen contacts, each with its delivery report, three replies, six payments and so on."""
        case = a_case(*(("250.00", DUE + timedelta(days=30 * number)) for number in range(5)))
        for number, made in enumerate(_a_busy_life()):
            case = after(case, (instant("2026-01-05 10:00") + timedelta(hours=48 * number), made))
        assert len(case.model_dump_json().encode()) < STATE_BYTES_MAX


def _a_busy_life() -> Sequence[AnyEvent]:
    """Ids are as long as they are likely to be: a provider's 34 characters, a payment system's 20."""
    makers: list[tuple[int, Callable[[int], AnyEvent]]] = [
        (18, _contact),
        (18, _delivery),
        (3, lambda n: events.ReplyReceived(id=f"SM{n:032x}", channel=Channel.SMS, intent=ReplyIntent.OTHER)),
        (6, lambda n: _payment(f"payment-{n:012d}", "25.00")),
        (1, lambda n: _reversal(f"reversal-{n:011d}", "payment-000000000003")),
        (2, lambda n: events.PromiseMade(id=f"promise-{n:012d}", amount=money("50.00"), due=HORIZON)),
        (2, lambda n: events.HoldPlaced(id=f"hold-{n:015d}", hold=HoldKind.HARDSHIP)),
        (2, lambda n: events.HoldLifted(id=f"lift-{n:015d}", hold=HoldKind.HARDSHIP)),
        (4, lambda n: events.StageEntered(stage="final-demand", obligation="o-1", day=n)),
    ]
    return [make(number) for count, make in makers for number in range(count)]


def _contact(number: int) -> AnyEvent:
    return events.ContactMade(
        step=f"reminder-{number % 10}",
        obligation=f"o-{number % 5}",
        contact=f"c-{number}",
        channel=Channel.SMS,
        template="reminder-text",
        outcome=Outcome.SENT,
    )


def _delivery(number: int) -> AnyEvent:
    return events.DeliveryReported(id=f"SM{number:031x}d", contact=f"c-{number}", outcome=Outcome.DELIVERED)
