"""Messages about what was agreed or offered: what they must say, and what they cannot speak of."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from domain.names import Channel
from rulebook.crosscheck import debt_help, uses
from rulebook.load import Rulebook
from rulebook.render import UnfitFacts, render
from rulebook.sample import sample_facts
from rulebook.template import Occasion
from tests.rulebook.books import edit, faults

REMINDER = "templates/en-GB/promise-reminder.yaml"
OFFER = "templates/en-GB/settlement-offer.yaml"


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        (
            REMINDER,
            "{{ agreed.payment | money }}",
            "the amount",
            "lacks what was agreed; say {{ agreed.payment | money",
        ),
        (REMINDER, "{{ agreed.due | date }}", "your day", "lacks what was agreed; say {{ agreed.due | date"),
        (REMINDER, "{{ agreed.due | date }}", "{{ agreed.day | date }}", "agreed.day cannot be used here"),
        (REMINDER, "{{ agreed.payment | money }}", "{{ past_due | money }}", "past_due cannot be used in a message"),
        (OFFER, "{{ offer.amount | money }}", "less", "say {{ offer.amount | money"),
        (OFFER, "{{ offer.forgiven | money }}", "rest", "say {{ offer.forgiven | money"),
        (OFFER, "{{ offer.last_day | date }}", "next month", "say {{ offer.last_day | date"),
        (OFFER, "{{ offer.last_day | date }}", "{{ agreed.due | date }}", "agreed cannot be used in a message"),
    ],
)
def test_each_says_its_figures_and_its_day(root: Path, file: str, old: str, new: str, fault: str) -> None:
    edit(root, file, old, new)

    assert any(file in found and fault in found for found in faults(root))


def test_a_policy_cannot_remind_of_a_promise_with_a_text_about_something_due(root: Path) -> None:
    path = root / "policies/uk-personal-loan/v1.yaml"
    second = path.read_text("utf-8").replace("version: 1", "version: 2").replace("status: published", "status: draft")
    reminder = "promise:\n  reminder: {days_before: 1, template: due-today, channels: [sms]}\n"
    path.with_name("v2.yaml").write_text(second.replace("promise:\n", reminder, 1))

    assert any("due-today is for something due, this is about something agreed" in found for found in faults(root))


@pytest.mark.parametrize("occasion", [Occasion.AGREED, Occasion.OFFERED])
def test_nothing_is_written_about_an_agreement_that_is_not_there(shipped: Rulebook, occasion: Occasion) -> None:
    policy = shipped.latest_published("uk-personal-loan")
    facts = replace(sample_facts("en-GB", "GBP", debt_help(policy, shipped.law)), agreed=None, offer=None)
    used = next(use for use in uses(policy) if use.occasion is occasion)

    with pytest.raises(UnfitFacts):
        render(shipped.templates, used.template, used.channels[-1], "en-GB", facts)


@pytest.mark.parametrize("policy", ["uk-personal-loan", "us-credit-card", "cn-consumer-loan"])
def test_a_confirmation_by_letter_lists_every_payment_with_its_day(shipped: Rulebook, policy: str) -> None:
    found = shipped.latest_published(policy)
    facts = sample_facts(found.locale, found.currency, debt_help(found, shipped.law))

    for template in ("arrangement-confirmation", "settlement-confirmation"):
        text = render(shipped.templates, template, Channel.LETTER, found.locale, facts).text
        assert text.count("4,113.00") == len(facts.agreed.payments) + 1 if facts.agreed is not None else False
