"""Compares a lender's file with the cases, writes down what differs, and opens what is missing if it is asked to."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from temporalio.client import Client

from activities.signatures import ReconcileRequest, ReconcileResult
from activities.upkeep import Reconcile
from db.reconciliation import cases_not_running, discrepancies
from db.session import Database
from domain.money import Money
from domain.reconciliation import Discrepancy, Finding
from domain.registration import AccountRegistration
from starter.client import DunlinClient
from starter.intake.columns import HeaderError
from starter.intake.reader import neutral
from starter.intake.run import Intake, take_in
from starter.reconciliation.file import read_balances

REPORT_COLUMNS = ("account", "finding", "lenders", "lenders_currency", "ours", "our_currency")


@dataclass(frozen=True, slots=True)
class Order:
    """What to compare. `report` is written anew; `open_missing` needs the columns of an intake file."""

    lender: str
    file: Path
    report: Path
    encoding: str = "utf-8"
    open_missing: bool = False


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What came out: accounts by finding, and how many missing ones were opened or could not be."""

    accounts: int
    findings: Mapping[Finding, int]
    opened: int = 0
    rejected_rows: int = 0


async def reconcile(order: Order, temporal: Client, database: Database, client: DunlinClient) -> Reconciled:
    """Compare, report, and open what is missing. Raises BalanceFileError, HeaderError and OSError."""
    theirs = read_balances(order.file, order.encoding)
    running = await _running(temporal, order.lender)
    async with database.transaction() as session:
        found = [each async for each in discrepancies(session, order.lender, theirs)]
        found += await cases_not_running(session, order.lender, running)
    _write(order.report, found)
    findings = Counter(each.finding for each in found)
    missing = {each.account for each in found if each.finding is Finding.MISSING}
    if not order.open_missing or not missing:
        return Reconciled(len(theirs), findings)

    async def open_if_missing(account: AccountRegistration) -> None:
        if account.account in missing:
            await client.open_case(account)
            missing.remove(account.account)

    asked = len(missing)
    intake = Intake(
        file=order.file,
        rejects=order.report.with_suffix(".rejects.csv"),
        encoding=order.encoding,
        defaults={"lender": order.lender},
        skip_unknown_columns=True,
    )
    taken = await take_in(intake, open_if_missing, lambda what, done, of: None)
    return Reconciled(len(theirs), findings, asked - len(missing), taken.rejected_rows)


async def _running(temporal: Client, lender: str) -> list[str]:
    """The accounts of a lender for which a workflow runs, as Temporal's visibility store has it."""
    query = f"WorkflowType = 'CollectionCase' AND ExecutionStatus = 'Running' AND DunlinLender = '{lender}'"
    prefix = f"case:{lender}:"
    return [workflow.id.removeprefix(prefix) async for workflow in temporal.list_workflows(query)]


def _write(path: Path, found: Sequence[Discrepancy]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(REPORT_COLUMNS)
        for each in found:
            writer.writerow([neutral(each.account), each.finding, *_amount(each.lenders), *_amount(each.ours)])


def _amount(money: Money | None) -> tuple[str, str]:
    return ("", "") if money is None else (str(money.decimal), money.currency)


def by_schedule(
    folder: Path | None, temporal: Client, database: Database, client: DunlinClient, today: Callable[[], date]
) -> Reconcile:
    """What the nightly activity calls: the files of `folder`, with the reports in its subfolder `reports`."""

    async def run(request: ReconcileRequest) -> ReconcileResult:
        if folder is None:
            raise ValueError("DUNLIN_RECONCILIATION_FOLDER is not set: name the folder of the lenders' files")
        report = folder / "reports" / f"{request.lender}-{today()}.csv"
        file = folder / f"{request.lender}.csv"
        order = Order(request.lender, file, report, open_missing=request.open_missing)
        try:
            result = await reconcile(order, temporal, database, client)
        except HeaderError as error:
            raise ValueError(str(error)) from None
        return ReconcileResult(
            accounts=result.accounts,
            findings={finding.value: count for finding, count in result.findings.items()},
            opened=result.opened,
            rejected_rows=result.rejected_rows,
            report=report.name,
        )

    return run
