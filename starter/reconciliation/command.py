"""`dunlin reconcile`: compares a lender's file of open accounts with the running cases."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from activities.signatures import ReconcileRequest
from rulebook.load import Rulebook
from runtime.settings import ClientSettings, load_settings
from runtime.temporal import connect
from starter.arguments import JsonOption
from starter.client import DunlinClient
from starter.connection import opened_database
from starter.console import REFUSED, CommandError, show_json, show_line, wrong_fields
from starter.intake.columns import HeaderError
from starter.reconciliation.file import BalanceFileError
from starter.reconciliation.run import Order, Reconciled
from starter.reconciliation.run import reconcile as compare


def reconcile(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV file: docs/reconciliation.md lists its columns.")],
    lender: Annotated[str, typer.Option(help="Whose open accounts the file has.")],
    report: Annotated[
        Path | None, typer.Option(help="Where the differences go; FILE with .report.csv if left out.")
    ] = None,
    encoding: Annotated[str, typer.Option(help="Of a file without byte order mark, such as gb18030.")] = "utf-8",
    open_missing: Annotated[
        bool, typer.Option("--open-missing", help="Open the cases of missing accounts; FILE must be an intake file.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Compare a lender's open accounts with the running cases: missing, extra and different ones are reported."""
    target = report or file.with_name(f"{file.stem}.report.csv")
    if target.resolve() == file.resolve():
        raise CommandError("the report would replace the lender's file: name another by --report")
    try:
        ReconcileRequest(lender=lender)
    except ValidationError as error:
        raise CommandError(f"--lender: {wrong_fields(error)}") from None
    try:
        result = asyncio.run(_compare(Order(lender, file, target, encoding, open_missing)))
    except (BalanceFileError, HeaderError) as error:
        raise CommandError(f"{file}: {error}") from None
    except OSError as error:
        raise CommandError(f"{file} cannot be read ({error.strerror}): name a CSV file") from None
    if as_json:
        show_json({"accounts": result.accounts, "findings": dict(result.findings), "opened": result.opened})
    else:
        _show(result, target)
    if result.rejected_rows or sum(result.findings.values()) > result.opened:
        raise typer.Exit(REFUSED)


async def _compare(order: Order) -> Reconciled:
    settings = load_settings(ClientSettings)
    temporal = await connect(settings)
    async with opened_database(settings) as database:
        return await compare(order, temporal, database, DunlinClient(temporal, database, Rulebook.load()))


def _show(result: Reconciled, report: Path) -> None:
    show_line(f"accounts in the lender's file: {result.accounts}")
    for finding, count in sorted(result.findings.items()):
        show_line(f"{finding.replace('_', ' ')}: {count}")
    if result.findings:
        show_line(f"each is listed in {report}")
    else:
        show_line("the books agree")
    if result.opened:
        show_line(f"missing cases opened: {result.opened}")
    if result.rejected_rows:
        show_line(f"rows that could not be opened: {result.rejected_rows}; see {report.with_suffix('.rejects.csv')}")
