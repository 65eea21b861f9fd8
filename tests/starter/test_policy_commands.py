"""`dunlin policy`, as typed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from rich.cells import cell_len
from typer.testing import CliRunner, Result

from rulebook.load import DEFAULT_ROOT, Rulebook
from starter.console import CommandError
from starter.policy_commands import app
from tests.rulebook.books import POLICY, as_draft, copied, edit

UK = str(DEFAULT_ROOT / POLICY)

SLOW_LAW = """
id: slow
title: At most one contact in ten days
version: "2026-01-01"
rules:
  - id: slow.messages
    title: One contact in ten days
    cite: House policy
    status: house
    applies_to: [third_party, original_creditor]
    channels: [sms, email, voice, letter]
    text: At most one contact in ten days.
    versions:
      - since: 2000-01-01
        set: {kind: frequency, at_most: 1, days: 10, per: person, channels: [sms, email, voice, letter]}
"""


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments), env={"COLUMNS": "80", "NO_COLOR": "1", "TERM": "dumb"})


def test_check_says_what_a_reviewer_wants_to_know() -> None:
    result = _run("check", UK)

    assert result.exit_code == 0
    assert result.stdout.splitlines()[0].endswith("uk-personal-loan v1 (published), Personal loans, United Kingdom")
    assert result.stdout.splitlines()[1:] == [
        "    5 stages, 14 steps: at most 14 contacts from day -5 to day 96; referral from day 105, end on day 125",
        "    longest text message: final-demand, 3 segments of GSM-7",
    ]


def test_check_lists_every_fault_and_ends_with_1(tmp_path: Path) -> None:
    root = copied(tmp_path)
    path = edit(root, POLICY, "priority: 3", "priorty: 3")
    edit(root, POLICY, "currency: GBP", "currency: GBX")

    result = _run("check", str(path), UK)

    assert result.exit_code == 1
    assert f"{path}:" in result.stderr
    assert "priorty: unknown key; did you mean priority?" in result.stderr
    assert "currency: unknown currency" in result.stderr
    assert "OK" in result.stdout, "the sound file is reported all the same"


def test_check_without_a_file_checks_the_whole_rulebook() -> None:
    packs = len(Rulebook.load().law)

    assert _run("check").stdout == f"OK  11 policies, {packs} law packs, 52 message templates\n"


def test_check_names_the_steps_that_the_law_never_lets_run_as_planned(tmp_path: Path) -> None:
    root = copied(tmp_path)
    as_draft(root)
    path = edit(root, POLICY, "law: [uk]", "law: [uk, slow]")
    (root / "law" / "slow.yaml").write_text(SLOW_LAW, encoding="utf-8")

    result = _run("check", str(path))

    late = [line.strip() for line in result.stdout.splitlines()[3:]]
    assert result.exit_code == 0, "a policy may have such steps: they come late"
    assert late
    assert all(line.startswith("uk-personal-loan v1, ") and line.endswith(" (slow.messages)") for line in late)
    assert any(re.search(r"planned for day \d+ by \w+, comes \d+ (to \d+ )?days? late ", line) for line in late)


def test_check_names_the_caps_that_a_policy_is_above(tmp_path: Path) -> None:
    root = copied(tmp_path)
    capped = SLOW_LAW.replace("slow", "capped").replace(
        "{kind: frequency, at_most: 1, days: 10, per: person, channels: [sms, email, voice, letter]}",
        '{kind: rate_cap, annual_percent: "24.00"}',
    )
    (root / "law" / "capped.yaml").write_text(capped)
    as_draft(root, POLICY)
    edit(root, POLICY, "law: [uk]", "law: [uk, capped]")
    path = edit(root, POLICY, "priority: 3", 'priority: 3\ninterest: {annual_percent: "24.00", day_count: actual/360}')

    assert (
        "    uk-personal-loan v1, interest of 24.00% (actual/360): above the cap of 24.00%, which is charged instead "
        "(capped.messages)"
    ) in _run("check", str(path)).stdout.splitlines()


@pytest.mark.parametrize("policy", [policy.id for policy in Rulebook.load().policies])
def test_show_draws_every_step_on_eighty_columns_without_colour(policy: str) -> None:
    found = Rulebook.load().latest_published(policy)

    result = _run("show", policy)

    lines = result.stdout.splitlines()
    assert result.exit_code == 0
    assert max(map(cell_len, lines)) <= 80
    assert "\x1b" not in result.stdout
    assert all(any(f" {step.id} " in line and f"{step.day} " in line for line in lines) for step in found.steps)
    for stage in found.stages:
        drawn = next(line for line in lines if line.startswith(stage.id))
        assert sum(char.isupper() for char in drawn) == len(stage.steps)


def test_show_draws_days_in_order_on_the_axis() -> None:
    lines = _run("show", UK).stdout.splitlines()
    numbers = next(line for line in lines if line.startswith("day "))
    ticks = lines[lines.index(numbers) + 1]
    day_zero = numbers.index(" 0 ") + 1

    assert ticks[day_zero] == "|"
    assert next(line for line in lines if line.startswith("before-due")).index("S") == day_zero
    assert next(line for line in lines if line.startswith("early")).index("S") > day_zero
    referral = next(line for line in lines if line.startswith("referral"))
    demand = next(line for line in lines if line.startswith("final")).index("E")
    assert demand == referral.index("·")
    assert demand < referral.rindex("·") < referral.index("R")
    assert next(line for line in lines if line.startswith("end ")).index("X") > referral.index("R")


def test_show_says_from_when_on_and_after_which_notice_a_case_is_referred() -> None:
    words = " ".join(_run("show", UK).stdout.split())

    assert "From day 105, 22 days or more after final-demand: referral to Example Counsel LLP from £750.00 on" in words


def test_show_finds_a_version_and_names_the_policies_when_there_is_none() -> None:
    assert _run("show", "uk-personal-loan@1").stdout == _run("show", UK).stdout

    unknown = _run("show", "uk-personal-loan@7")

    assert isinstance(unknown.exception, CommandError)
    assert "no policy uk-personal-loan@7: name a file, or one of cn-consumer-loan@1" in str(unknown.exception)


def test_list_names_each_policy_with_its_status() -> None:
    rows = [line.split() for line in _run("list").stdout.splitlines()]

    assert ["uk-personal-loan", "1", "published", "GBP", "en-GB", "uk"] in rows


def test_preview_prints_the_texts_of_a_step() -> None:
    result = _run("preview", "uk-personal-loan", "first-sms")

    assert "--- first-reminder by sms\nExample Servicing Ltd for Example Bank: £1,234.00" in result.stdout
    assert "--- first-reminder by email: We have not received your payment yet\n" in result.stdout
    assert "Thank you" in _run("preview", "uk-personal-loan", "receipt", "--channel", "email").stdout
    assert _run("preview", "uk-personal-loan", "receipt", "--html").stdout.startswith("<!doctype html>")


def test_preview_names_the_steps_and_channels_that_there_are() -> None:
    step = _run("preview", "uk-personal-loan", "none")
    channel = _run("preview", "uk-personal-loan", "first-sms", "--channel", "letter")

    assert "uk-personal-loan has no step none: it has pre-due-email, " in str(step.exception)
    assert "step first-sms does not use letter: it uses sms, email" in str(channel.exception)


def test_schema_writes_all_or_prints_one(tmp_path: Path) -> None:
    assert _run("schema", "--folder", str(tmp_path / "new")).exit_code == 0

    written = json.loads((tmp_path / "new" / "policy.schema.json").read_text("utf-8"))

    assert written == json.loads(_run("schema", "policy").stdout)
    assert "no schema polcy: there are policy, law, places, template, parts" in str(_run("schema", "polcy").exception)


def test_publish_publishes_and_says_what_to_commit(tmp_path: Path) -> None:
    root = copied(tmp_path)
    path = as_draft(root)

    result = _run("publish", str(path))

    assert result.stdout == "uk-personal-loan v1 is published; commit its file and published.lock together\n"
    assert Rulebook.load(root).latest_published("uk-personal-loan").version == 1
    edit(root, POLICY, "priority: 3", "priority: 2")
    again = _run("publish", str(path))
    assert again.exit_code == 1
    assert "was edited after it was published" in again.stderr


def test_the_page_on_policies_shows_only_commands_that_there_are() -> None:
    page = (DEFAULT_ROOT.parent / "docs" / "policies.md").read_text("utf-8")

    named = set(re.findall(r"dunlin policy ([a-z]+)", page))

    assert named == {"check", "list", "preview", "publish", "schema", "show"}
    assert named == {
        command.name or command.callback.__name__ for command in app.registered_commands if command.callback
    }
