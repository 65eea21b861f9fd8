"""`dunlin report`, on cases that live on real servers; its page is looked at in a real browser."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from playwright.async_api import async_playwright

from starter.console import reader_locale
from starter.report.writing import plain
from tests.browser import find_browser
from tests.e2e.world import World, account, key_of
from tests.starter.terminal import Terminal


@pytest.fixture(autouse=True)
def _locale_of_the_test() -> None:
    reader_locale.cache_clear()


@pytest.fixture
async def lender(dunlin: World) -> str:
    """The lender of a case that was paid in full."""
    registration = account(channels=("email",))
    await dunlin.client().open_case(registration)
    await dunlin.client().pay(key_of(registration), registration.obligations[0].amount, payment="in-full")
    return registration.lender


async def test_the_report_names_what_was_collected_in_the_terminal_and_in_csv(
    terminal: Terminal, lender: str, tmp_path: Path
) -> None:
    shown = await terminal("report", "--lender", lender, "--cost", "email=0.01:GBP", "--csv", str(tmp_path))

    assert (shown.status, shown.error) == (0, "")
    assert "Outstanding by days past due, GBP" in shown.out
    rows = {row[0]: row for row in csv.reader((tmp_path / "gbp-rates.csv").open(encoding="utf-8"))}
    collected = rows["Collected, net of reversals"][3]
    assert float(collected) > 0
    assert f"£{float(collected):,.2f}" in shown.out


async def test_a_lender_without_cases_is_said_to_have_none(terminal: Terminal) -> None:
    shown = await terminal("report", "--lender", "nobody")

    assert shown.status == 1
    assert "nothing to report" in shown.error


async def test_a_cost_that_cannot_be_read_is_refused(terminal: Terminal, lender: str) -> None:
    shown = await terminal("report", "--lender", lender, "--cost", "sms=cheap")

    assert shown.status == 2
    assert "write it like sms=0.05:GBP" in shown.error


async def test_the_page_shows_its_tables_and_charts_and_fetches_nothing(
    terminal: Terminal, lender: str, tmp_path: Path
) -> None:
    page_file = tmp_path / "report.html"
    shown = await terminal("report", "--lender", lender, "--html", str(page_file))
    assert shown.status == 0, shown.error

    fetched: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_browser(), args=["--no-sandbox"])
        page = await browser.new_page()
        page.on("request", lambda request: fetched.append(request.url))
        await page.goto(page_file.as_uri())
        headings = await page.locator("h3").all_inner_texts()
        charts = await page.locator("figure svg").count()
        scripts = await page.locator("script").count()
        await browser.close()

    assert "Outstanding by days past due" in headings
    assert charts >= 1
    assert scripts == 0
    assert fetched == [page_file.as_uri()]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_of_a_csv_file_is_a_formula(cell: str) -> None:
    assert plain(cell) == f"'{cell}"
