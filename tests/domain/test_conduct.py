"""What one turn of a case journals by itself."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from domain.conduct import Conducted, conduct
from domain.decision import Close, Contact, ProposeReferral, Wait
from domain.events import (
    CaseClosed,
    PaymentReceived,
    PaymentReversed,
    Recalled,
    ReferralDecided,
    ReferralProposed,
    ReferralRecalled,
    ReversalReason,
)
from domain.names import Channel, CloseReason, RecallReason, ReferralStatus
from domain.policy import Policy
from domain.referral_terms import Approval
from domain.referring import APPROVED_BY_POLICY
from domain.state import CaseState, CaseStatus
from tests.domain.builders import (
    LAW,
    REFERRAL,
    a_case,
    a_person,
    a_policy,
    a_stage,
    a_step,
    after,
    instant,
    made,
    money,
)

DUE = date(2026, 3, 1)
STAGE = a_stage("only", 0, a_step("default-notice", 30, Channel.LETTER, mandatory=True))
BY_A_PERSON = a_policy(STAGE)
BY_THE_POLICY = a_policy(STAGE, referral=REFERRAL.model_copy(update={"approval": Approval.AUTOMATIC}))


def on_day(day: int, clock: str = "10:00") -> datetime:
    return instant(f"{DUE + timedelta(days=day)} {clock}")


def turn(state: CaseState, now: datetime, policy: Policy = BY_A_PERSON) -> Conducted:
    return conduct(state, a_person(), policy, [LAW], now)


def told() -> CaseState:
    """A case that was given the notice of its referral on day 30."""
    opened = turn(a_case(("250.00", DUE)), on_day(30))
    assert isinstance(opened.decision, Contact)
    return after(opened.state, (on_day(30), made(opened.decision)))


def referred(policy: Policy = BY_A_PERSON) -> CaseState:
    """A case whose referral was proposed on day 90."""
    return turn(told(), on_day(90), policy).state


def kinds(conducted: Conducted) -> list[str]:
    return [entry.event.kind for entry in conducted.entries]


def test_a_turn_in_which_nothing_is_due_journals_nothing() -> None:
    conducted = turn(told(), on_day(31))
    assert conducted.entries == ()
    assert isinstance(conducted.decision, ProposeReferral)
    assert conducted.decision.at == on_day(90, "09:00")


def test_the_same_turn_again_adds_nothing() -> None:
    first = turn(told(), on_day(90))
    again = turn(first.state, on_day(90))
    assert again == Conducted(first.state, (), first.decision)


def test_a_referral_that_is_due_is_proposed_and_awaits_a_person() -> None:
    conducted = turn(told(), on_day(90))
    assert kinds(conducted) == ["referral_proposed", "work_item_opened"]
    assert conducted.state.referral is not None
    assert conducted.state.referral.status is ReferralStatus.PROPOSED
    assert isinstance(conducted.decision, Wait)


def test_a_referral_that_the_policy_approves_needs_nobody() -> None:
    conducted = turn(told(), on_day(90), BY_THE_POLICY)
    assert kinds(conducted) == ["referral_proposed", "referral_decided"]
    decided = conducted.entries[1].event
    assert isinstance(decided, ReferralDecided)
    assert (decided.approved, decided.decided_by) == (True, APPROVED_BY_POLICY)


@pytest.mark.parametrize("approved", [None, True])
def test_a_payment_of_the_whole_debt_recalls_the_referral_before_the_receipt(approved: bool | None) -> None:
    state = referred()
    if approved is not None:
        state = after(state, (on_day(91), ReferralDecided(id="rd-1", approved=approved, decided_by="staff-1")))
    conducted = turn(after(state, (on_day(92), PaymentReceived(id="p-1", amount=money("250.00")))), on_day(92))
    assert kinds(conducted) == ["referral_recalled", "work_item_withdrawn"]
    assert isinstance(conducted.decision, Contact)
    assert conducted.decision.step == "receipt"


def test_a_payment_of_a_part_leaves_the_referral_as_it_is() -> None:
    conducted = turn(after(referred(), (on_day(92), PaymentReceived(id="p-1", amount=money("249.99")))), on_day(92))
    assert conducted.entries == ()


def test_a_referral_that_was_declined_is_not_recalled_as_well() -> None:
    state = after(
        referred(),
        (on_day(91), ReferralDecided(id="rd-1", approved=False, decided_by="staff-1")),
        (on_day(92), PaymentReceived(id="p-1", amount=money("250.00"))),
    )
    assert kinds(turn(state, on_day(92))) == ["work_item_withdrawn"]


def test_an_account_that_the_lender_recalls_ends_its_referral_and_its_case() -> None:
    conducted = turn(after(referred(), (on_day(92), Recalled(id="rc-1"))), on_day(92))
    assert kinds(conducted) == ["referral_recalled", "work_item_withdrawn", "case_closed"]
    assert [conducted.entries[0].event, conducted.entries[2].event] == [
        ReferralRecalled(referral=_referral_of(referred()), because=RecallReason.ACCOUNT_RECALLED),
        CaseClosed(reason=CloseReason.RECALLED),
    ]


@pytest.mark.parametrize("policy", [BY_A_PERSON, BY_THE_POLICY])
def test_the_referral_after_a_payment_that_bounced_is_another_than_the_first(policy: Policy) -> None:
    first = referred(policy)
    paid = turn(after(first, (on_day(92), PaymentReceived(id="p-1", amount=money("250.00")))), on_day(92), policy)
    bounced = PaymentReversed(id="v-1", payment="p-1", reason=ReversalReason.BOUNCED)
    second = turn(after(paid.state, (on_day(95), bounced)), on_day(95), policy)

    proposals = [entry.event for entry in second.entries if isinstance(entry.event, ReferralProposed)]
    assert [proposal.referral for proposal in proposals] == [_referral_of(second.state)]
    assert _referral_of(second.state) != _referral_of(first)


def _referral_of(state: CaseState) -> str:
    assert state.referral is not None
    return state.referral.id


def test_a_case_whose_end_has_come_closes_and_stays_silent() -> None:
    state = after(referred(), (on_day(91), ReferralDecided(id="rd-1", approved=False, decided_by="staff-1")))
    conducted = turn(state, on_day(120))
    assert kinds(conducted) == ["work_item_withdrawn", "case_closed"]
    assert conducted.entries[-1].event == CaseClosed(reason=CloseReason.CHARGED_OFF)
    assert conducted.state.status is CaseStatus.CLOSED
    later = turn(conducted.state, on_day(300))
    assert (later.entries, type(later.decision)) == ((), Close)
