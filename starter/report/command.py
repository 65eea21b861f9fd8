"""`dunlin report`: reads every journal once, and shows what the portfolio comes to."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from db.journal import count_opened, entries_of_cases, newest_instant
from db.session import Database
from domain.money import Money
from domain.names import Channel
from domain.portfolio.case_history import read_history
from domain.portfolio.report import PortfolioReport
from rulebook.load import Rulebook
from starter.arguments import day
from starter.connection import with_database
from starter.console import REFUSED, CommandError, show_line, show_table
from starter.report.page import page_of
from starter.report.tables import tables_of
from starter.report.writing import readable, write_csv


def report(
    lender: Annotated[str | None, typer.Option(help="Only this lender's cases.")] = None,
    as_of: Annotated[
        date | None,
        typer.Option(metavar="DAY", parser=day, help="The last day that counts; that of the latest event if left out."),
    ] = None,
    cost: Annotated[
        list[str] | None,
        typer.Option(metavar="CHANNEL=AMOUNT:CURRENCY", help="What one contact costs, such as sms=0.05:GBP."),
    ] = None,
    csv: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Write each table as a CSV file.")] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write one page with charts.")] = None,
) -> None:
    """Show what a portfolio comes to: buckets, roll and cure rates, promises, calls, liquidation, cost."""
    costs = [_unit_cost(text) for text in cost or ()]
    reports = with_database(lambda database: _read(database, lender, as_of, costs))
    for one in reports:
        for table in tables_of(one):
            show_line(f"{table.title}, {one.currency}, as of {readable(one.as_of)}")
            rows = [[readable(cell) for cell in row] for row in table.rows]
            show_table(table.columns, rows, right=table.columns[table.text_columns :])
        for path in () if csv is None else write_csv(tables_of(one), one.currency, csv):
            show_line(f"written: {path}")
    if html is not None:
        html.write_text(page_of(reports, lender or "All lenders"), encoding="utf-8")
        show_line(f"written: {html}")


async def _read(
    database: Database, lender: str | None, as_of: date | None, costs: list[tuple[Channel, Money]]
) -> list[PortfolioReport]:
    """One report for each currency, read in one snapshot. Raises CommandError when there is nothing to report."""
    rulebook = Rulebook.load()
    reports: dict[str, PortfolioReport] = {}
    async with database.transaction() as session:
        newest = await newest_instant(session)
        cases = await count_opened(session, lender)
        if newest is None or not cases:
            raise CommandError("no case was opened yet: there is nothing to report", REFUSED)
        last_day = as_of or _day_of(newest)
        with _progress() as progress:
            task = progress.add_task("reading journals", total=cases)
            async for _, entries in entries_of_cases(session, lender):
                history = read_history(
                    entries, last_day, lambda policy: rulebook.policy(policy.id, policy.version).waterfall
                )
                progress.advance(task)
                if history is not None:
                    currency = history.currency
                    if currency not in reports:
                        unit_costs = {channel: unit for channel, unit in costs if unit.currency == currency}
                        reports[currency] = PortfolioReport(currency, last_day, unit_costs)
                    reports[currency].add(history)
    if not reports:
        raise CommandError(f"no case was open on {last_day}: name a later day", REFUSED)
    return [reports[currency] for currency in sorted(reports)]


def _day_of(newest: datetime) -> date:
    return newest.astimezone(UTC).date()


def _unit_cost(text: str) -> tuple[Channel, Money]:
    channel, _, price = text.partition("=")
    amount, _, currency = price.partition(":")
    try:
        return Channel(channel), Money.parse(amount, currency.upper())
    except ValueError as error:
        raise CommandError(f"--cost {text}: write it like sms=0.05:GBP ({error})") from None


def _progress() -> Progress:
    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
