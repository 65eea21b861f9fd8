"""A policy rehearsed against its law: the steps that can never run as planned."""

from __future__ import annotations

from datetime import date, time

import pytest

from domain.compliance.model import DatedParameters, RulePack
from domain.compliance.parameters import Forbid, Frequency, LocalHours, Per
from domain.names import Channel
from domain.policy import Policy
from domain.rehearsal import Deviation, rehearse
from rulebook.load import Rulebook
from tests.domain.builders import ALWAYS, LAW, ZONE, a_pack, a_policy, a_rule, a_stage, a_step

FIRST_DUE = date(2026, 3, 2)
ONE_IN_FOUR_DAYS = a_rule(
    Frequency(at_most=1, days=4, per=Per.PERSON, channels=tuple(Channel)), rule_id="test.frequency"
)


def rehearsed(policy: Policy, law: RulePack = LAW) -> dict[str, Deviation]:
    return {found.step.id: found for found in rehearse(policy, {"test": law}, ZONE, FIRST_DUE)}


def two_messages(second_day: int) -> Policy:
    return a_policy(a_stage("early", 0, a_step("first", 2), a_step("second", second_day)))


def test_a_policy_that_its_law_allows_runs_as_planned() -> None:
    assert rehearsed(a_policy()) == {}


@pytest.mark.parametrize(("second_day", "delay"), [(3, 3), (4, 2), (5, 1)])
def test_a_step_too_soon_after_another_comes_late_by_what_is_missing(second_day: int, delay: int) -> None:
    law = a_pack(*LAW.rules, ONE_IN_FOUR_DAYS)

    found = rehearsed(two_messages(second_day), law)["second"]

    assert found.delays_days == (delay, delay)
    assert [reason.rule for reason in found.reasons] == ["test.frequency"]


def test_steps_as_far_apart_as_the_law_asks_for_run_as_planned() -> None:
    assert rehearsed(two_messages(6), a_pack(*LAW.rules, ONE_IN_FOUR_DAYS)) == {}


def test_a_step_that_lapses_before_it_is_lawful_is_never_taken() -> None:
    policy = a_policy(a_stage("early", 0, a_step("first", 2), a_step("second", 3), a_step("third", 4)))

    found = rehearsed(policy, a_pack(*LAW.rules, ONE_IN_FOUR_DAYS))

    assert found["second"].delays_days is None
    assert found["third"].delays_days == (2, 2)


def test_a_channel_that_the_law_forbids_is_named_with_what_is_used_instead() -> None:
    law = a_pack(*LAW.rules, a_rule(Forbid(), rule_id="test.no-calls", channels=(Channel.VOICE,)))
    policy = a_policy(
        a_stage("early", 0, a_step("call", 2, Channel.VOICE, Channel.SMS), a_step("last-call", 9, Channel.VOICE))
    )

    found = rehearsed(policy, law)

    assert (found["call"].delays_days, found["call"].channels) == ((0, 0), (Channel.SMS,))
    assert found["last-call"].delays_days is None
    assert [reason.rule for reason in found["last-call"].reasons] == ["test.no-calls"]


def test_hours_that_never_meet_the_window_are_named() -> None:
    evenings = a_rule(LocalHours(start=time(19), end=time(20)), rule_id="test.evenings")

    found = rehearsed(two_messages(9), a_pack(evenings))

    assert {step: deviation.delays_days for step, deviation in found.items()} == {"first": None, "second": None}
    assert [reason.rule for reason in found["first"].reasons] == ["test.evenings"]


def test_a_step_that_is_late_on_some_weekdays_only_can_run_as_planned() -> None:
    ends = DatedParameters(since=ALWAYS, until=date(2026, 3, 6), set=Forbid())
    until_friday = a_rule(ends, rule_id="test.until-friday")

    assert rehearsed(two_messages(9), a_pack(*LAW.rules, until_friday)) == {}


def test_steps_behind_the_referral_are_rehearsed_and_steps_after_a_broken_promise_are_not() -> None:
    policy = a_policy(
        a_stage("early", 0, a_step("broken", 2, after_broken_promise=True), a_step("kept", 4)),
        a_stage("late", 95, a_step("after-referral", 100, outstanding_at_least="5000.00")),
    )

    assert rehearsed(policy) == {}


def test_every_policy_of_the_rulebook_comes_to_its_end() -> None:
    rulebook = Rulebook.load()

    for policy in rulebook.policies:
        steps = {step.id for step in policy.steps}
        assert {found.step.id for found in rehearse(policy, rulebook.law, ZONE, FIRST_DUE)} <= steps
