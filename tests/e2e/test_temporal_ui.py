"""A case opened in the Temporal UI reads like a case file: looked at in a real browser."""

from __future__ import annotations

import os
import socket
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect
from temporalio.testing import WorkflowEnvironment

from domain.money import Money
from rulebook.load import Rulebook
from runtime.temporal import DATA_CONVERTER
from tests.browser import find_browser
from tests.e2e.world import START, TEMPORAL_BINARY, TIMERS_ARE_EXACT, account, eventually, fast_clock, key_of, world
from workflows.search_attributes import ALL

SCREENSHOTS = os.environ.get("DUNLIN_SCREENSHOTS")
"""A folder to keep the pictures in, for the README."""


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=find_browser(), args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield await browser.new_page(viewport={"width": 1360, "height": 1000})
        await browser.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def keep(page: Page, name: str) -> None:
    if SCREENSHOTS:
        await page.screenshot(path=Path(SCREENSHOTS) / f"{name}.png")


async def test_the_history_of_a_case_reads_like_a_case_file(
    page: Page, database_url: str, tmp_path: Path, rulebook: Rulebook
) -> None:
    ui_port = free_port()
    async with (
        await WorkflowEnvironment.start_local(
            dev_server_existing_path=str(TEMPORAL_BINARY),
            data_converter=DATA_CONVERTER,
            search_attributes=ALL,
            ui=True,
            ui_port=ui_port,
            dev_server_extra_args=TIMERS_ARE_EXACT,
        ) as environment,
        world(environment.client, database_url, tmp_path, rulebook) as dunlin,
    ):
        client = dunlin.client(fast_clock(1))
        registration = account(days_past_due=2, account_id="LOAN-20418")
        await client.open_case(registration)
        case = key_of(registration)

        async def contacted() -> bool:
            return (await dunlin.kinds(case)).count("contact_made") >= 2

        await eventually("two contacts", contacted)
        promised = START.date() + timedelta(days=30)
        await client.promise(case, Money(25000, "GBP"), due=promised, message_id="promise-1")
        run_id = (await dunlin.workflow(case).describe()).run_id
        workflow = case.workflow_id.replace(":", "%3A")

        await page.goto(f"http://127.0.0.1:{ui_port}/namespaces/default/workflows/{workflow}/{run_id}/timeline")
        await expect(page.get_by_text("day 1 of early: 4 days past due").first).to_be_visible()
        await expect(page.get_by_text("apply promise_made").first).to_be_visible()
        await keep(page, "temporal-ui-history")

        await page.get_by_role("tab", name="User Metadata").or_(page.get_by_text("User Metadata")).first.click()
        sheet = page.frame_locator("iframe").last
        await expect(sheet.get_by_text("Days past due")).to_be_visible()
        await expect(sheet.get_by_role("cell", name="by 2026-04-01", exact=True)).to_be_visible()
        await keep(page, "temporal-ui-case-sheet")
