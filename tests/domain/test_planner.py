"""What a case does next, situation by situation."""

from __future__ import annotations

from datetime import time, timedelta
from zoneinfo import ZoneInfo

from domain.compliance.parameters import LocalHours
from domain.decision import Close, Contact, EnterStage, SettlePromise, Suppress, Wait
from domain.events import (
    AdjustmentReason,
    BalanceAdjusted,
    CaseClosed,
    ContactDeferred,
    ContactSuppressed,
    DisputeOpened,
    HoldLifted,
    HoldPlaced,
    PaymentReversed,
    PromiseBroken,
    PromiseKept,
    PromiseMade,
    Recalled,
    ReversalReason,
    StageEntered,
)
from domain.events import DisputeCategory as Dispute
from domain.names import Channel, CloseReason, HoldKind
from domain.planner import next_step
from domain.state import CaseState, PromiseStatus
from tests.domain.builders import (
    LAW,
    a_case,
    a_pack,
    a_person,
    a_policy,
    a_rule,
    a_stage,
    a_step,
    after,
    failed,
    instant,
    made,
    money,
)
from tests.domain.situations import DUE, contact_of, decide, on_day, owing, paid


class TestStages:
    def test_a_case_enters_the_highest_stage_that_its_day_has_reached(self) -> None:
        decision = decide(owing(), on_day(45))
        assert decision == EnterStage(stage="notice", obligation="o-1", day=45)

    def test_a_case_that_has_entered_its_stage_goes_on_to_the_steps(self) -> None:
        assert isinstance(decide(owing(stage="notice"), on_day(45)), Contact)

    def test_before_the_first_stage_there_is_none_to_enter(self) -> None:
        assert contact_of(decide(owing(), on_day(-10))).step == "heads-up"

    def test_a_later_obligation_enters_its_own_stage_anew(self) -> None:
        state = owing(("100.00", DUE), ("100.00", DUE + timedelta(days=30)), stage="notice")
        state = after(state, (on_day(45), paid("100.00")))
        assert decide(state, on_day(45)) == EnterStage(stage="reminder", obligation="o-2", day=15)

    def test_grace_and_paused_days_keep_a_case_in_an_earlier_stage(self) -> None:
        state = after(
            owing(),
            (on_day(10), HoldPlaced(id="h-1", hold=HoldKind.HARDSHIP)),
            (on_day(30), HoldLifted(id="h-2", hold=HoldKind.HARDSHIP)),
        )
        decision = decide(state, on_day(45), a_policy(grace_days=5))
        assert decision == EnterStage(stage="reminder", obligation="o-1", day=20)


