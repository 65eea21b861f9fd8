"""docs/messages.md is true: its commands run, in their order, and its examples are what the contract takes."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from domain.accept import parse_message
from domain.events import MESSAGES
from domain.money import Money
from domain.refusals import Refusal
from starter.case_key import CaseKey
from tests.e2e.world import World
from tests.starter.accounts import account

PAGE = (Path(__file__).parents[2] / "docs" / "messages.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+) ?(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXAMPLES = [(title, text) for language, title, text in BLOCK.findall(PAGE) if language == "json"]
COMMANDS = [(title, text) for language, title, text in BLOCK.findall(PAGE) if language == "sh"]
CASE = CaseKey(lender="acme", account="A-1")


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command wrote, and its exit status."""

    status: int
    text: str


async def run(command: str, dunlin: World) -> Ran:
    """Run one block of the page in a shell, as a reader does, with the server in the environment."""
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "TEMPORAL_ADDRESS": dunlin.settings.temporal_address,
        "NO_COLOR": "1",
    }
    process = await asyncio.create_subprocess_shell(
        command, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    out, _ = await process.communicate()
    return Ran(process.returncode or 0, out.decode())


@pytest.mark.parametrize(("kind", "example"), EXAMPLES, ids=[kind for kind, _ in EXAMPLES])
def test_each_example_is_a_message_of_the_contract(kind: str, example: str) -> None:
    parsed = parse_message(kind, json.loads(example))

    assert not isinstance(parsed, Refusal), parsed


def test_every_message_has_an_example() -> None:
    assert [kind for kind, _ in EXAMPLES] == list(MESSAGES)


async def test_every_command_of_the_page_does_what_the_page_says(dunlin: World) -> None:
    client = dunlin.client()
    await client.register(account(account_id=CASE.account, amount="250.00"))

    ran = [(title, await run(command, dunlin)) for title, command in COMMANDS]

    statuses = [(title, one.status) for title, one in ran]
    assert statuses == [(title, 1 if title == "refused" else 0) for title, _ in COMMANDS], ran
    shown = "\n".join(one.text for _, one in ran)
    assert "currency_mismatch" in shown or "this account is in GBP" in shown
    assert re.search(r'"closed": ?"paid"', shown)
    sheet = await client.sheet(CASE)
    assert (sheet.outstanding, sheet.status) == (Money(15000, "GBP"), "closed")
    kinds = [line.kind for line in await client.journal(CASE)]
    assert [kind for kind in kinds if kind in MESSAGES] == [
        "hold_placed",
        "payment_received",
        "payment_received",
        "payment_reversed",
        "recalled",
    ]
