"""`dunlin intake` against real servers: a file's accounts are open when it ends, also when it is run again."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text

from starter.intake.columns import COLUMNS
from tests.e2e.world import World, eventually
from tests.starter.accounts import TODAY
from tests.starter.intake.files import GOOD, rejects_of, text_of, write
from tests.starter.terminal import Terminal

ROWS = 200


@pytest.fixture
def run() -> str:
    """What sets this run's ids apart from those of other tests."""
    return uuid4().hex[:8]


def portfolio(run: str) -> str:
    """Accounts of two obligations each, the second ones in the second half of the file; one amount is wrong."""
    rows = [
        {
            "account": f"{run}-{number % (ROWS // 2)}",
            "consumer": f"{run}-P{number % (ROWS // 2)}",
            "obligation": f"o-{number // (ROWS // 2)}",
            "due": str(TODAY),
            "amount": "nothing" if number == ROWS - 1 else "10.00",
        }
        for number in range(ROWS)
    ]
    return text_of(*rows)


async def opened(dunlin: World, run: str, count: int) -> dict[str, int]:
    """What is outstanding on each of the run's cases, once that many have been opened by the worker."""
    found: dict[str, int] = {}

    async def are_open() -> bool:
        async with dunlin.database.transaction() as session:
            rows = await session.execute(
                text("SELECT id, outstanding_minor FROM collection_case WHERE sequence > 0 AND id LIKE :ids"),
                {"ids": f"acme:{run}-%"},
            )
            found.update({row.id: row.outstanding_minor for row in rows})
        return len(found) == count

    await eventually(f"{count} cases are open", are_open, 60)
    return found


async def test_a_file_is_taken_in_and_running_it_again_changes_nothing(
    dunlin: World, terminal: Terminal, tmp_path: Path, run: str
) -> None:
    file = tmp_path / "accounts.csv"
    write(file, portfolio(run))

    first = await terminal("intake", str(file))
    second = await terminal("intake", str(file))

    cases = await opened(dunlin, run, ROWS // 2 - 1)
    assert (first.status, second.status) == (1, 1)
    assert first.out.startswith("accounts opened: 99\nrows rejected: 2; ")
    assert [row["field"] for row in rejects_of(file)] == ["", "amount"]
    assert set(cases.values()) == {2000}
    journal = await terminal("journal", "show", f"acme:{run}-0", "--json")
    assert [line["kind"] for line in journal.json].count("case_opened") == 1


async def test_rejected_rows_that_are_put_right_are_taken_in(
    dunlin: World, terminal: Terminal, tmp_path: Path, run: str
) -> None:
    file = tmp_path / "accounts.csv"
    write(file, text_of({"account": f"{run}-1", "consumer": f"{run}-P1", "policy": "no-such-policy"}))
    await terminal("intake", str(file))
    mended = tmp_path / "mended.csv"
    write(mended, file.with_suffix(".rejects.csv").read_bytes().replace(b"no-such-policy", b"uk-personal-loan"))

    shown = await terminal("intake", str(mended))

    assert (shown.status, shown.out) == (0, "accounts opened: 1\n")
    assert await opened(dunlin, run, 1)


async def test_a_file_without_the_needed_columns_is_refused_on_one_line(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "accounts.csv"
    write(file, "account;amount\r\nA-1;5\r\n")

    shown = await terminal("intake", str(file))

    assert shown.status == 2
    assert "names no column lender, consumer" in shown.error.replace("\n", " ")
    assert not file.with_suffix(".rejects.csv").exists()


async def test_a_file_that_is_not_there_is_named(terminal: Terminal, tmp_path: Path) -> None:
    shown = await terminal("intake", str(tmp_path / "nowhere.csv"))

    assert (shown.status, "nowhere.csv" in shown.error) == (2, True)


async def test_the_reject_file_never_replaces_the_file_itself(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "accounts.csv"
    write(file, text_of({}))

    shown = await terminal("intake", str(file), "--rejects", str(file))

    assert (shown.status, "--rejects" in shown.error) == (2, True)


def test_the_page_lists_every_column() -> None:
    page = (Path(__file__).parents[3] / "docs" / "intake.md").read_text(encoding="utf-8")

    for column in COLUMNS:
        remedy = column.remedy.replace("|", "\\|")
        assert f"| `{column.name}` | {'yes' if column.required else 'no'} |" in page
        assert remedy in page
        assert all(f"`{synonym}`" in page for synonym in column.synonyms)
    assert set(GOOD) == {column.name for column in COLUMNS}
