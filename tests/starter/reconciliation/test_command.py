"""A lender's file of open accounts against cases that live on real servers."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from activities.signatures import CASE_QUEUE, ReconcileRequest, ReconcileResult
from domain.registration import AccountRegistration
from starter.console import reader_locale
from tests.e2e.world import World, account, eventually, key_of
from tests.starter.terminal import Terminal
from workflows.inputs import NIGHTLY_CHECK_WORKFLOW, RECONCILIATION_WORKFLOW

FULL_COLUMNS = "account,consumer,name,locale,product,currency,policy,zone,email,obligation,amount,due,outstanding"


@pytest.fixture(autouse=True)
def _locale_of_the_test() -> None:
    reader_locale.cache_clear()


@dataclass
class Portfolio:
    """Three open cases of a lender of its own, which owe 250.00 GBP each."""

    lender: str
    accounts: list[AccountRegistration]

    def file(self, path: Path, *rows: str, header: str = "account,currency,outstanding") -> Path:
        path.write_text("\n".join((header, *rows, "")), encoding="utf-8")
        return path

    def row(self, number: int, outstanding: str = "250.00", currency: str = "GBP") -> str:
        return f"{self.accounts[number].account},{currency},{outstanding}"


@pytest.fixture
async def portfolio(dunlin: World) -> Portfolio:
    lender = f"lender-{uuid4().hex[:8]}"
    await dunlin.client().register_lender(dunlin.lender.model_copy(update={"id": lender}))
    accounts = [account(lender=lender, channels=("email",)) for _ in range(3)]
    for registration in accounts:
        await dunlin.client().open_case(registration)
    for registration in accounts:

        async def opened(case: AccountRegistration = registration) -> bool:
            return "case_opened" in await dunlin.kinds(key_of(case))

        await eventually("the case is open", opened)

    async def all_visible() -> bool:
        query = f"WorkflowType = 'CollectionCase' AND ExecutionStatus = 'Running' AND DunlinLender = '{lender}'"
        return (await dunlin.temporal.count_workflows(query)).count == len(accounts)

    await eventually("Temporal lists the cases", all_visible)
    return Portfolio(lender, accounts)


def findings(report: Path) -> dict[str, str]:
    return {row["account"]: row["finding"] for row in csv.DictReader(report.open(encoding="utf-8"))}


async def test_books_that_agree_are_said_to(terminal: Terminal, portfolio: Portfolio, tmp_path: Path) -> None:
    file = portfolio.file(tmp_path / "open.csv", *(portfolio.row(number) for number in range(3)))

    shown = await terminal("reconcile", str(file), "--lender", portfolio.lender)

    assert (shown.status, shown.error) == (0, "")
    assert "the books agree" in shown.out


async def test_every_way_to_differ_is_found_and_listed(
    dunlin: World, terminal: Terminal, portfolio: Portfolio, tmp_path: Path
) -> None:
    closed, other, extra = portfolio.accounts
    await dunlin.client().recall(key_of(closed), message_id="recall-1")
    file = portfolio.file(tmp_path / "open.csv", portfolio.row(0), portfolio.row(1, "249.99"), "never-opened,GBP,10.00")

    shown = await terminal("reconcile", str(file), "--lender", portfolio.lender)

    assert shown.status == 1
    assert findings(tmp_path / "open.report.csv") == {
        closed.account: "ended",
        other.account: "other_balance",
        extra.account: "extra",
        "never-opened": "missing",
    }


async def test_an_amount_in_another_currency_is_not_compared(
    terminal: Terminal, portfolio: Portfolio, tmp_path: Path
) -> None:
    rows = (portfolio.row(0), portfolio.row(1), portfolio.row(2, currency="EUR"))
    file = portfolio.file(tmp_path / "open.csv", *rows)

    await terminal("reconcile", str(file), "--lender", portfolio.lender)

    assert findings(tmp_path / "open.report.csv") == {portfolio.accounts[2].account: "other_currency"}


async def test_an_open_case_without_a_workflow_is_found(
    dunlin: World, terminal: Terminal, portfolio: Portfolio, tmp_path: Path
) -> None:
    stopped = portfolio.accounts[0]
    await dunlin.workflow(key_of(stopped)).terminate()

    async def gone() -> bool:
        query = f"ExecutionStatus = 'Running' AND DunlinLender = '{portfolio.lender}'"
        return (await dunlin.temporal.count_workflows(query)).count == 2

    await eventually("Temporal lists it no longer", gone)
    file = portfolio.file(tmp_path / "open.csv", *(portfolio.row(number) for number in range(3)))

    await terminal("reconcile", str(file), "--lender", portfolio.lender)

    assert findings(tmp_path / "open.report.csv") == {stopped.account: "not_running"}


async def test_missing_cases_are_opened_when_asked_and_only_those(
    dunlin: World, terminal: Terminal, portfolio: Portfolio, tmp_path: Path
) -> None:
    new = account(lender=portfolio.lender)
    row = (
        f"{new.account},{new.consumer.id},Example Borrower,en-GB,personal-loan,GBP,uk-personal-loan,Europe/London,"
        f"b@borrowers.example.com,o-1,10.00,2026-03-01,10.00"
    )
    known = [f"{each.account},,,,,GBP,,,,o-1,250.00,2026-02-25,250.00" for each in portfolio.accounts]
    file = portfolio.file(tmp_path / "open.csv", *known, row, header=FULL_COLUMNS)

    shown = await terminal("reconcile", str(file), "--lender", portfolio.lender, "--open-missing", "--json")

    assert shown.json == {"accounts": 4, "findings": {"missing": 1}, "opened": 1}
    assert await dunlin.client().start_case(new.lender, new.account) == f"case:{new.lender}:{new.account}"


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (("A-1,GBP,ten",), "row 2: outstanding: not a plain decimal amount"),
        (("Jane Doe,GBP,10.00",), "row 2: account must be the opaque id"),
        (("A-1,GBP,1.00", "A-1,GBP,2.00"), "row 3 says another balance"),
    ],
)
async def test_a_file_with_a_wrong_row_is_not_compared_and_nothing_of_the_row_is_repeated(
    terminal: Terminal, portfolio: Portfolio, tmp_path: Path, rows: tuple[str, ...], words: str
) -> None:
    file = portfolio.file(tmp_path / "open.csv", *rows)

    shown = await terminal("reconcile", str(file), "--lender", portfolio.lender)

    assert shown.status == 2
    assert words in shown.error
    assert "Jane" not in shown.error


async def test_a_lender_that_is_no_id_is_refused(terminal: Terminal, portfolio: Portfolio, tmp_path: Path) -> None:
    file = portfolio.file(tmp_path / "open.csv", portfolio.row(0))

    shown = await terminal("reconcile", str(file), "--lender", "x' OR WorkflowType = 'CollectionCase")

    assert (shown.status, "--lender: lender" in shown.error) == (2, True)


async def test_the_nightly_workflow_reads_the_lenders_file_and_writes_its_report(
    dunlin: World, portfolio: Portfolio
) -> None:
    folder = dunlin.settings.reconciliation_folder
    assert folder is not None
    folder.mkdir(exist_ok=True)
    portfolio.file(folder / f"{portfolio.lender}.csv", portfolio.row(0), portfolio.row(1))

    result = await dunlin.temporal.execute_workflow(
        RECONCILIATION_WORKFLOW,
        ReconcileRequest(lender=portfolio.lender),
        id=f"reconciliation:{portfolio.lender}",
        task_queue=CASE_QUEUE,
        result_type=ReconcileResult,
    )

    assert result.findings == {"extra": 1}
    assert findings(folder / "reports" / result.report) == {portfolio.accounts[2].account: "extra"}


async def test_the_nightly_check_finds_nothing_wrong(dunlin: World, portfolio: Portfolio) -> None:
    await dunlin.temporal.execute_workflow(
        NIGHTLY_CHECK_WORKFLOW, id=f"nightly-check-{portfolio.lender}", task_queue=CASE_QUEUE
    )


async def test_schedules_are_set_listed_and_removed(terminal: Terminal, portfolio: Portfolio) -> None:
    name = f"reconciliation:{portfolio.lender}"

    for at in ("02:30", "04:00"):
        put = await terminal("schedule", "reconcile", portfolio.lender, "--at", at, "--zone", "Europe/London")
        assert put.out == f"{name} is scheduled for {at} Europe/London each day\n"

    removed = await terminal("schedule", "remove", name)
    again = await terminal("schedule", "remove", name)

    assert removed.status == 0
    assert (again.status, f"nothing is scheduled as {name}" in again.error) == (1, True)


@pytest.mark.parametrize(("option", "value"), [("--at", "25:00"), ("--at", "02:30:10"), ("--zone", "London")])
async def test_a_time_that_is_none_is_refused(terminal: Terminal, option: str, value: str) -> None:
    shown = await terminal("schedule", "nightly-check", option, value)

    assert shown.status == 2
    assert option in shown.error
