"""Messages about several accounts: what they must say of each, and what they cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.names import Channel
from domain.policy import Policy
from rulebook.crosscheck import debt_help, uses
from rulebook.load import Rulebook
from rulebook.render import render
from rulebook.requirements import unnamed
from rulebook.sample import sample_facts
from tests.rulebook.books import edit, faults

SEVERAL = "templates/en-GB/several-accounts.yaml"


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("ending {{ each.account | ending }}:", "one:", "lacks the account of an account"),
        (": {{ each.past_due | money }}", "", "lacks the past_due of an account"),
        ("; {{ each.outstanding | money }} is outstanding in all", "", "lacks the outstanding of an account"),
        ("{{ each.past_due | money }}", "{{ past_due | money }}", "past_due cannot be used"),
        ("{{ each.past_due | money }}", "{{ each.past_du | money }}", "only an amount can be written"),
    ],
)
def test_every_account_is_named_with_its_amounts(root: Path, old: str, new: str, fault: str) -> None:
    edit(root, SEVERAL, old, new)

    assert any(SEVERAL in found and fault in found for found in faults(root))


def test_a_policy_cannot_use_it_for_one_account(root: Path) -> None:
    path = root / "policies/demo-credit-card/v1.yaml"
    second = path.read_text("utf-8").replace("version: 1", "version: 2").replace("status: published", "status: draft")
    path.with_name("v2.yaml").write_text(second.replace("template: first-reminder", "template: several-accounts", 1))

    assert any("several-accounts is for something several, this is about something due" in one for one in faults(root))


@pytest.mark.parametrize(
    "policy",
    [policy for policy in Rulebook.load().policies if policy.consolidation is not None],
    ids=lambda policy: policy.locale,
)
def test_the_shipped_ones_name_every_account_by_every_written_channel(policy: Policy, shipped: Rulebook) -> None:
    facts = sample_facts(policy.locale, policy.currency, debt_help(policy, shipped.law))
    (used,) = (use for use in uses(policy) if use.location[0] == "consolidation")

    for channel in used.channels:
        text = render(shipped.templates, used.template, channel, policy.locale, facts).text
        assert list(unnamed(text, channel, policy.locale, {"accounts": facts.accounts})) == []
        if channel is Channel.VOICE:
            assert not any(account.account[-4:] in text for account in facts.accounts)
