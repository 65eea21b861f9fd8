"""Plans that are proposed are within the policy's limits, add up exactly, and are agreed to when they are sent."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import events
from domain.accept import refusal_of
from domain.agreement_terms import Interval
from domain.balance import balance_of
from domain.money import Money
from domain.names import AgreedBy, CloseReason
from domain.policy import Policy
from domain.proposals import Proposal, Shape, divide_debt, propose_arrangement
from domain.refusals import Refusal, RefusalCode, Situation
from tests.domain.agreements import ARRANGEMENT, PLANNED, TODAY, a_plan
from tests.domain.builders import a_case, a_policy, after, instant, money

NOW = instant(f"{TODAY} 10:00")
CASE = a_case(("100.00", date(2026, 1, 1)), ("100.00", date(2026, 2, 1)))
POLICY = a_policy().model_copy(update={"arrangement": ARRANGEMENT})


def proposed(shape: Shape) -> Proposal:
    found = propose_arrangement(CASE, POLICY, NOW, shape)
    assert isinstance(found, Proposal)
    return found


def test_what_is_owed_is_divided_to_the_penny_from_a_day_on() -> None:
    plan = proposed(Shape(3, first=date(2026, 1, 31)))

    assert [(each.due, each.amount) for each in plan.instalments] == [
        (date(2026, 1, 31), money("66.67")),
        (date(2026, 2, 28), money("66.67")),
        (date(2026, 3, 31), money("66.66")),
    ]
    assert (plan.owed, plan.agreed_by, plan.replaces) == (money("200.00"), (AgreedBy.AGENT,), None)


def test_only_what_is_past_due_can_be_divided() -> None:
    assert proposed(Shape(2, past_due_only=True)).owed == money("100.00")


def test_left_out_the_first_day_is_one_interval_away_or_as_late_as_the_policy_allows() -> None:
    weekly = POLICY.model_copy(update={"arrangement": ARRANGEMENT.model_copy(update={"interval": Interval.WEEK})})
    found = divide_debt(CASE, weekly, NOW, Shape(2))

    assert proposed(Shape(2)).instalments[0].due == TODAY + timedelta(days=30)
    assert isinstance(found, Proposal)
    assert found.instalments[0].due == TODAY + timedelta(days=7)


def test_beside_a_plan_in_force_it_is_the_one_that_takes_its_place() -> None:
    found = propose_arrangement(after(CASE, (NOW, PLANNED)), POLICY, NOW, Shape(2))

    assert isinstance(found, Proposal)
    assert found.replaces == "plan-1"


@pytest.mark.parametrize(
    ("shape", "policy", "code"),
    [
        (Shape(7), POLICY, RefusalCode.ARRANGEMENT_TOO_MANY_INSTALMENTS),
        (Shape(6, past_due_only=True), POLICY, RefusalCode.ARRANGEMENT_INSTALMENT_TOO_SMALL),
        (Shape(2, first=TODAY + timedelta(days=31)), POLICY, RefusalCode.ARRANGEMENT_FIRST_TOO_LATE),
        (Shape(2, first=TODAY - timedelta(days=1)), POLICY, RefusalCode.INSTALMENT_DAY_PASSED),
        (Shape(6, first=TODAY + timedelta(days=30)), POLICY, RefusalCode.ARRANGEMENT_TOO_LONG),
        (Shape(2), a_policy(), RefusalCode.ARRANGEMENT_NOT_OFFERED),
    ],
)
def test_a_shape_that_the_policy_does_not_allow_is_refused_with_its_limit(
    shape: Shape, policy: Policy, code: RefusalCode
) -> None:
    found = propose_arrangement(CASE, policy, NOW, shape)

    assert isinstance(found, Refusal)
    assert found.code is code


def test_nothing_is_proposed_where_nothing_is_owed_or_the_case_has_ended() -> None:
    paid = after(CASE, (NOW, events.PaymentReceived(id="p-1", amount=money("200.00"))))
    closed = after(CASE, (NOW, events.CaseClosed(reason=CloseReason.RETURNED_TO_LENDER)))

    for state, code in ((paid, RefusalCode.ARRANGEMENT_DOES_NOT_ADD_UP), (closed, RefusalCode.CASE_CLOSED)):
        found = propose_arrangement(state, POLICY, NOW, Shape(2))
        assert isinstance(found, Refusal)
        assert found.code is code


def test_the_same_shape_is_the_same_plan_after_it_was_agreed() -> None:
    """So an agreement that is sent again, lest it was lost, is known as a repetition."""
    plan = proposed(Shape(2)).instalments
    agreed = after(CASE, (NOW, a_plan("1.00").model_copy(update={"instalments": plan})))
    again = divide_debt(agreed, POLICY, NOW, Shape(2))

    assert isinstance(again, Proposal)
    assert again.instalments == plan


@given(
    number=st.integers(1, 8),
    first=st.none() | st.integers(-2, 40).map(lambda days: TODAY + timedelta(days=days)),
    minor_units=st.integers(1, 100_000),
    interval=st.sampled_from(Interval),
)
def test_whatever_is_proposed_adds_up_and_is_accepted(
    number: int, first: date | None, minor_units: int, interval: Interval
) -> None:
    owed = Money(minor_units, "GBP")
    case = a_case((str(owed.decimal), date(2026, 1, 1)))
    policy = POLICY.model_copy(update={"arrangement": ARRANGEMENT.model_copy(update={"interval": interval})})

    found = propose_arrangement(case, policy, NOW, Shape(number, first))

    if isinstance(found, Proposal):
        assert sum(each.amount.minor for each in found.instalments) == minor_units
        agreed = events.ArrangementAgreed(id="x-1", instalments=found.instalments, agreed_by=AgreedBy.AGENT)
        situation = Situation(case, policy, balance_of(case, policy.waterfall, TODAY), TODAY, NOW)
        assert refusal_of(agreed, situation) is None
