"""The worked examples in the documentation: tests run them, so that a page can't go stale."""

from __future__ import annotations

from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def tables_of(page: str) -> dict[str, list[tuple[str, ...]]]:
    """The rows of each Markdown table on a page, by the heading of its first column."""
    tables: dict[str, list[tuple[str, ...]]] = {}
    rows: list[tuple[str, ...]] | None = None
    for line in (DOCS / page).read_text().splitlines():
        if not line.startswith("|"):
            rows = None
            continue
        cells = tuple(cell.strip() for cell in line.strip("|").split("|"))
        if rows is None:
            rows = tables.setdefault(cells[0], [])
        elif not set(line) <= set("|-"):
            rows.append(cells)
    return tables
