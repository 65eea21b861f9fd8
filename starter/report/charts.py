"""The charts of a report's page, as SVG that stands on its own: no script, nothing fetched."""

from __future__ import annotations

from typing import Any

import pygal
from pygal.style import Style

from domain.portfolio.buckets import PAST_DUE, Bucket
from domain.portfolio.report import PortfolioReport
from starter.report.tables import Month
from starter.report.writing import readable

_STYLE = Style(
    background="transparent",
    plot_background="transparent",
    foreground="#334155",
    foreground_strong="#0f172a",
    foreground_subtle="#94a3b8",
    colors=("#0f766e", "#b45309", "#1d4ed8", "#9f1239", "#6d28d9", "#4d7c0f", "#0e7490", "#a21caf", "#475569"),
    font_family="system-ui, sans-serif",
    label_font_size=13,
    major_label_font_size=13,
    legend_font_size=13,
    value_font_size=12,
    stroke_width=2.5,
)
_COHORTS_SHOWN_MAX = 9


def charts_of(report: PortfolioReport) -> tuple[tuple[str, str], ...]:
    """Title and SVG of each chart that has something to show."""
    charts = (
        ("Outstanding by days past due", _buckets(report)),
        ("Liquidation by month of placement, % of what was placed", _liquidation(report)),
        ("Share of past due cases that were cured, %", _cures(report)),
        ("Share of each bucket's balance that rolled to a later one, %", _rolls(report)),
    )
    return tuple((title, svg) for title, svg in charts if svg)


def _buckets(report: PortfolioReport) -> str:
    lines = [line for line in report.buckets if line.bucket not in {Bucket.PAID, Bucket.ENDED}]
    if not any(line.outstanding for line in lines):
        return ""
    chart = _chart(pygal.Bar, show_legend=False)
    chart.x_labels = [str(line.bucket) for line in lines]
    chart.add(
        "Outstanding",
        [{"value": float(line.outstanding.decimal), "label": readable(line.outstanding)} for line in lines],
    )
    return _svg(chart)


def _liquidation(report: PortfolioReport) -> str:
    cohorts = [cohort for cohort in report.cohorts if cohort.placed][-_COHORTS_SHOWN_MAX:]
    if not cohorts:
        return ""
    longest = max(len(cohort.collected) for cohort in cohorts)
    chart = _chart(pygal.Line, legend_at_bottom=True, dots_size=3)
    chart.x_labels = [str(month) for month in range(longest)]
    chart.x_title = "months since the month of placement"
    for cohort in cohorts:
        shares = [cohort.liquidation(month).percent for month in range(len(cohort.collected))]
        chart.add(readable(Month(cohort.month)), [None if share is None else float(share) for share in shares])
    return _svg(chart)


def _cures(report: PortfolioReport) -> str:
    lines = report.cures
    if not lines:
        return ""
    chart = _chart(pygal.Bar, legend_at_bottom=True)
    chart.x_labels = [readable(Month(line.month)) for line in lines]
    chart.add("by cases", [float(line.cases.percent or 0) for line in lines])
    chart.add("by balance", [float(line.balance.percent or 0) for line in lines])
    return _svg(chart)


def _rolls(report: PortfolioReport) -> str:
    order = list(Bucket)
    months = sorted({roll.month for roll in report.rolls})
    origins = (Bucket.CURRENT, *PAST_DUE[:-1])
    chart = _chart(pygal.Line, legend_at_bottom=True, dots_size=3)
    chart.x_labels = [readable(Month(month)) for month in months]
    shown = False
    for origin in origins:
        later = set(order[order.index(origin) + 1 : order.index(Bucket.PAID)])
        points: list[float | None] = []
        for month in months:
            shares = [roll.balance for roll in report.rolls if (roll.month, roll.origin) == (month, origin)]
            rolled = sum(
                roll.balance.part
                for roll in report.rolls
                if (roll.month, roll.origin) == (month, origin) and roll.destination in later
            )
            points.append(100 * rolled / shares[0].whole if shares and shares[0].whole else None)
        if any(point is not None for point in points):
            shown = True
            chart.add(str(origin), points)
    return _svg(chart) if shown else ""


def _chart(kind: Any, **options: Any) -> Any:
    size = {"height": 320, "width": 720, "margin": 12}
    chart = kind(style=_STYLE, js=(), include_x_axis=True, show_y_guides=True, **size, **options)
    chart.add_xml_filter(_without_scripts)
    return chart


def _without_scripts(root: Any) -> Any:
    """Pygal's settings for a script that is not there."""
    for parent in root.iter():
        for script in parent.findall("script"):
            parent.remove(script)
    return root


def _svg(chart: Any) -> str:
    svg: str = chart.render(is_unicode=True, disable_xml_declaration=True)
    return svg