class TestSteps:
    def test_a_step_is_planned_inside_the_window_of_its_day(self) -> None:
        contact = contact_of(decide(owing(stage="upcoming", taken=["due-today"]), on_day(0, "23:00")))
        assert (contact.step, contact.channel, contact.template) == (
            "first-reminder",
            Channel.SMS,
            "first-reminder-text",
        )
        assert on_day(3, "09:00") <= contact.at < on_day(3, "13:30")
        assert contact.reason == "day 3 of reminder: 3 days past due"

    def test_a_step_before_the_due_date_says_when_it_is_due(self) -> None:
        assert contact_of(decide(owing(), on_day(-10))).reason == "day -3 of upcoming: due in 3 days"

    def test_on_the_due_date_itself_nothing_is_past_due(self) -> None:
        contact = contact_of(decide(owing(stage="upcoming", taken=["heads-up"]), on_day(-1)))
        assert (contact.step, contact.reason) == ("due-today", "day 0 of upcoming: due today")

    def test_the_same_facts_plan_the_same_instant_until_it_has_come(self) -> None:
        state = owing(stage="reminder", taken=["first-reminder"])
        contact = contact_of(decide(state, on_day(5)))
        for now in (on_day(6), on_day(9, "23:59"), contact.at - timedelta(seconds=1), contact.at):
            assert decide(state, now) == contact

    def test_cases_are_spread_over_the_first_half_of_the_window(self) -> None:
        instants = set()
        for number in range(200):
            state = a_case(("250.00", DUE), account=f"a-{number}")
            instants.add(contact_of(decide(state, on_day(-10))).at)
        assert len(instants) > 190
        assert on_day(-3, "09:00") <= min(instants) < on_day(-3, "09:10")
        assert on_day(-3, "13:20") < max(instants) < on_day(-3, "13:30")

    def test_a_case_that_comes_late_takes_the_latest_due_step_of_its_stage_at_once(self) -> None:
        state = owing(stage="reminder")
        contact = contact_of(decide(state, on_day(25, "15:00")))
        assert (contact.step, contact.at) == ("third-reminder", on_day(25, "15:00"))
        state = after(state, (contact.at, made(contact)))
        assert contact_of(decide(state, on_day(25, "15:01"))).step == "default-notice"

    def test_a_case_that_comes_late_at_night_waits_for_its_own_time_in_the_next_window(self) -> None:
        contact = contact_of(decide(owing(stage="reminder"), on_day(25, "22:00")))
        assert contact.step == "third-reminder"
        assert on_day(26, "09:00") <= contact.at < on_day(26, "13:30")
        assert contact.at != on_day(26, "09:00")

    def test_a_mandatory_step_is_never_skipped_and_nothing_overtakes_it(self) -> None:
        state = owing(stage="final")
        now = on_day(70, "10:00")
        contact = contact_of(decide(state, now))
        assert (contact.step, contact.at) == ("default-notice", now)
        state = after(state, (now, made(contact)))
        assert contact_of(decide(state, now)).step == "final-demand"

    def test_nothing_overtakes_a_mandatory_step_that_has_to_wait_for_its_window(self) -> None:
        early = a_step("early", 5, Channel.LETTER, mandatory=True, window=(time(9), time(10)))
        policy = a_policy(a_stage("only", 0, early, a_step("next", 6, Channel.SMS)))
        contact = contact_of(decide(owing(stage="only"), on_day(6, "11:00"), policy))
        assert contact.step == "early"
        assert on_day(7, "09:00") <= contact.at < on_day(7, "10:00")

    def test_a_step_that_was_taken_is_not_repeated_for_the_same_obligation(self) -> None:
        state = owing(stage="reminder")
        contact = contact_of(decide(state, on_day(5)))
        state = after(state, (contact.at, made(contact)))
        assert contact_of(decide(state, contact.at)).step == "second-reminder"

    def test_a_step_that_was_taken_for_one_obligation_is_taken_again_for_the_next(self) -> None:
        state = owing(("100.00", DUE), ("100.00", DUE + timedelta(days=30)), stage="reminder")
        contact = contact_of(decide(state, on_day(9)))
        state = after(
            state,
            (contact.at, made(contact)),
            (on_day(12), paid("100.00")),
            (on_day(35), StageEntered(stage="reminder", obligation="o-2", day=5)),
        )
        again = contact_of(decide(state, on_day(35)))
        assert (again.step, again.obligation) == (contact.step, "o-2")

    def test_all_steps_of_the_latest_due_day_are_taken_in_the_order_of_their_windows(self) -> None:
        stage = a_stage(
            "only",
            0,
            a_step("call", 5, Channel.VOICE, window=(time(14), time(17))),
            a_step("mail", 5, Channel.EMAIL),
            a_step("text", 5, Channel.SMS),
        )
        state = owing(stage="only")
        taken = []
        now = on_day(4)
        for _ in range(3):
            contact = contact_of(decide(state, now, a_policy(stage)))
            taken.append(contact.step)
            now = contact.at
            state = after(state, (now, made(contact)))
        assert taken == ["mail", "text", "call"]
        assert now < on_day(6)

    def test_a_step_that_could_leave_only_when_the_next_one_is_due_is_passed_over(self) -> None:
        step = a_step("evening", 5, Channel.SMS, window=(time(16), time(22)))
        policy = a_policy(a_stage("only", 0, step, a_step("next", 6, Channel.SMS)))
        contact = contact_of(decide(owing(stage="only"), on_day(4), policy, packs=(DAYTIME_FOR_SMS,)))
        assert contact.step == "next"

    def test_a_step_takes_its_fallback_when_its_channel_would_come_too_late(self) -> None:
        step = a_step("evening", 5, Channel.SMS, Channel.EMAIL, window=(time(16), time(22)))
        policy = a_policy(a_stage("only", 0, step, a_step("next", 6, Channel.SMS)))
        contact = contact_of(decide(owing(stage="only"), on_day(4), policy, packs=(DAYTIME_FOR_SMS,)))
        assert (contact.step, contact.channel) == ("evening", Channel.EMAIL)


