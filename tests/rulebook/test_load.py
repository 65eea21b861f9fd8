"""Loading the rulebook: what is refused, and that each fault names its file, line, field and remedy."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from domain.compliance.parameters import LocalHours
from domain.policy import PolicyStatus
from rulebook.load import DEFAULT_ROOT, Rulebook, UnknownPack, UnknownPolicy, check_policy
from rulebook.problems import RulebookError
from tests.rulebook.books import LAW, PARTS, POLICY, TEMPLATE, as_draft, edit, faults, line_of


@dataclass(frozen=True)
class Spoilt:
    """An edit of one file, the line that it stands on, and what must be said of it."""

    file: str
    old: str
    new: str
    field: str
    text: str
    at: str = ""
    """A text on the line that must be named, where it is not the edited one."""


POLICIES = {
    "a misspelt key": Spoilt(POLICY, "priority: 3", "priorty: 3", "priorty", "unknown key; did you mean priority?"),
    "a misspelt key deep inside": Spoilt(
        POLICY,
        "channel: voice\n        template: call-request\n        fallback: [sms, email]\n        # A call",
        "chanel: voice\n        template: call-request\n        fallback: [sms, email]\n        # A call",
        "stages[1].steps[2].chanel",
        "unknown key; did you mean channel?",
        at="chanel:",
    ),
    "a missing key": Spoilt(
        POLICY, "longest_days: 35", "", "promise.longest_days", "is missing; add it", at="promise:"
    ),
    "an amount outside quotes": Spoilt(
        POLICY,
        'minimum_balance: "750.00"',
        "minimum_balance: 750",
        "referral.minimum_balance",
        "must be a text; put it in quotes",
    ),
    "an amount with a fraction outside quotes": Spoilt(
        POLICY,
        'minimum_balance: "750.00"',
        "minimum_balance: 750.00",
        "referral.minimum_balance",
        '750.00 is not a whole number; put an amount in quotes: "750.00"',
    ),
    "an amount with thousands separators": Spoilt(
        POLICY,
        'minimum_balance: "750.00"',
        'minimum_balance: "1,750.00"',
        "referral.minimum_balance",
        '"1,750.00" has the wrong form; write a plain decimal such as "250.00"',
    ),
    "more decimal places than the currency has": Spoilt(
        POLICY,
        'minimum_balance: "750.00"',
        'minimum_balance: "750.001"',
        "referral.minimum_balance",
        "more decimal places than GBP",
    ),
    "a number in quotes": Spoilt(
        POLICY,
        "grace_days: 3\n\n#",
        'grace_days: "3"\n\n#',
        "grace_days",
        "must be a whole number; write digits only, without quotes",
    ),
    "a number out of range": Spoilt(
        POLICY, "priority: 3", "priority: 9", "priority", "should be less than or equal to 5"
    ),
    "a truth value that is a word": Spoilt(
        POLICY,
        "mandatory: true",
        "mandatory: yes",
        "stages[4].steps[0].mandatory",
        "must be true or false",
    ),
    "a time that does not exist": Spoilt(
        POLICY,
        'end: "19:00"}\n\n# 1 is',
        'end: "25:00"}\n\n# 1 is',
        "window.end",
        'must be a time of day; write it like "09:30"',
    ),
    "a window that ends before it starts": Spoilt(
        POLICY,
        'window: {start: "09:00", end: "19:00"}\n\n# 1',
        'window: {start: "20:00", end: "19:00"}\n\n# 1',
        "window",
        "a window's start must be earlier than its end on the same day",
    ),
    "a window outside the law's hours": Spoilt(
        POLICY,
        'window: {start: "12:00", end: "19:00"}',
        'window: {start: "06:00", end: "07:30"}',
        "stages[4].steps[2].window",
        "leaves no lawful time of day for step final-call by voice; widen or move it",
    ),
    "an unknown channel": Spoilt(
        POLICY,
        "channel: letter",
        "channel: leter",
        "stages[3].steps[0].channel",
        "leter is not known here; did you mean letter?",
    ),
    "a channel named twice": Spoilt(
        POLICY,
        "channel: letter, template: arrears-notice, fallback: [email, sms]",
        "channel: letter, template: arrears-notice, fallback: [letter, sms]",
        "stages[3].steps[0]",
        "a channel is named twice in channel and fallback",
    ),
    "an unknown currency": Spoilt(POLICY, "currency: GBP", "currency: GBX", "currency", "unknown currency"),
    "a locale in the wrong form": Spoilt(
        POLICY,
        "locale: en-GB",
        "locale: en_GB",
        "locale",
        '"en_GB" has the wrong form; write a language and a country, such as en-GB',
    ),
    "a locale without texts": Spoilt(
        POLICY,
        "locale: en-GB",
        "locale: fr-FR",
        "receipt.template",
        "no template receipt in fr-FR",
        at="template: receipt",
    ),
    "a waterfall that forgets fees": Spoilt(
        POLICY,
        "waterfall: [principal, interest, fee]",
        "waterfall: [principal, interest]",
        "waterfall",
        "waterfall must name each of principal, interest, fee once",
    ),
    "an unknown law pack": Spoilt(POLICY, "law: [uk]", "law: [ukk]", "law[0]", "no law pack ukk; did you mean uk?"),
    "an unknown template": Spoilt(
        POLICY,
        "template: first-reminder",
        "template: frist-reminder",
        "stages[1].steps[0].template",
        "no template frist-reminder in en-GB; did you mean first-reminder?",
    ),
    "a template without a form for a fallback": Spoilt(
        POLICY,
        "template: help-offer, fallback: [sms]",
        "template: help-offer, fallback: [letter]",
        "stages[3].steps[1].template",
        "template help-offer has no form for letter in en-GB; add one to templates/en-GB/help-offer.yaml, or drop the",
    ),
    "a reminder as receipt": Spoilt(
        POLICY,
        "  template: receipt",
        "  template: pre-due-reminder",
        "receipt.template",
        "template pre-due-reminder is for something due, this is about something settled",
        at="template: pre-due-reminder\n  channels",
    ),
    "a receipt as reminder": Spoilt(
        POLICY,
        "template: first-reminder",
        "template: receipt",
        "stages[1].steps[0].template",
        "template receipt is for something settled, this is about something due",
    ),
    "two steps with one id": Spoilt(
        POLICY,
        "id: late-help",
        "id: help-sms",
        "stages[3].steps[1].id",
        "help-sms is already the id of another stage or step: give each its own",
        at="id: help-sms, day: 62",
    ),
    "a step outside of its stage": Spoilt(
        POLICY,
        "day: 62",
        "day: 75",
        "stages[3].steps[1].day",
        "day 75 is outside stage late, days 50 to 74: move it",
    ),
    "stages out of order": Spoilt(
        POLICY,
        "from_day: 50",
        "from_day: 20",
        "stages[3].from_day",
        "stage late must begin after day 22: order the stages by from_day",
    ),
    "a referral after the end": Spoilt(
        POLICY,
        "day: 105",
        "day: 126",
        "referral.day",
        "referral.day 126 comes after end.day 125: it would never happen",
    ),
    "a referral without notice": Spoilt(
        POLICY,
        "  notice: {step: final-demand, days: 22}\n",
        "",
        "referral.notice",
        "is missing; add it",
        at="referral:",
    ),
    "a notice by a step that there is not": Spoilt(
        POLICY,
        "step: final-demand",
        "step: last-demand",
        "referral.notice.step",
        "this policy has no step last-demand: name the one that tells of the referral",
    ),
    "a notice by a step that late cases pass over": Spoilt(
        POLICY,
        "step: final-demand",
        "step: final-sms",
        "referral.notice.step",
        "step final-sms can be passed over: set mandatory: true there, or name another step",
    ),
    "a notice no earlier than the referral": Spoilt(
        POLICY,
        "  day: 105\n",
        "  day: 75\n",
        "referral.notice.step",
        "step final-demand is on day 75: name one between the due date and referral.day 75",
        at="notice:",
    ),
    "a notice that still runs on the day of the referral": Spoilt(
        POLICY,
        "days: 22}",
        "days: 31}",
        "referral.notice.days",
        "31 days after step final-demand is day 106, later than referral.day 105: move one of them",
    ),
    "a notice of no days": Spoilt(
        POLICY, "days: 22}", "days: 0}", "referral.notice.days", "should be greater than or equal to 1"
    ),
    "an end before the last stage": Spoilt(
        POLICY,
        "end: {day: 125",
        "end: {day: 70",
        "end.day",
        "end.day 70 comes before stage final begins: it would never be entered",
    ),
    "an end that only an event gives": Spoilt(
        POLICY,
        "close: returned_to_lender",
        "close: settled",
        "end.close",
        "settled says what happened to a case: name one of charged_off, returned_to_lender",
        at="end: {day: 125",
    ),
    "an address of counsel that is none": Spoilt(
        POLICY,
        "email: counsel@counsel.example",
        "email: counsel",
        "referral.counsel.email",
        '"counsel" has the wrong form',
    ),
    "another id than its folder": Spoilt(
        POLICY,
        "id: uk-personal-loan",
        "id: uk-personal-loans",
        "id",
        "is uk-personal-loans, but the file lies in uk-personal-loan; move it to policies/uk-personal-loans/",
    ),
    "another version than its file": Spoilt(
        POLICY, "version: 1", "version: 2", "version", "is 2, but the file is v1.yaml; rename it v2.yaml"
    ),
}

SHELVES = {
    "a law pack with another id than its file": Spoilt(
        LAW, "id: uk\n", "id: gb\n", "id", "the file is named uk.yaml; call both the same"
    ),
    "a rule of unknown kind": Spoilt(
        LAW,
        "kind: local_hours",
        "kind: local_hour",
        "rules[0].versions[0].set",
        "local_hour is not known here; did you mean local_hours?",
    ),
    "a rule with a misspelt parameter": Spoilt(
        LAW, 'end: "21:00"', 'ends: "21:00"', "rules[0].versions[0].set.ends", "unknown key; did you mean end?"
    ),
    "hours that end before they start": Spoilt(
        LAW,
        'start: "08:00", end: "21:00"',
        'start: "21:00", end: "08:00"',
        "rules[0].versions[0].set",
        "the hours must start before they end on the same day",
    ),
    "two rules with one id": Spoilt(
        LAW,
        "id: uk.privacy",
        "id: uk.dispute",
        "rules[5].id",
        "uk.dispute is already a rule of this pack; give each its own id",
        at="- id: uk.dispute\n    title: Disputed debt",
    ),
    "a requirement that no template can be held to": Spoilt(
        LAW, "what: limited_content", "what: limited_contents", "rules[2].versions[0].set.what", "did you mean limited"
    ),
    "limited content for text messages": Spoilt(
        LAW,
        "channels: [voice]",
        "channels: [voice, sms]",
        "rules[2].versions[0].set.what",
        "only calls are held to limited content; name voice alone in the rule's channels",
        at="what: limited_content",
    ),
    "a date that does not exist": Spoilt(
        LAW,
        "since: 2021-05-04",
        "since: 2021-05-34",
        "rules[3].versions[0].since",
        "must be a date; write it like 2026-05-06",
    ),
    "a template with another id than its file": Spoilt(
        TEMPLATE, "id: first-reminder", "id: reminder", "id", "the file is first-reminder.yaml; call both the same"
    ),
    "a template in the wrong folder": Spoilt(
        TEMPLATE, "locale: en-GB", "locale: en-US", "locale", "is en-US, but the file lies in en-GB; move it"
    ),
    "a locale that nobody speaks": Spoilt(
        TEMPLATE, "locale: en-GB", "locale: xx-XX", "locale", "no such locale: xx-XX"
    ),
    "a template with an unknown form": Spoilt(TEMPLATE, "sms: |", "smss: |", "smss", "unknown key; did you mean sms?"),
}


def _expected(root: Path, spoilt: Spoilt) -> str:
    path = root / spoilt.file
    content = path.read_text("utf-8")
    wanted = spoilt.at or spoilt.new.splitlines()[0]
    position = content.index(wanted)
    return f"{spoilt.file}:{content.count(chr(10), 0, position) + 1}: {spoilt.field}: "


@pytest.mark.parametrize("name", POLICIES)
def test_a_faulty_policy_is_refused_with_file_line_field_and_remedy(root: Path, name: str) -> None:
    spoilt = POLICIES[name]
    as_draft(root)
    edit(root, spoilt.file, spoilt.old, spoilt.new)

    found = faults(root)

    where = _expected(root, spoilt)
    assert any(fault.startswith(where) and spoilt.text in fault for fault in found), "\n".join([where, *found])


@pytest.mark.parametrize("name", SHELVES)
def test_faulty_law_and_templates_are_refused_with_file_line_field_and_remedy(root: Path, name: str) -> None:
    spoilt = SHELVES[name]
    edit(root, spoilt.file, spoilt.old, spoilt.new)

    found = faults(root)

    where = _expected(root, spoilt)
    assert any(fault.startswith(where) and spoilt.text in fault for fault in found), "\n".join([where, *found])


def test_every_problem_of_several_files_is_listed_in_one_go(root: Path) -> None:
    edit(root, POLICY, "priority: 3", "priority: 9")
    edit(root, POLICY, "currency: GBP", "currency: GBX")
    edit(root, "policies/demo-credit-card/v1.yaml", "law:", "laws:")

    assert [fault.split(": ")[1] for fault in faults(root)] == ["law", "laws", "currency", "priority"]


@pytest.mark.parametrize(
    "stray", ["policies/uk-personal-loan/v2.yml", "policies/notes.txt", "law/fr/fr.yaml", "templates/en-GB/old.yml"]
)
def test_a_file_that_would_be_passed_over_in_silence_is_refused(root: Path, stray: str) -> None:
    path = root / stray
    path.parent.mkdir(exist_ok=True)
    path.write_text("id: x\n")

    assert [fault.partition(";")[0] for fault in faults(root)] == [f"{stray}:1: file: does not belong here"]


def test_a_folder_without_a_rulebook_is_refused(tmp_path: Path) -> None:
    assert "holds no law pack; give the folder of a whole rulebook" in faults(tmp_path)[0]


def test_shared_wording_that_no_template_uses_is_refused(root: Path) -> None:
    path = edit(root, PARTS, "parts:\n", "parts:\n  extra: Nobody says this.\n")

    assert faults(root) == [
        f"{PARTS}:{line_of(path, 'extra')}: parts.extra: no template uses it; remove it",
    ]


def test_a_policy_outside_of_a_rulebook_is_checked_against_the_shipped_one(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text((DEFAULT_ROOT / POLICY).read_text("utf-8").replace("law: [uk]", "law: [fr]"), "utf-8")

    with pytest.raises(
        RulebookError,
        match="no law pack fr; known packs: cn, default, eu, in, uk, us-dc, us-federal, us-ma, us-nv, us-nyc, us-wa",
    ):
        check_policy(path, DEFAULT_ROOT)


def test_new_cases_get_the_newest_published_version_and_running_ones_keep_theirs(root: Path) -> None:
    text = (root / POLICY).read_text("utf-8")
    second = root / "policies/uk-personal-loan/v2.yaml"
    second.write_text(text.replace("version: 1", "version: 2").replace("status: published", "status: draft"), "utf-8")

    book = Rulebook.load(root)

    assert book.latest_published("uk-personal-loan").version == 1
    assert book.policy("uk-personal-loan", 2).status is PolicyStatus.DRAFT
    with pytest.raises(UnknownPolicy, match="no policy uk-personal-loan v3: the rulebook has demo-credit-card v1"):
        book.policy("uk-personal-loan", 3)


def test_retiring_a_policy_keeps_its_digest_and_its_cases_but_opens_no_more(root: Path, shipped: Rulebook) -> None:
    before = shipped.ref(shipped.policy("uk-personal-loan", 1))
    edit(root, POLICY, "status: published", "status: retired")

    book = Rulebook.load(root)

    assert book.ref(book.policy("uk-personal-loan", 1)) == before
    with pytest.raises(UnknownPolicy, match="no published version of policy uk-personal-loan"):
        book.latest_published("uk-personal-loan")


def test_packs_come_in_the_order_asked_for(shipped: Rulebook) -> None:
    assert [pack.id for pack in shipped.packs(["uk", "default", "cn"])] == ["uk", "default", "cn"]
    with pytest.raises(
        UnknownPack, match="no law pack fr: the rulebook has cn, default, eu, in, uk, us-dc, us-federal, us-ma"
    ):
        shipped.packs(["uk", "fr"])


def test_regulation_f_excludes_eight_o_clock_itself(shipped: Rulebook) -> None:
    rule = next(rule for rule in shipped.law["us-federal"].rules if rule.id == "us.reg-f.time")

    assert isinstance(rule.versions[0].set, LocalHours)
    assert rule.versions[0].set.start_exclusive


def test_comments_and_layout_do_not_change_a_digest(root: Path, shipped: Rulebook) -> None:
    edit(root, POLICY, "priority: 3", "priority:   3   # as everybody")

    book = Rulebook.load(root)

    assert book.digest(book.policy("uk-personal-loan", 1)) == shipped.digest(shipped.policy("uk-personal-loan", 1))
