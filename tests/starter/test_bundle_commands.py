"""Accounts that go elsewhere: their record is exported and verified, and a portfolio is transferred."""

from __future__ import annotations

from pathlib import Path

from starter.case_key import CaseKey
from tests.e2e.world import World, eventually, key_of
from tests.starter.accounts import account
from tests.starter.terminal import Terminal


async def opened(dunlin: World) -> str:
    registration = account()
    await dunlin.client().open_case(registration)
    case = key_of(registration)
    await eventually("a worker has opened the case", lambda: dunlin.has(case, "case_opened"))
    return case.case_id


async def test_a_record_is_exported_and_verifies_without_a_database(
    dunlin: World, terminal: Terminal, tmp_path: Path
) -> None:
    case, file = await opened(dunlin), tmp_path / "record.zip"

    exported = await terminal("case", "export", case, str(file))
    again = await terminal("case", "export", case, str(file))
    whole = await terminal("bundle", "verify", str(file))
    file.write_bytes(file.read_bytes()[:-40])
    cut = await terminal("bundle", "verify", str(file))

    assert (exported.status, whole.status) == (0, 0)
    assert exported.out.split()[-1] in whole.out
    assert again.status != 0
    assert cut.status == 1


async def test_a_portfolio_is_transferred_and_an_unknown_account_keeps_none_from_ending(
    dunlin: World, terminal: Terminal, tmp_path: Path
) -> None:
    cases, listed = [await opened(dunlin), await opened(dunlin)], tmp_path / "portfolio.txt"
    listed.write_text("\n".join([cases[0], "acme:nobody", cases[1]]))

    shown = await terminal("transfer", str(listed), "--to", "agency-2", "--id", "T-1", "--json")
    again = await terminal("transfer", str(listed), "--to", "agency-2", "--id", "T-1", "--json")

    assert shown.status == 1
    assert shown.json == {cases[0]: "applied", "acme:nobody": "refused: unknown_account", cases[1]: "applied"}
    assert again.status == 1
    for case in cases:
        kinds = await dunlin.kinds(CaseKey.parse(case))
        assert kinds.count("transferred") == 1
        assert kinds[-1] == "case_closed"
