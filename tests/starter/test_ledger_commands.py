"""`dunlin ledger`, on a case that lives on real servers."""

from __future__ import annotations

import pytest

from domain.events import ReversalReason
from domain.money import Money
from starter.console import reader_locale
from tests.e2e.world import World, account, key_of
from tests.starter.terminal import Terminal


@pytest.fixture(autouse=True)
def _locale_of_the_test() -> None:
    reader_locale.cache_clear()


async def test_a_statement_has_a_line_for_each_movement(dunlin: World, terminal: Terminal) -> None:
    registration = account(days_past_due=-30)
    client, case = dunlin.client(), key_of(registration)
    await client.open_case(registration)
    await client.pay(case, Money.parse("100.00", "GBP"), payment="P-1")
    await client.reverse(case, payment="P-1", reason=ReversalReason.BOUNCED, message_id="R-1")

    shown = await terminal("ledger", "show", case.case_id)
    entries = (await terminal("ledger", "show", case.case_id, "--json")).json

    assert (shown.status, shown.error) == (0, "")
    assert [entry["kind"] for entry in entries] == ["case_opened", "payment_received", "payment_reversed"]
    assert [entry["message_id"] for entry in entries] == [None, "P-1", "R-1"]
    assert "payment received: 100.00 GBP" in shown.out
    assert "150.00" in shown.out


async def test_the_books_of_all_cases_agree(dunlin: World, terminal: Terminal) -> None:
    checked = await terminal("ledger", "check")

    assert (checked.status, checked.out) == (0, "journals, states, ledgers and lists agree\n")


async def test_a_case_that_nobody_registered_has_no_account(dunlin: World, terminal: Terminal) -> None:
    refused = await terminal("ledger", "show", "acme:nobody")

    assert refused.status == 1
    assert "unknown_account" in refused.error
