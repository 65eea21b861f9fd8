"""Where cases are counted in the live view."""

from __future__ import annotations

from domain.names import CloseReason, ReferralStatus
from starter.demo.snapshot import stages
from starter.demo.view import Stage
from tests.domain.builders import a_policy, a_stage, a_step
from tests.starter.demo.builders import a_case_line

POLICY = a_policy(a_stage("early", 0, a_step("first", 1)), a_stage("late", 30, a_step("last", 40)))


def test_stages_come_in_the_order_of_the_policy_and_ends_after_them() -> None:
    cases = [
        a_case_line(stage="late"),
        a_case_line(stage="early"),
        a_case_line(stage="late"),
        a_case_line(closed=CloseReason.PAID),
    ]

    assert stages(cases, POLICY, 6) == (
        Stage("Not handed over yet", 2),
        Stage("early", 1),
        Stage("late", 2),
        Stage("Paid", 1, is_end=True),
    )


def test_a_stage_without_cases_is_still_shown() -> None:
    assert stages([], POLICY, 0) == (Stage("Not handed over yet", 0), Stage("early", 0), Stage("late", 0))


def test_a_case_that_has_no_stage_yet_counts_to_the_first() -> None:
    assert stages([a_case_line(stage=None)], POLICY, 1)[1] == Stage("early", 1)


def test_a_case_with_counsel_has_ended_here_unless_it_is_closed() -> None:
    cases = [
        a_case_line(stage="late", referral=ReferralStatus.HANDED_OVER),
        a_case_line(stage="late", referral=ReferralStatus.PROPOSED),
        a_case_line(stage="late", referral=ReferralStatus.RECALLED, closed=CloseReason.PAID),
    ]

    assert stages(cases, POLICY, 3) == (
        Stage("Not handed over yet", 0),
        Stage("early", 0),
        Stage("late", 1),
        Stage("Paid", 1, is_end=True),
        Stage("With counsel", 1, is_end=True),
    )