DAYTIME_FOR_SMS = a_pack(a_rule(LocalHours(start=time(9), end=time(16, 1)), channels=(Channel.SMS,)))
"""Leaves one lawful minute of a window that opens at 16:00, which is over by the time that the case would take."""


class TestConditions:
    STAGE = a_stage(
        "only",
        0,
        a_step("plain", 5),
        a_step("large", 10, outstanding_at_least="500.00"),
        a_step("kept-word", 15, after_broken_promise=False),
        a_step("broken-word", 20, after_broken_promise=True),
    )

    def steps(self, state: CaseState) -> list[str]:
        taken = []
        now = on_day(1)
        while isinstance(decision := decide(state, now, a_policy(self.STAGE)), Contact):
            taken.append(decision.step)
            now = decision.at
            state = after(state, (now, made(decision)))
        return taken

    def test_steps_whose_conditions_do_not_hold_are_passed_over_in_silence(self) -> None:
        assert self.steps(owing(stage="only")) == ["plain", "kept-word"]

    def test_a_balance_at_the_limit_is_enough(self) -> None:
        assert self.steps(owing(("500.00", DUE), stage="only")) == ["plain", "large", "kept-word"]

    def test_after_a_broken_promise_the_other_branch_is_taken(self) -> None:
        promise = PromiseMade(id="pp-1", amount=money("10.00"), due=DUE)
        state = after(owing(stage="only"), (on_day(0), promise), (on_day(1), PromiseBroken(promise="pp-1")))
        assert self.steps(state) == ["plain", "broken-word"]

    def test_a_late_case_takes_the_latest_step_whose_conditions_hold(self) -> None:
        assert contact_of(decide(owing(stage="only"), on_day(12), a_policy(self.STAGE))).step == "plain"


class TestHours:
    def test_the_law_narrows_the_policys_window(self) -> None:
        policy = a_policy(window=(time(6), time(7)))
        lawful = a_policy(window=(time(6), time(22)))
        state = owing(stage="reminder", taken=["first-reminder"])
        assert isinstance(decide(state, on_day(5), policy), Wait)
        assert contact_of(decide(state, on_day(9, "22:00"), lawful)).at >= on_day(10, "09:00")

    def test_a_contact_planned_before_lawful_hours_leaves_as_they_begin(self) -> None:
        for number in range(50):
            state = a_case(("250.00", DUE), account=f"a-{number}")
            contact = contact_of(decide(state, on_day(-9), a_policy(window=(time(0, 1), time(23)))))
            assert on_day(-3, "09:00") <= contact.at < on_day(-3, "11:31")

    def test_hours_are_those_of_the_persons_first_zone(self) -> None:
        contact = contact_of(
            decide(owing(stage="reminder", taken=["first-reminder"]), on_day(5), person=a_person("America/New_York"))
        )
        assert time(9) <= contact.at.astimezone(ZoneInfo("America/New_York")).time() < time(18)
        assert contact.at.utcoffset() == timedelta(hours=-4)

    def test_days_are_those_of_the_account_wherever_the_person_is(self) -> None:
        for zone in ("Pacific/Honolulu", "Pacific/Auckland", "Asia/Tokyo"):
            contact = contact_of(
                decide(owing(stage="reminder", taken=["first-reminder"]), on_day(5), person=a_person(zone))
            )
            assert on_day(10, "00:00") <= contact.at < on_day(11, "00:00")

    def test_a_person_between_two_zones_is_contacted_when_both_are_open(self) -> None:
        person = a_person("America/New_York", "America/Los_Angeles")
        contact = contact_of(decide(owing(stage="reminder", taken=["first-reminder"]), on_day(5), person=person))
        assert instant(f"{DUE + timedelta(days=10)} 12:00", "America/New_York") <= contact.at

    def test_a_window_that_the_law_never_opens_suppresses_the_step_when_it_is_due(self) -> None:
        stage = a_stage("only", 0, a_step("dawn", 5, window=(time(5), time(6))))
        state = owing(stage="only")
        waiting = decide(state, on_day(4), a_policy(stage))
        assert isinstance(waiting, Wait)
        assert waiting.until is not None
        assert on_day(5, "05:00") <= waiting.until < on_day(5, "05:30")
        decision = decide(state, waiting.until, a_policy(stage))
        assert isinstance(decision, Suppress)
        assert [reason.rule for reason in decision.reasons] == ["policy.window"]


