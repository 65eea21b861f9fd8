"""The report as one HTML page that needs nothing else: no script, no style, no picture from anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from domain.portfolio.report import PortfolioReport
from starter.report.charts import charts_of
from starter.report.tables import Percent, tables_of
from starter.report.writing import readable


def page_of(reports: Sequence[PortfolioReport], lender: str) -> str:
    """The whole page; `lender` in words."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters["readable"] = readable
    parts = [
        {
            "currency": report.currency,
            "key": _key_figures(report),
            "charts": charts_of(report),
            "tables": tables_of(report),
        }
        for report in reports
    ]
    as_of = readable(reports[0].as_of)
    return environment.get_template("page.html").render(parts=parts, lender=lender, as_of=as_of)


def _key_figures(report: PortfolioReport) -> tuple[tuple[str, str], ...]:
    shares = (("Promises kept", report.promises), ("Right-party contacts", report.right_party_contacts))
    figures = [
        ("Cases", readable(report.cases)),
        ("Collected", readable(report.collected)),
        *((name, readable(None if share.percent is None else Percent(share.percent))) for name, share in shares),
    ]
    if report.cost_per_unit_collected is not None:
        figures.append((f"Cost for each {report.currency}", readable(report.cost_per_unit_collected)))
    return tuple(figures)
