"""How the cells of a report are written: for people by their locale, for programs plainly."""

from __future__ import annotations

import copy
import csv
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

from babel.dates import format_skeleton
from babel.numbers import NumberPattern, format_decimal

from domain.money import Money
from rulebook.formatting import babel_locale
from starter.console import day_text, money_text, reader_locale
from starter.report.tables import Cell, Month, Percent, Table

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def readable(cell: Cell) -> str:
    """A cell for people; a dash for nothing."""
    locale = reader_locale().replace("-", "_")
    match cell:
        case None:
            return "–"
        case Money():
            return money_text(cell)
        case Month(first=first):
            return format_skeleton("yMMM", first, locale=locale)
        case date():
            return day_text(cell)
        case Percent(value=value):
            return _percent_text(value, reader_locale())
        case Decimal() | int():
            return str(format_decimal(cell, locale=locale, decimal_quantization=False))
        case str():
            return str(cell)


def _percent_text(value: Decimal, locale: str) -> str:
    """With one decimal place, where CLDR would show none."""
    data = babel_locale(locale)
    pattern: NumberPattern = copy.copy(data.percent_formats[None])
    pattern.frac_prec = (1, 1)
    return str(pattern.apply(value / 100, data))


def plain(cell: Cell) -> str:
    """A cell for programs: decimals with a point, dates in ISO form, and nothing that a spreadsheet would execute."""
    match cell:
        case None:
            return ""
        case Money():
            return str(cell.decimal)
        case Month(first=first):
            return first.strftime("%Y-%m")
        case Percent(value=value):
            return str(value)
        case str():
            return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else str(cell)
        case _:
            return str(cell)


def write_csv(tables: Sequence[Table], currency: str, folder: Path) -> list[Path]:
    """One file for each table, named by the currency. Returns what was written."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for table in tables:
        path = folder / f"{currency.lower()}-{table.name}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(table.columns)
            writer.writerows([plain(cell) for cell in row] for row in table.rows)
        written.append(path)
    return written