class TestChannels:
    def test_a_failed_channel_gives_way_to_the_fallback_at_once(self) -> None:
        state = owing(stage="reminder")
        first = contact_of(decide(state, on_day(25, "10:00")))
        state = after(state, (first.at, failed(first)))
        second = contact_of(decide(state, first.at + timedelta(minutes=1)))
        assert (first.channel, first.attempt) == (Channel.VOICE, 0)
        assert (second.channel, second.attempt, second.step) == (Channel.SMS, 1, first.step)
        assert second.at == first.at + timedelta(minutes=1)

    def test_a_fallback_after_hours_leaves_when_the_window_opens(self) -> None:
        state = owing(stage="reminder")
        first = contact_of(decide(state, on_day(25, "17:59")))
        state = after(state, (first.at, failed(first)))
        assert contact_of(decide(state, on_day(25, "18:00"))).at == on_day(26, "09:00")

    def test_a_channel_without_a_usable_contact_point_is_passed_over(self) -> None:
        person = a_person(channels=[Channel.EMAIL])
        assert contact_of(decide(owing(stage="reminder"), on_day(25), person=person)).channel is Channel.EMAIL

    def test_a_channel_that_was_opted_out_of_is_passed_over(self) -> None:
        person = a_person(opt_outs=[Channel.VOICE])
        assert contact_of(decide(owing(stage="reminder"), on_day(25), person=person)).channel is Channel.SMS

    def test_a_due_step_without_any_channel_is_suppressed_with_the_rule_and_its_citation(self) -> None:
        person = a_person(channels=[Channel.VOICE, Channel.SMS], opt_outs=[Channel.SMS, Channel.VOICE])
        decision = decide(owing(stage="reminder"), on_day(25), person=person)
        assert isinstance(decision, Suppress)
        assert (decision.step, decision.channel) == ("third-reminder", Channel.VOICE)
        assert [reason.rule for reason in decision.reasons] == ["test.opt-out", "test.opt-out", "channel.unusable"]
        assert decision.reasons[0].cite == "cite of test.opt-out"

    def test_a_step_is_not_suppressed_before_its_day(self) -> None:
        person = a_person(channels=[])
        decision = decide(owing(stage="upcoming", taken=["due-today"]), on_day(1), person=person)
        assert isinstance(decision, Wait)
        assert decision.until is not None
        assert on_day(3, "09:00") <= decision.until < on_day(3, "13:30")
        assert decision.reason == "first-reminder: no channel is usable and lawful as things stand"

    def test_a_step_that_failed_on_every_channel_is_suppressed(self) -> None:
        state = owing(stage="reminder")
        for _ in range(3):
            contact = contact_of(decide(state, on_day(25, "10:00")))
            state = after(state, (contact.at, failed(contact)))
        decision = decide(state, on_day(25, "10:00"))
        assert isinstance(decision, Suppress)
        assert {reason.rule for reason in decision.reasons} == {"channel.failed"}

    def test_a_deferred_step_comes_not_before_the_deferral_ends(self) -> None:
        state = owing(stage="reminder")
        contact = contact_of(decide(state, on_day(25)))
        until = on_day(27, "11:00")
        deferral = ContactDeferred(
            step=contact.step, obligation="o-1", channel=contact.channel, until=until, reasons=()
        )
        assert contact_of(decide(after(state, (contact.at, deferral)), contact.at)).at == until


