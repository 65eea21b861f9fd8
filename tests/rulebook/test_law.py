"""The shipped law: every known rule is there, dated and cited, and the page for compliance tells it as it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from domain.compliance.model import Rule, RuleStatus
from domain.compliance.parameters import UNJUDGED, Frequency, LocalHours
from domain.names import Collector
from rulebook.load import Rulebook

PAGE = Path(__file__).parents[2] / "docs" / "compliance.md"

KNOWN = {
    "us-federal": """
        us.reg-f.time us.reg-f.multi-zone us.reg-f.designated us.reg-f.reply-once us.reg-f.call-frequency
        us.reg-f.call-after-conversation us.reg-f.call-excluded us.reg-f.particular-debt us.reg-f.attorney
        us.reg-f.cease us.reg-f.opt-out-notice us.reg-f.medium us.reg-f.third-party us.reg-f.limited-content
        us.reg-f.validation us.reg-f.validation-period us.reg-f.dispute us.reg-f.original-creditor us.reg-f.deceased
        us.reg-f.time-barred us.reg-f.retention us.bankruptcy-stay us.tcpa.revocation
    """,
    "us-ma": "us.ma.frequency",
    "us-dc": "us.dc.calls us.dc.messages",
    "us-wa": "us.wa.frequency us.wa.work us.wa.home-hours",
    "us-nyc": "us.nyc.frequency",
    "us-nv": "us.nv.medical-notice",
    "cn": """
        cn.hours cn.calls-connected cn.calls-attempts cn.third-party cn.identity cn.card.objection cn.card.plan
        cn.record-retention cn.limitation cn.rate-cap cn.rate-cap.private-lending
    """,
    "uk": """
        uk.reasonable-times uk.privacy uk.breathing-space uk.mental-health-crisis uk.statute-barred uk.ombudsman
        uk.dispute uk.vulnerability
    """,
    "in": "in.hours in.draft-2026.hours",
    "eu": "eu.npl-letter eu.conduct eu.gdpr.automated",
    "default": "default.hours default.once-a-day default.three-a-week default.known-zone default.stop-flags",
}


def rules(book: Rulebook) -> dict[str, Rule]:
    return {rule.id: rule for pack in book.law.values() for rule in pack.rules}


def is_judged(rule: Rule) -> bool:
    return rule.enabled and not any(isinstance(version.set, UNJUDGED) for version in rule.versions)


def test_every_known_rule_is_in_its_pack(shipped: Rulebook) -> None:
    assert set(shipped.law) == set(KNOWN)
    for pack, ids in KNOWN.items():
        assert set(ids.split()) <= {rule.id for rule in shipped.law[pack].rules}


def test_a_rule_has_one_id_over_all_packs(shipped: Rulebook) -> None:
    ids = [rule.id for pack in shipped.law.values() for rule in pack.rules]
    assert len(ids) == len(set(ids))


def test_house_rules_say_so_and_no_others(shipped: Rulebook) -> None:
    for rule in rules(shipped).values():
        assert rule.cite.startswith("House policy") == (rule.status is RuleStatus.HOUSE), rule.id


@pytest.mark.parametrize(("rule", "status"), [("us.reg-f.time", "confirmed"), ("us.nyc.frequency", "unconfirmed")])
def test_only_what_was_read_in_the_official_text_is_confirmed(shipped: Rulebook, rule: str, status: str) -> None:
    assert rules(shipped)[rule].status == status


def test_regulation_f_binds_third_party_collectors_alone(shipped: Rulebook) -> None:
    for rule in shipped.law["us-federal"].rules:
        if rule.id.startswith("us.reg-f."):
            assert rule.applies_to == (Collector.THIRD_PARTY,)


def test_new_york_city_has_two_versions_that_meet(shipped: Rulebook) -> None:
    before, after = rules(shipped)["us.nyc.frequency"].versions
    assert before.until == after.since
    assert isinstance(before.set, Frequency) and isinstance(after.set, Frequency)
    assert (before.set.at_most, after.set.at_most) == (2, 3)


def test_the_draft_for_india_is_disabled(shipped: Rulebook) -> None:
    draft = rules(shipped)["in.draft-2026.hours"]
    assert isinstance(draft.versions[0].set, LocalHours)
    assert [rule.id for rule in rules(shipped).values() if not rule.enabled] == [draft.id]


def test_the_page_for_compliance_lists_each_rule_under_what_becomes_of_it(shipped: Rulebook) -> None:
    page = PAGE.read_text("utf-8")
    enforced = page.split("## What the gate enforces")[1].split("## What the gate does not enforce")[0]
    left = page.split("## What the gate does not enforce")[1]
    in_table = re.compile(r"^\| `([^`]+)` \|", re.MULTILINE)
    known = rules(shipped)
    assert set(in_table.findall(enforced)) == {name for name, rule in known.items() if is_judged(rule)}
    assert set(in_table.findall(left)) == {name for name, rule in known.items() if not is_judged(rule)}
