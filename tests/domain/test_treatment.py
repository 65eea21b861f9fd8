"""The road to counsel and the end of treatment, situation by situation."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from domain.decision import Close, Contact, ProposeReferral, Suppress, Wait, WithholdReferral
from domain.events import (
    ContactMade,
    ContactSuppressed,
    HoldPlaced,
    PaymentReversed,
    ReferralDecided,
    ReferralProposed,
    ReferralRecalled,
    ReferralStatusChanged,
    ReferralWithheld,
    ReversalReason,
    StageEntered,
)
from domain.names import Channel, CloseReason, HoldKind, Outcome, ReferralStatus
from domain.policy import Policy
from domain.state import CaseState
from tests.domain.builders import STAGES, a_person, a_policy, a_stage, a_step, after, failed, made, money
from tests.domain.situations import DUE, contact_of, decide, on_day, owing, paid


def withheld(state: CaseState, now: datetime, policy: Policy) -> CaseState:
    """The case once its journal says why it is not referred."""
    decision = decide(state, now, policy)
    assert isinstance(decision, WithholdReferral)
    return after(state, (now, ReferralWithheld(reasons=decision.reasons)))


class TestReferralAndEnd:
    FINISHED = a_policy(a_stage("only", 0, a_step("default-notice", 30, Channel.LETTER, Channel.EMAIL, mandatory=True)))
    """A policy with one step, the notice of the referral. What is left then is that on day 90 and the end on 120."""

    def noticed(self, day: int = 30, *obligations: tuple[str, date], stage: str = "only") -> CaseState:
        """A case that was given the notice of its referral on a day, for its first obligation."""
        notice = ContactMade(
            step="default-notice",
            obligation="o-1",
            contact="c-1",
            channel=Channel.LETTER,
            template="text",
            outcome=Outcome.SENT,
        )
        return after(owing(*obligations, stage=stage), (on_day(day, "11:00"), notice))

    def test_a_referral_is_proposed_when_business_starts_on_its_day(self) -> None:
        decision = decide(self.noticed(), on_day(30, "12:00"), self.FINISHED)
        assert decision == ProposeReferral(
            at=on_day(90, "09:00"), reason="day 90: 90 days past due, 250.00 GBP outstanding"
        )

    def test_a_referral_that_is_overdue_is_proposed_now(self) -> None:
        now = on_day(95, "21:00")
        decision = decide(self.noticed(), now, self.FINISHED)
        assert isinstance(decision, ProposeReferral)
        assert decision.at == now

    def test_a_balance_below_the_minimum_is_not_referred_but_ends(self) -> None:
        state = after(self.noticed(), (on_day(31), paid("150.01")))
        assert isinstance(decide(state, on_day(95), self.FINISHED), WithholdReferral)
        decision = decide(withheld(state, on_day(95), self.FINISHED), on_day(95), self.FINISHED)
        assert decision == Close(
            at=on_day(120, "09:00"),
            because=CloseReason.CHARGED_OFF,
            reason="day 120, the end of the policy: 120 days past due",
        )

    def test_a_late_case_is_told_before_it_is_referred(self) -> None:
        state = owing(stage="final")
        taken = []
        now = on_day(100, "10:00")
        while isinstance(decision := decide(state, now), Contact):
            taken.append(decision.step)
            state = after(state, (decision.at, made(decision)))
        assert taken == ["default-notice", "final-demand"]
        assert decision == ProposeReferral(
            at=on_day(114, "09:00"), reason="day 114: 114 days past due, 250.00 GBP outstanding"
        )

    def test_a_notice_that_came_late_leaves_its_days_to_answer(self) -> None:
        decision = decide(self.noticed(day=80), on_day(81), self.FINISHED)
        assert decision == ProposeReferral(
            at=on_day(94, "09:00"), reason="day 94: 94 days past due, 250.00 GBP outstanding"
        )

    def test_the_days_to_answer_are_left_even_where_the_policy_would_have_ended(self) -> None:
        decision = decide(self.noticed(day=118), on_day(121), self.FINISHED)
        assert isinstance(decision, ProposeReferral)
        assert decision.at == on_day(132, "09:00")

    def test_days_on_hold_are_no_days_to_answer(self) -> None:
        breathing = HoldPlaced(id="h-1", hold=HoldKind.BREATHING_SPACE, until=DUE + timedelta(days=95))
        state = after(self.noticed(day=80), (on_day(85), breathing))
        decision = decide(state, on_day(96), self.FINISHED)
        assert isinstance(decision, ProposeReferral)
        assert decision.at == on_day(104, "09:00")

    def test_reminders_go_on_while_the_days_to_answer_run(self) -> None:
        final = a_stage("final", 60, a_step("last-call", 100, Channel.VOICE), a_step("too-late", 110, Channel.SMS))
        policy = a_policy(*self.FINISHED.stages, final)
        state = self.noticed(day=90, stage="final")
        call = contact_of(decide(state, on_day(91), policy))
        assert call.step == "last-call"
        assert isinstance(decide(after(state, (call.at, made(call))), call.at, policy), ProposeReferral)

    def test_a_case_that_no_notice_could_reach_is_not_referred_but_ends(self) -> None:
        state, person = owing(stage="only"), a_person(channels=[Channel.SMS])
        decision = decide(state, on_day(95), self.FINISHED, person)
        assert isinstance(decision, Suppress)
        skipped = ContactSuppressed(
            step=decision.step, obligation=decision.obligation, channel=decision.channel, reasons=decision.reasons
        )
        state = withheld(after(state, (on_day(95), skipped)), on_day(96), self.FINISHED)
        assert decide(state, on_day(96), self.FINISHED) == Close(
            at=on_day(120, "09:00"),
            because=CloseReason.CHARGED_OFF,
            reason="day 120, the end of the policy: 120 days past due",
        )

    def test_a_notice_that_failed_is_given_by_its_fallback_before_anything_else(self) -> None:
        state = owing(stage="only")
        first = contact_of(decide(state, on_day(95, "10:00"), self.FINISHED))
        second = contact_of(decide(after(state, (first.at, failed(first))), first.at, self.FINISHED))
        assert (first.channel, second.channel) == (Channel.LETTER, Channel.EMAIL)

    def test_a_case_that_its_notice_does_not_apply_to_is_not_referred(self) -> None:
        notice = a_step("default-notice", 30, Channel.LETTER, mandatory=True, after_broken_promise=True)
        policy = a_policy(a_stage("only", 0, notice))
        assert isinstance(decide(withheld(owing(stage="only"), on_day(95), policy), on_day(95), policy), Close)

    def test_a_notice_counts_only_for_the_due_date_that_it_was_made_for(self) -> None:
        state = self.noticed(30, ("100.00", DUE), ("200.00", DUE + timedelta(days=10)))
        state = after(
            state, (on_day(95), paid("100.00")), (on_day(95), StageEntered(stage="only", obligation="o-2", day=85))
        )
        decision = contact_of(decide(state, on_day(96), self.FINISHED))
        assert (decision.step, decision.obligation) == ("default-notice", "o-2")

    def proposed(self) -> CaseState:
        event = ReferralProposed(referral="r-1", outstanding=money("250.00"))
        return after(self.noticed(), (on_day(90), event))

    def test_a_proposed_referral_is_waited_for(self) -> None:
        decision = decide(self.proposed(), on_day(200), self.FINISHED)
        assert decision == Wait(until=None, reason="awaiting the decision on the legal referral")

    def test_a_case_with_counsel_waits_for_counsel(self) -> None:
        state = after(
            self.proposed(),
            (on_day(91), ReferralDecided(id="rd-1", approved=True, decided_by="staff-1")),
            (on_day(92), ReferralStatusChanged(id="rs-1", status=ReferralStatus.FILED)),
        )
        assert decide(state, on_day(200), self.FINISHED) == Wait(until=None, reason="with counsel: filed")

    def test_a_declined_referral_is_not_proposed_again_and_treatment_goes_on_to_its_end(self) -> None:
        state = after(self.proposed(), (on_day(91), ReferralDecided(id="rd-1", approved=False, decided_by="staff-1")))
        decision = decide(state, on_day(92), self.FINISHED)
        assert isinstance(decision, Close)
        assert decision.at == on_day(120, "09:00")

    def test_a_referral_that_counsel_withdrew_is_not_proposed_again(self) -> None:
        state = after(
            self.proposed(),
            (on_day(91), ReferralDecided(id="rd-1", approved=True, decided_by="staff-1")),
            (on_day(92), ReferralStatusChanged(id="rs-1", status=ReferralStatus.WITHDRAWN)),
        )
        assert isinstance(decide(state, on_day(93), self.FINISHED), Close)

    def test_a_referral_recalled_by_a_payment_that_bounced_is_proposed_again_on_the_same_notice(self) -> None:
        state = after(
            self.proposed(),
            (on_day(91), paid("250.00")),
            (on_day(91), ReferralRecalled(referral="r-1")),
            (on_day(95), PaymentReversed(id="v-1", payment="p-1", reason=ReversalReason.BOUNCED)),
        )
        assert decide(state, on_day(95, "16:00"), self.FINISHED) == ProposeReferral(
            at=on_day(95, "16:00"), reason="day 90: 95 days past due, 250.00 GBP outstanding"
        )

    def test_a_policy_without_referral_ends(self) -> None:
        policy = a_policy(*STAGES, referral=None)
        decision = decide(owing(stage="final"), on_day(121), policy)
        assert contact_of(decision).step == "default-notice"
        state = after(owing(stage="final"), (on_day(121), made(contact_of(decision))))
        assert decide(state, on_day(121), policy) == Close(
            at=on_day(121), because=CloseReason.CHARGED_OFF, reason="day 120, the end of the policy: 121 days past due"
        )