class TestSilence:
    def test_an_open_promise_is_waited_for_through_its_day_and_grace(self) -> None:
        promise = PromiseMade(id="pp-1", amount=money("50.00"), due=DUE + timedelta(days=20))
        state = after(owing(stage="reminder"), (on_day(12), promise))
        decision = decide(state, on_day(12))
        assert decision == Wait(until=on_day(23, "00:00"), reason="promise to pay 50.00 GBP by 2026-03-21")
        assert decide(state, on_day(22, "23:59")) == decision
        assert decide(state, on_day(23, "00:00")) == SettlePromise(
            promise="pp-1", status=PromiseStatus.BROKEN, paid=money("0.00")
        )

    def test_a_promise_is_kept_as_soon_as_its_amount_is_paid(self) -> None:
        promise = PromiseMade(id="pp-1", amount=money("50.00"), due=DUE + timedelta(days=20))
        state = after(owing(stage="reminder"), (on_day(10), paid("40.00")), (on_day(12), promise))
        part = after(state, (on_day(13), paid("30.00", "p-2")))
        assert isinstance(decide(part, on_day(13)), Wait)
        whole = after(part, (on_day(14), paid("20.00", "p-3")))
        assert decide(whole, on_day(14)) == SettlePromise(
            promise="pp-1", status=PromiseStatus.KEPT, paid=money("50.00")
        )
        settled = after(whole, (on_day(14), PromiseKept(promise="pp-1")))
        assert isinstance(decide(settled, on_day(14)), Contact)

    def test_a_reversed_payment_does_not_keep_a_promise(self) -> None:
        promise = PromiseMade(id="pp-1", amount=money("50.00"), due=DUE + timedelta(days=20))
        state = after(
            owing(stage="reminder"),
            (on_day(12), promise),
            (on_day(13), paid("50.00")),
            (on_day(13), PaymentReversed(id="r-1", payment="p-1", reason=ReversalReason.BOUNCED)),
        )
        assert isinstance(decide(state, on_day(14)), Wait)

    def test_a_hold_is_waited_for_until_all_active_holds_have_ended(self) -> None:
        state = after(
            owing(stage="reminder"),
            (on_day(5), HoldPlaced(id="h-1", hold=HoldKind.BREATHING_SPACE, until=DUE + timedelta(days=30))),
            (on_day(6), HoldPlaced(id="h-2", hold=HoldKind.HARDSHIP, until=DUE + timedelta(days=20))),
        )
        decision = decide(state, on_day(7))
        assert decision == Wait(until=on_day(30, "00:00"), reason="on hold: breathing_space, hardship")

    def test_an_open_dispute_is_waited_for_without_an_end(self) -> None:
        state = after(owing(stage="reminder"), (on_day(5), DisputeOpened(id="d-1", category=Dispute.AMOUNT)))
        assert decide(state, on_day(7)) == Wait(until=None, reason="on hold: dispute")

    def test_a_hold_stops_the_referral_and_the_end_too(self) -> None:
        state = after(owing(stage="final"), (on_day(5), HoldPlaced(id="h-1", hold=HoldKind.FRAUD)))
        assert isinstance(decide(state, on_day(200)), Wait)


