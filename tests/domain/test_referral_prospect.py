"""What speaks against a legal referral, and that it is said."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from domain.compliance.parameters import Limitation
from domain.decision import Close, Contact, ProposeReferral, Suppress, WithholdReferral
from domain.events import (
    AnyEvent,
    ContactMade,
    DeliveryReported,
    HoldPlaced,
    LimitationNoted,
    Reason,
    ReferralWithheld,
)
from domain.identifiers import contact_id
from domain.names import Channel, HoldKind, Outcome
from domain.policy import Policy
from domain.state import CaseState
from tests.domain.builders import LAW, REFERRAL, a_pack, a_policy, a_rule, a_stage, a_step, after
from tests.domain.situations import DUE, decide, on_day, owing

STAGE = a_stage("only", 0, a_step("default-notice", 30, Channel.LETTER, mandatory=True))
CONTACT = contact_id("lender:a-1", "default-notice", "o-1", 0)
NOTICE = ContactMade(
    step="default-notice",
    obligation="o-1",
    contact=CONTACT,
    channel=Channel.LETTER,
    template="text",
    outcome=Outcome.SENT,
)


def terms(**changes: object) -> Policy:
    return a_policy(STAGE, referral=REFERRAL.model_copy(update=changes))


def told(*happened: AnyEvent, day: int = 31) -> CaseState:
    state = after(owing(stage="only"), (on_day(30, "11:00"), NOTICE))
    return after(state, *((on_day(day), event) for event in happened))


def rules(decision: object) -> list[str]:
    assert isinstance(decision, WithholdReferral)
    return [reason.rule for reason in decision.reasons]


@pytest.mark.parametrize(
    ("policy", "happened", "rule"),
    [
        (terms(minimum_balance="250.01"), (), "referral.minimum-balance"),
        (terms(estimated_cost="100.00", minimum_ratio="2.51"), (), "referral.cost"),
        (terms(limitation_required=True), (), "referral.limitation-unknown"),
        (terms(), (LimitationNoted(id="l-1", last_day=DUE + timedelta(days=89)),), "limitation.noted"),
    ],
)
def test_a_lasting_objection_is_said_once_and_the_treatment_goes_on_to_its_end(
    policy: Policy, happened: tuple[AnyEvent, ...], rule: str
) -> None:
    state, now = told(*happened), on_day(90)
    decision = decide(state, now, policy)
    assert rules(decision) == [rule]
    assert isinstance(decision, WithholdReferral)
    said = after(state, (now, ReferralWithheld(reasons=decision.reasons)))
    assert isinstance(decide(said, now, policy), Close)


@pytest.mark.parametrize(
    ("policy", "happened"),
    [
        (terms(minimum_balance="250.00"), ()),
        (terms(estimated_cost="100.00", minimum_ratio="2.5"), ()),
        (terms(limitation_required=True), (LimitationNoted(id="l-1", last_day=DUE + timedelta(days=90)),)),
    ],
)
def test_at_its_limits_a_referral_is_proposed(policy: Policy, happened: tuple[AnyEvent, ...]) -> None:
    assert isinstance(decide(told(*happened), on_day(90), policy), ProposeReferral)


def test_a_complaint_keeps_a_referral_from_being_proposed_and_that_is_said() -> None:
    state = told(HoldPlaced(id="h-1", hold=HoldKind.COMPLAINT))
    assert rules(decide(state, on_day(90), terms())) == ["hold.complaint"]


def test_a_notice_whose_delivery_must_be_proven_gives_its_days_from_there() -> None:
    policy = terms(notice=REFERRAL.notice.model_copy(update={"proof": True}))
    assert rules(decide(told(), on_day(90), policy)) == ["referral.notice-unproven"]
    unproven = told(ReferralWithheld(reasons=_reasons(decide(told(), on_day(90), policy))), day=90)
    assert isinstance(decide(unproven, on_day(90), policy), Close)
    delivered = told(DeliveryReported(id="dr-1", contact=CONTACT, outcome=Outcome.DELIVERED), day=85)
    decision = decide(delivered, on_day(90), policy)
    assert isinstance(decision, ProposeReferral)
    assert decision.at == on_day(99)


def test_nobody_is_told_of_court_over_a_time_barred_debt() -> None:
    barred = after(owing(stage="only"), (on_day(1), LimitationNoted(id="l-1", last_day=DUE)))
    decision = decide(barred, on_day(31), terms())
    assert isinstance(decision, Suppress)
    assert [reason.rule for reason in decision.reasons] == ["limitation.noted"]


@pytest.mark.parametrize(("threatens_suit", "expected"), [(True, Suppress), (False, Contact)])
def test_a_step_that_is_flagged_is_held_to_the_same_and_others_are_not(threatens_suit: bool, expected: type) -> None:
    step = a_step("threat", 5, mandatory=True).model_copy(update={"threatens_suit": threatens_suit})
    policy = a_policy(a_stage("only", 0, step), end_day=2000)
    a_year = a_pack(a_rule(Limitation(years=1)))
    late = owing(("250.00", date(2024, 3, 1)), stage="only")
    assert isinstance(decide(late, on_day(5), policy, packs=[LAW, a_year]), expected)


def _reasons(decision: object) -> tuple[Reason, ...]:
    assert isinstance(decision, WithholdReferral)
    return decision.reasons
