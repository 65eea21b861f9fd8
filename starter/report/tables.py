"""The tables of a report: the same for the terminal, for CSV and for the page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from domain.money import Money
from domain.portfolio.buckets import Bucket
from domain.portfolio.report import PortfolioReport, Share


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month, named by its first day."""

    first: date


@dataclass(frozen=True, slots=True)
class Percent:
    value: Decimal


Cell = str | int | Money | date | Decimal | Month | Percent | None


@dataclass(frozen=True, slots=True)
class Table:
    """`name` is the name of its CSV file. `text_columns` are aligned to the left."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    text_columns: int = 1


def tables_of(report: PortfolioReport) -> tuple[Table, ...]:
    """Every table of the report, empty ones left out."""
    tables = (
        _buckets(report),
        _rolls(report),
        _cures(report),
        _liquidation(report),
        _contacts(report),
        _rates(report),
    )
    return tuple(table for table in tables if table.rows)


def _buckets(report: PortfolioReport) -> Table:
    whole = sum(line.outstanding.minor for line in report.buckets)
    rows = tuple(
        (line.bucket, line.cases, line.outstanding, _percent(Share(line.outstanding.minor, whole)))
        for line in report.buckets
    )
    return Table("buckets", "Outstanding by days past due", ("Bucket", "Cases", "Outstanding", "Of all"), rows)


def _rolls(report: PortfolioReport) -> Table:
    """One line for each month and bucket at its beginning, one column for each bucket at its end, by balance."""
    lines: dict[tuple[date, Bucket], dict[Bucket, Share]] = {}
    begun: dict[tuple[date, Bucket], tuple[int, Money]] = {}
    for roll in report.rolls:
        key = (roll.month, roll.origin)
        lines.setdefault(key, {})[roll.destination] = roll.balance
        begun[key] = (roll.cases.whole, Money(roll.balance.whole, report.currency))
    rows = tuple(
        (Month(month), origin, *begun[month, origin], *(_percent(shares.get(each)) for each in Bucket))
        for (month, origin), shares in lines.items()
    )
    return Table(
        "roll-rates",
        "Roll rates: where the balance of each bucket stood a month later",
        ("Month", "Began in", "Cases", "Balance", *(str(bucket) for bucket in Bucket)),
        rows,
        text_columns=2,
    )


def _cures(report: PortfolioReport) -> Table:
    rows = tuple(
        (Month(line.month), line.cases.whole, _percent(line.cases), _percent(line.balance)) for line in report.cures
    )
    return Table("cure-rates", "Cure rates", ("Month", "Past due at its beginning", "Cured", "Cured by balance"), rows)


def _liquidation(report: PortfolioReport) -> Table:
    longest = max((len(cohort.collected) for cohort in report.cohorts), default=0)
    rows = tuple(
        (
            Month(cohort.month),
            cohort.cases,
            cohort.placed,
            *(
                _percent(cohort.liquidation(month)) if month < len(cohort.collected) else None
                for month in range(longest)
            ),
        )
        for cohort in report.cohorts
    )
    columns = ("Placed in", "Cases", "Placed", *(f"Month {month}" for month in range(longest)))
    return Table("liquidation", "Liquidation: collected of what was placed, by month of placement", columns, rows)


def _contacts(report: PortfolioReport) -> Table:
    rows = tuple((line.channel, line.contacts, line.cost) for line in report.contacts)
    return Table("contacts", "Contacts", ("Channel", "Contacts", "Cost"), rows)


def _rates(report: PortfolioReport) -> Table:
    rows: tuple[tuple[Cell, ...], ...] = (
        ("Promises kept, of those settled", report.promises.part, report.promises.whole, _percent(report.promises)),
        (
            "Right-party contacts, of calls placed",
            report.right_party_contacts.part,
            report.right_party_contacts.whole,
            _percent(report.right_party_contacts),
        ),
        ("Collected, net of reversals", None, None, report.collected),
        ("Cost of contacts", None, None, report.cost),
        (f"Cost for each {report.currency} collected", None, None, report.cost_per_unit_collected),
    )
    return Table("rates", "Promises, calls and cost", ("Figure", "Part", "Whole", "Value"), rows)


def _percent(share: Share | None) -> Percent | None:
    return None if share is None or share.percent is None else Percent(share.percent)