class TestCure:
    def test_a_settled_account_gets_one_receipt_at_the_earliest_lawful_instant_and_closes(self) -> None:
        now = on_day(12, "20:00")
        state = after(owing(stage="reminder"), (now, paid("250.00")))
        receipt = contact_of(decide(state, now))
        assert (receipt.step, receipt.obligation, receipt.channel) == ("receipt", "p-1", Channel.EMAIL)
        assert (receipt.template, receipt.at) == ("receipt-text", on_day(13, "09:00"))
        state = after(state, (receipt.at, made(receipt)))
        closing = decide(state, receipt.at)
        assert closing == Close(at=receipt.at, because=CloseReason.PAID, reason="nothing is outstanding")

    def test_the_receipt_leaves_by_its_fallback_when_its_channel_fails(self) -> None:
        state = after(owing(), (on_day(12), paid("250.00")))
        first = contact_of(decide(state, on_day(12, "10:00")))
        state = after(state, (first.at, failed(first)))
        second = contact_of(decide(state, first.at))
        assert (second.channel, second.attempt, second.at) == (Channel.SMS, 1, first.at)
        state = after(state, (second.at, failed(second)))
        assert isinstance(decide(state, second.at), Suppress)

    def test_a_receipt_without_a_channel_is_suppressed_and_the_case_closes(self) -> None:
        state = after(owing(), (on_day(12), paid("250.00")))
        person = a_person(channels=[Channel.VOICE])
        decision = decide(state, on_day(12), person=person)
        assert isinstance(decision, Suppress)
        suppressed = ContactSuppressed(
            step=decision.step, obligation=decision.obligation, channel=decision.channel, reasons=decision.reasons
        )
        assert isinstance(decide(after(state, (on_day(12), suppressed)), on_day(12), person=person), Close)

    def test_an_account_that_a_credit_settled_closes_without_a_receipt(self) -> None:
        credit = BalanceAdjusted(id="b-1", amount=-money("250.00"), reason=AdjustmentReason.GOODWILL)
        assert isinstance(decide(after(owing(), (on_day(12), credit)), on_day(12)), Close)

    def test_under_a_hold_a_settled_account_closes_without_a_receipt(self) -> None:
        hold = HoldPlaced(id="h-1", hold=HoldKind.DECEASED)
        assert isinstance(decide(after(owing(), (on_day(5), hold), (on_day(12), paid("250.00"))), on_day(12)), Close)

    def test_a_promise_that_settles_the_account_is_kept_before_the_receipt(self) -> None:
        promise = PromiseMade(id="pp-1", amount=money("250.00"), due=DUE + timedelta(days=20))
        state = after(owing(), (on_day(12), promise), (on_day(13), paid("250.00")))
        assert decide(state, on_day(13)) == SettlePromise(
            promise="pp-1", status=PromiseStatus.KEPT, paid=money("250.00")
        )

    def test_an_account_that_is_current_but_owes_a_later_obligation_stays_open_for_its_reminders(self) -> None:
        state = owing(("100.00", DUE), ("100.00", DUE + timedelta(days=60)), stage="reminder")
        state = after(state, (on_day(12), paid("100.00")))
        contact = contact_of(decide(state, on_day(12)))
        assert (contact.step, contact.obligation) == ("heads-up", "o-2")
        assert on_day(57, "00:00") < contact.at < on_day(58, "00:00")

    def test_a_recalled_case_closes_at_once_even_under_a_promise(self) -> None:
        promise = PromiseMade(id="pp-1", amount=money("50.00"), due=DUE + timedelta(days=20))
        state = after(owing(), (on_day(12), promise), (on_day(13), Recalled(id="rc-1")))
        assert decide(state, on_day(13)) == Close(
            at=on_day(13), because=CloseReason.RECALLED, reason="recalled by the lender"
        )

    def test_a_closed_case_stays_closed_for_the_same_reason(self) -> None:
        state = after(owing(), (on_day(120), CaseClosed(reason=CloseReason.CHARGED_OFF)))
        decision = decide(state, on_day(130))
        assert isinstance(decision, Close)
        assert (decision.because, decision.at) == (CloseReason.CHARGED_OFF, on_day(130))


def test_a_reminder_before_the_due_date_is_not_sent_once_the_date_has_passed_grace_or_not() -> None:
    soon = a_stage("upcoming", -5, a_step("soon", -1), a_step("today", 0))
    plan = a_policy(soon, a_stage("late", 1, a_step("first", 1)), grace_days=3)
    case = after(
        a_case(("100.00", DUE)),
        (instant("2026-03-03 09:00"), StageEntered(stage="upcoming", obligation="o-1", day=0)),
    )

    decision = next_step(case, a_person(), plan, [LAW], instant("2026-03-03 10:00"))

    assert isinstance(decision, Contact)
    assert decision.step == "first"
