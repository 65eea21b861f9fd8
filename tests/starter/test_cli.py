"""The command line: what people read, what programs read, and how each mistake is answered."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from db.session import Database
from domain.registration import AccountRegistration
from starter.console import reader_locale
from tests.db import builders
from tests.e2e.world import LENDER, World, eventually, key_of
from tests.starter.accounts import TODAY, account
from tests.starter.terminal import Terminal

PROGRAM = Path(sys.executable).with_name("dunlin")


@pytest.fixture(autouse=True)
def _locale_of_the_test() -> None:
    reader_locale.cache_clear()


async def opened(dunlin: World, **terms: Any) -> str:
    registration = account(**terms)
    case = key_of(registration)
    await dunlin.client().open_case(registration)
    await eventually("a worker has opened the case", lambda: dunlin.has(case, "case_opened"))
    return case.case_id


async def closed(dunlin: World, terminal: Terminal) -> str:
    case = await opened(dunlin, channels=())  # no receipt, which would wait for its hour
    assert (await terminal("case", "pay", case, "250.00", "GBP", "--id", "all")).status == 0
    lender, _, number = case.partition(":")
    await dunlin.temporal.get_workflow_handle(f"case:{lender}:{number}").result()
    return case


def written(folder: Path, registration: AccountRegistration) -> str:
    file = folder / "account.json"
    file.write_text(registration.model_dump_json(), encoding="utf-8")
    return str(file)


async def test_an_account_is_opened_from_a_file_shown_and_listed(terminal: Terminal, tmp_path: Path) -> None:
    registration = account()

    opening = await terminal("case", "open", written(tmp_path, registration))
    paying = await terminal("case", "pay", registration.case_id, "100.00", "GBP", "--id", "p-1")
    showing = await terminal("case", "show", registration.case_id)
    listing = await terminal("case", "list", "--lender", "acme", "--limit", "10000")

    assert (opening.status, opening.error) == (0, "")
    assert f"case:{registration.case_id}" in opening.out
    assert "£150.00" in paying.out
    assert "£150.00" in showing.out
    assert "payment received: 100.00 GBP" in showing.out
    assert "5 days past due" in showing.out
    assert registration.case_id in listing.out


async def test_an_account_can_be_registered_first_and_started_later(terminal: Terminal, tmp_path: Path) -> None:
    registration = account()

    registering = await terminal("case", "open", written(tmp_path, registration), "--register-only")
    too_early = await terminal("case", "show", registration.case_id)
    starting = await terminal("case", "start", registration.case_id)

    assert "is registered (created)" in registering.out
    assert (too_early.status, "not_opened" in too_early.error) == (1, True)
    assert starting.status == 0


async def test_programs_read_json(dunlin: World, terminal: Terminal) -> None:
    case = await opened(dunlin)

    paying = await terminal("case", "pay", case, "100.00", "GBP", "--id", "p-1", "--json")
    showing = await terminal("case", "show", case, "--json")
    listing = await terminal("case", "list", "--json", "--limit", "10000")
    journal = await terminal("journal", "show", case, "--json")

    assert paying.json["outstanding"] == {"amount": "150.00", "currency": "GBP"}
    assert showing.json["case"]["case_id"] == case
    assert showing.json["case"]["outstanding"] == {"amount": "150.00", "currency": "GBP"}
    assert case in [line["case_id"] for line in listing.json]
    assert "payment_received" in [line["kind"] for line in journal.json]


async def test_the_messages_of_a_life_are_commands(dunlin: World, terminal: Terminal) -> None:
    case = await opened(dunlin)
    soon, later = str(TODAY + timedelta(days=3)), str(TODAY + timedelta(days=20))

    commands = [
        ("bill", case, "50", "GBP", "--due", later, "--id", "o-2"),
        ("adjust", case, "-10.00", "GBP", "--reason", "goodwill"),
        ("pay", case, "20.00", "GBP", "--id", "p-1"),
        ("reverse", case, "p-1", "--reason", "bounced"),
        ("promise", case, "20.00", "GBP", "--by", soon),
        ("dispute", case, "amount", "--id", "d-1"),
        ("resolve", case, "d-1", "rejected"),
        ("hold", case, "hardship", "--until", later),
        ("release", case, "hardship"),
        ("consent", case, "sms", "--refused"),
        ("call", case, "conversation", "--inbound"),
        ("contact-point", case, "email-1", "email", "--unusable"),
        ("recall", case),
    ]
    shown = [(command[0], await terminal("case", *command)) for command in commands]

    assert [(name, one.status, one.error) for name, one in shown] == [(command[0], 0, "") for command in commands]


async def test_a_number_and_a_reply_are_typed_so_that_no_process_list_shows_them(
    dunlin: World, terminal: Terminal
) -> None:
    case = await opened(dunlin)

    number = await terminal("case", "contact-point", case, "sms-2", "sms", typed="+447700900555\n")
    reply = await terminal("case", "reply", case, "sms", typed="STOP\n")

    assert (number.status, reply.status) == (0, 0)
    assert "900555" not in number.out


async def test_the_amounts_are_written_as_the_reader_writes_them(dunlin: World, terminal: Terminal) -> None:
    case = await opened(dunlin)
    terminal.say("LC_ALL", "de_DE.UTF-8")

    shown = await terminal("case", "show", case)

    assert "250,00\N{NO-BREAK SPACE}£" in shown.out


REFUSALS = [
    (("case", "pay", "acme:nowhere", "1.00", "GBP", "--id", "p"), 1, "unknown_account"),
    (("case", "pay", "{open}", "1.00", "EUR", "--id", "p"), 1, "currency_mismatch"),
    (("case", "pay", "{open}", "-5.00", "GBP", "--id", "p"), 2, "the amount must be greater than zero"),
    (("case", "pay", "{open}", "0", "GBP", "--id", "p"), 2, "the amount must be greater than zero"),
    (("case", "pay", "{open}", "5.005", "GBP", "--id", "p"), 2, "GBP"),
    (("case", "pay", "{open}", "1,000.00", "GBP", "--id", "p"), 2, "amount"),
    (("case", "pay", "{open}", "5.00", "XXX", "--id", "p"), 2, "unknown currency"),
    (("case", "pay", "{open}", "5.00", "GBP", "--id", "4111 1111 1111 1111"), 2, "id"),
    (("case", "pay", "{open}", "5.00", "GBP"), 2, "--id"),
    (("case", "pay", "no-colon", "5.00", "GBP", "--id", "p"), 2, "LENDER:ACCOUNT"),
    (("case", "promise", "{open}", "5.00", "GBP", "--by", "31/12/2026"), 2, "YYYY-MM-DD"),
    (("case", "promise", "{closed}", "5.00", "GBP", "--by", "2030-01-01"), 1, "case_closed"),
    (("case", "adjust", "{closed}", "5.00", "GBP", "--reason", "fee"), 1, "case_closed"),
    (("case", "hold", "{open}", "holiday"), 2, "holiday"),
    (("case", "decide-referral", "{open}", "--approve", "--by", "staff-7"), 1, "no_referral"),
    (("case", "show", "acme:nowhere"), 1, "unknown_account"),
    (("case", "open", "no-such-file.json"), 2, "no-such-file.json"),
    (("journal", "show", "acme:nowhere"), 1, "unknown_account"),
    (("no-such-command",), 2, "no-such-command"),
]


async def test_each_mistake_has_its_exit_status_and_says_what_is_wrong(dunlin: World, terminal: Terminal) -> None:
    cases = {"{open}": await opened(dunlin), "{closed}": await closed(dunlin, terminal)}

    for command, status, words in REFUSALS:
        shown = await terminal(*(cases.get(part, part) for part in command))

        assert (shown.status, words in shown.error) == (status, True), (command, shown)
        assert "Traceback" not in shown.error


async def test_a_payment_id_with_another_amount_is_refused(dunlin: World, terminal: Terminal) -> None:
    case = await opened(dunlin)

    first = await terminal("case", "pay", case, "5.00", "GBP", "--id", "p")
    other = await terminal("case", "pay", case, "6.00", "GBP", "--id", "p")

    assert (first.status, other.status) == (0, 1)
    assert other.error.startswith("dunlin: refused, id_used_for_another: ")
    assert other.error.count("\n") == 1


async def test_a_file_that_does_not_fit_names_its_fields_and_none_of_its_values(
    terminal: Terminal, tmp_path: Path
) -> None:
    content = json.loads(account(name="Secret Name").model_dump_json())
    content["consumer"]["contact_points"][0]["value"] = "secret-at-nowhere"
    content["surplus"] = 1
    file = tmp_path / "account.json"
    file.write_text(json.dumps(content), encoding="utf-8")

    shown = await terminal("case", "open", str(file))

    assert shown.status == 2
    assert "consumer.contact_points.0: value must be one e-mail address" in shown.error
    assert "surplus" in shown.error
    assert "docs/contract/account_registration.schema.json" in shown.error
    assert "ecret" not in shown.error


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"{", b"[]", b""])
async def test_a_file_that_is_not_a_json_object_is_refused(terminal: Terminal, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "account.json"
    file.write_bytes(content)

    shown = await terminal("case", "open", str(file))

    assert (shown.status, shown.error.count("\n")) == (2, 1)


async def test_a_lender_is_registered_from_standard_input(terminal: Terminal) -> None:
    shown = await terminal("lender", "register", "-", typed=LENDER.model_dump_json())

    assert (shown.status, shown.out) == (0, "acme is registered\n")


async def test_a_lender_whose_name_tells_of_collection_is_asked_for_another_for_calls(terminal: Terminal) -> None:
    telling = LENDER.model_copy(update={"voice_name": None})

    shown = await terminal("lender", "register", "-", typed=telling.model_dump_json())

    assert shown.status == 0
    assert "No calls are made" in shown.out
    assert "voice_name" in shown.out


async def test_the_journal_verifies(terminal: Terminal, dunlin: World) -> None:
    case = await opened(dunlin)
    await terminal("case", "pay", case, "5.00", "GBP", "--id", "p")

    shown = await terminal("journal", "verify", case)

    assert (shown.status, shown.out) == (0, "every hash chain is whole\n")


async def test_a_changed_journal_is_found_out_with_its_first_broken_line(
    terminal: Terminal, database_url: str, database: Database
) -> None:
    await builders.register(database, builders.an_account())
    await builders.open_case(database, *builders.payments(3))
    async with database.transaction() as session:
        await session.execute(text("ALTER TABLE journal DISABLE TRIGGER journal_append_only"))
        await session.execute(text("UPDATE journal SET at = at + interval '1 day' WHERE sequence >= 3"))
    terminal.say("DATABASE_URL", database_url)

    everything = await terminal("journal", "verify")
    one = await terminal("journal", "verify", builders.CASE, "--json")

    assert (everything.status, everything.out) == (
        1,
        "case acme:A-1, line 3: the line is not what was hashed when it was written\n",
    )
    assert (one.status, one.json[0]["sequence"]) == (1, 3)


async def test_without_a_database_the_address_and_the_variable_are_named(terminal: Terminal) -> None:
    terminal.say("DATABASE_URL", "postgresql://dunlin:secret@127.0.0.1:1/dunlin")

    shown = await terminal("case", "list")

    assert shown.status == 1
    assert "127.0.0.1:1" in shown.error
    assert "DATABASE_URL" in shown.error
    assert "secret" not in shown.error


async def test_a_database_without_tables_says_how_to_make_them(terminal: Terminal, empty_database_url: str) -> None:
    terminal.say("DATABASE_URL", empty_database_url)

    before = await terminal("case", "list")
    migrating = await terminal("migrate")
    after = await terminal("case", "list")

    assert (before.status, "dunlin migrate" in before.error) == (1, True)
    assert (migrating.status, after.status) == (0, 0)


async def test_without_temporal_the_address_and_the_variable_are_named(terminal: Terminal, dunlin: World) -> None:
    case = await opened(dunlin)
    terminal.say("DUNLIN_TEMPORAL_ADDRESS", "127.0.0.1:1")

    shown = await terminal("case", "recall", case)

    assert shown.status == 1
    assert "127.0.0.1:1" in shown.error
    assert "DUNLIN_TEMPORAL_ADDRESS" in shown.error


async def test_a_missing_setting_is_named_with_its_remedy(terminal: Terminal) -> None:
    terminal.say("DATABASE_URL", "")

    shown = await terminal("case", "list")

    assert (shown.status, "DATABASE_URL: is missing. Set it as in" in shown.error) == (2, True)


def test_the_installed_program_shows_its_help_without_loading_what_no_command_needs() -> None:
    shown = subprocess.run([PROGRAM, "--help"], capture_output=True, text=True, check=True)  # noqa: S603 - our own
    loaded = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from starter.cli import run; run(['--help']); "
            "sys.exit(any(name in sys.modules for name in ('pydantic', 'temporalio', 'sqlalchemy')))",
        ],
        capture_output=True,
        check=False,
    )

    assert "Open cases" in shown.stdout
    assert loaded.returncode == 0
