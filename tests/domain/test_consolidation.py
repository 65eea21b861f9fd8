"""Which contacts of a person's other accounts come along, and what a policy may say about it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from pydantic import ValidationError

from domain.consolidation import comes_along, terms_of
from domain.consolidation_terms import Consolidation
from domain.decision import Contact, Wait
from domain.facts import Facts
from domain.names import Channel
from domain.policy import Policy
from tests.domain.builders import a_case, a_person, a_policy, instant

TERMS = Consolidation(within_hours=24, template="several", replaces=("first-reminder-text", "second-reminder-text"))
NOON = instant("2026-03-05 12:00")
"""The third day after the due date, on which the first reminder is planned."""
LEADING = Contact(
    at=NOON,
    step="first-reminder",
    obligation="o-1",
    channel=Channel.SMS,
    template="first-reminder-text",
    attempt=0,
    reason="day 3",
)


def _policy(terms: Consolidation | None = TERMS, grace_days: int = 0) -> Policy:
    return a_policy(grace_days=grace_days).model_copy(update={"consolidation": terms})


def _facts(policy: Policy, now: datetime = NOON, due: date = date(2026, 3, 2)) -> Facts:
    return Facts.gather(a_case(("250.00", due)), a_person(), policy, (), now)


def test_what_is_planned_within_the_hours_comes_along() -> None:
    later = LEADING.model_copy(update={"at": NOON + timedelta(hours=24)})

    assert comes_along(LEADING, _facts(_policy()), LEADING, TERMS)
    assert comes_along(later, _facts(_policy()), LEADING, TERMS)


@pytest.mark.parametrize("hours_of", ["own", "leading"])
def test_the_shorter_hours_of_the_two_policies_count(hours_of: str) -> None:
    shorter = TERMS.model_copy(update={"within_hours": 2})
    own, leading = (shorter, TERMS) if hours_of == "own" else (TERMS, shorter)

    for minutes, comes in ((120, True), (121, False)):
        later = LEADING.model_copy(update={"at": NOON + timedelta(minutes=minutes)})
        assert comes_along(later, _facts(_policy(own)), LEADING, leading) is comes


@pytest.mark.parametrize(
    "planned",
    [
        pytest.param(Wait(until=NOON, reason="on hold"), id="nothing is planned"),
        pytest.param(LEADING.model_copy(update={"channel": Channel.EMAIL}), id="by another channel"),
        pytest.param(LEADING.model_copy(update={"template": "final-demand-text"}), id="a text of its own"),
        pytest.param(LEADING.model_copy(update={"step": "default-notice"}), id="a step of the next stage"),
    ],
)
def test_what_is_not_alike_stays_alone(planned: Contact | Wait) -> None:
    assert not comes_along(planned, _facts(_policy()), LEADING, TERMS)


def test_other_words_for_several_accounts_stay_alone() -> None:
    other = TERMS.model_copy(update={"template": "several-others"})

    assert not comes_along(LEADING, _facts(_policy(other)), LEADING, TERMS)
    assert not comes_along(LEADING, _facts(_policy(None)), LEADING, TERMS)


def test_an_account_within_its_grace_stays_out() -> None:
    assert not comes_along(LEADING, _facts(_policy(grace_days=3)), LEADING, TERMS)


def test_an_account_whose_window_is_closed_stays_out() -> None:
    evening = instant("2026-03-05 18:30")

    assert not comes_along(LEADING, _facts(_policy(), evening), LEADING, TERMS)


def test_only_texts_that_the_policy_lists_give_way() -> None:
    assert terms_of(LEADING, _policy()) == TERMS
    assert terms_of(LEADING.model_copy(update={"template": "final-demand-text"}), _policy()) is None
    assert terms_of(LEADING, _policy(None)) is None


@pytest.mark.parametrize(
    ("replaced", "fault"),
    [
        ("no-such-text", "no step has the template no-such-text: name one that a step has, or drop it"),
        ("heads-up-text", "step heads-up says heads-up-text on day -3: only what is overdue may be told together"),
        ("default-notice-text", "step default-notice gives notice of the referral in its own words"),
    ],
)
def test_a_policy_that_would_tell_the_wrong_things_together_is_refused(replaced: str, fault: str) -> None:
    wrong = a_policy().model_dump() | {"consolidation": TERMS.model_copy(update={"replaces": (replaced,)})}

    with pytest.raises(ValidationError, match=fault):
        Policy.model_validate(wrong)
