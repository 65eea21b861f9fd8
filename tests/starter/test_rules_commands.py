"""`dunlin rules`, as typed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from rich.cells import cell_len

from rulebook.load import DEFAULT_ROOT, load_law
from tests.starter.terminal import Terminal


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    return Terminal(monkeypatch, {"COLUMNS": "80"})


async def test_list_names_every_rule_of_every_pack_on_eighty_columns(terminal: Terminal) -> None:
    shown = await terminal("rules", "list")

    assert shown.status == 0
    assert max(map(cell_len, shown.out.splitlines())) <= 80
    for pack in load_law().values():
        assert f"{pack.id}: {pack.title}, reviewed {pack.version}" in shown.out
        for rule in pack.rules:
            assert rule.id in shown.out


async def test_list_as_json_says_who_is_bound_since_when_and_where_it_stands(terminal: Terminal) -> None:
    rules = (await terminal("rules", "list", "uk", "--json")).json

    assert {rule["pack"] for rule in rules} == {"uk"}
    assert {
        "pack": "uk",
        "id": "uk.breathing-space",
        "title": "Breathing space",
        "status": "confirmed",
        "enabled": True,
        "applies_to": ["third_party", "original_creditor"],
        "channels": ["sms", "email", "voice", "letter"],
        "places": ["mobile", "home", "work", "email"],
        "since": "2021-05-04",
        "until": None,
        "cite": "SI 2020/1311, reg. 7",
    } in rules


async def test_show_tells_all_of_a_rule(terminal: Terminal) -> None:
    shown = await terminal("rules", "show", "uk.breathing-space")
    as_json = (await terminal("rules", "show", "uk.breathing-space", "--json")).json

    assert "SI 2020/1311, reg. 7" in shown.out
    assert "stop_holds: holds breathing_space" in shown.out
    assert as_json["versions"][0]["set"] == {
        "kind": "stop_holds",
        "holds": ["breathing_space"],
        "spares_undisputed": False,
    }


ONE_RULE_OF_EACH_KIND = {rule.versions[-1].set.kind: rule.id for pack in load_law().values() for rule in pack.rules}


@pytest.mark.parametrize("rule", ONE_RULE_OF_EACH_KIND.values())
async def test_show_shows_rules_of_every_kind(terminal: Terminal, rule: str) -> None:
    shown = await terminal("rules", "show", rule)

    assert (shown.status, shown.error) == (0, "")
    assert max(map(cell_len, shown.out.splitlines())) <= 80


async def test_a_rule_that_binds_nobody_yet_says_so(terminal: Terminal) -> None:
    disabled = [rule.id for pack in load_law().values() for rule in pack.rules if not rule.enabled]

    for rule in disabled:
        assert "not enabled" in (await terminal("rules", "show", rule)).out


async def test_what_is_not_there_is_answered_by_what_is(terminal: Terminal) -> None:
    rule = await terminal("rules", "show", "uk.breathing-spaces")
    pack = await terminal("rules", "list", "atlantis")

    assert (rule.status, rule.error) == (
        2,
        "dunlin: no rule uk.breathing-spaces; did you mean uk.breathing-space?\n",
    )
    assert (pack.status, pack.error[:51]) == (2, "dunlin: no rule pack atlantis: there are cn, defaul")


async def test_check_says_what_is_wrong_with_a_file_on_which_line(terminal: Terminal, tmp_path: Path) -> None:
    sound = DEFAULT_ROOT / "law" / "uk.yaml"
    text = sound.read_text("utf-8")
    broken = tmp_path / "uk.yaml"
    broken.write_text(text.replace("status: house", "status: hose", 1), encoding="utf-8")
    renamed = Path(shutil.copy(sound, tmp_path / "gb.yaml"))

    shown = await terminal("rules", "check", str(broken), str(renamed), str(sound))

    line = next(number for number, each in enumerate(text.splitlines(), start=1) if "status: house" in each)
    assert shown.status == 1
    assert f"{broken}:{line}: rules[0].status: hose is not known here; did you mean house?" in shown.error
    assert "the file is named gb.yaml; call both the same" in shown.error
    assert "rulebook/law/uk.yaml: uk, United Kingdom, " in shown.out


async def test_check_without_a_file_checks_all_packs(terminal: Terminal) -> None:
    law = load_law()
    rules = sum(len(pack.rules) for pack in law.values())

    assert (await terminal("rules", "check")).out == f"OK  {len(law)} rule packs, {rules} rules\n"
