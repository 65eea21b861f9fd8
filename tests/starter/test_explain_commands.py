"""`dunlin case explain`, on a case that lives on real servers."""

from __future__ import annotations

import pytest

from domain.registration import AccountRegistration
from rulebook.load import Rulebook
from starter.console import reader_locale
from tests.e2e.world import World, account, eventually, fast_clock, key_of
from tests.starter.terminal import Terminal


@pytest.fixture(autouse=True)
def _locale_of_the_test() -> None:
    reader_locale.cache_clear()


async def contacted(dunlin: World, *channels: str) -> AccountRegistration:
    """A case some days late that has had its first contacts, and is paid then."""
    registration = account(channels=channels)
    client, case = dunlin.client(fast_clock()), key_of(registration)
    await client.open_case(registration)

    async def has_contacts() -> bool:
        kinds = await dunlin.kinds(case)
        return "contact_made" in kinds or "contact_suppressed" in kinds

    await eventually("there is a contact", has_contacts)
    await client.pay(case, registration.obligations[0].amount, payment="all-of-it")
    await dunlin.workflow(case).result()
    return registration


async def test_each_contact_has_its_reason_and_the_rules_that_allowed_it(dunlin: World, terminal: Terminal) -> None:
    case = (await contacted(dunlin, "email", "sms")).case_id

    words = await terminal("case", "explain", case)
    contacts = (await terminal("case", "explain", case, "--json")).json

    assert (words.status, words.error) == (0, "")
    made = [contact for contact in contacts if contact["became"] == "made"]
    assert made
    rules = {rule.id: rule for rule in Rulebook.load().law["uk"].rules}
    for contact in made:
        assert contact["policy"] == "uk-personal-loan v3"
        assert contact["because"] in words.out
        assert contact["reasons"], "the gate's reasons are in the journal"
        for reason in contact["reasons"]:
            assert reason["cite"] == rules[reason["rule"]].cite
            assert f"{reason['rule']}: {reason['cite']}" in words.out


async def test_one_step_is_explained_alone_and_an_unknown_one_is_answered_by_what_there_is(
    dunlin: World, terminal: Terminal
) -> None:
    case = (await contacted(dunlin, "email", "sms")).case_id
    first = (await terminal("case", "explain", case, "--json")).json[0]["step"]

    alone = await terminal("case", "explain", case, first, "--json")
    unknown = await terminal("case", "explain", case, "no-such-step")

    assert {contact["step"] for contact in alone.json} == {first}
    assert unknown.status == 2
    assert "the journal has nothing of a step no-such-step: it has " in unknown.error
    assert first in unknown.error


async def test_a_step_that_was_dropped_says_why(dunlin: World, terminal: Terminal) -> None:
    case = (await contacted(dunlin)).case_id

    shown = await terminal("case", "explain", case)

    assert ": dropped" in shown.out
    assert "Forbidden by" in shown.out
    assert "channel.unusable: treatment policy" in shown.out


async def test_an_account_that_nobody_knows_is_refused(terminal: Terminal) -> None:
    shown = await terminal("case", "explain", "acme:nobody")

    assert shown.status == 1
    assert "unknown_account" in shown.error
