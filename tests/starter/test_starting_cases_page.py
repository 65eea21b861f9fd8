"""docs/starting-cases.md is true: its JSON opens a case, and its Python takes a payment."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from domain.money import Money
from domain.registration import AccountRegistration
from tests.e2e.world import World

PAGE = (Path(__file__).parents[2] / "docs" / "starting-cases.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    """The only block of the page in a language."""
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return str(found)


async def test_the_example_of_the_page_takes_a_payment(dunlin: World) -> None:
    account = AccountRegistration.model_validate_json(block("json"))
    account = account.model_copy(update={"account": "page-1"})
    names: dict[str, Any] = {}
    exec(compile(block("python"), "docs/starting-cases.md", "exec"), names)  # noqa: S102 - our own page
    take_payment = names["take_payment"]

    taken = await take_payment(dunlin.client(), account, "P-1", Money(10000, "GBP"))
    contradicted = await take_payment(dunlin.client(), account, "P-1", Money(20000, "GBP"))

    assert taken.startswith("applied, 150.00 GBP left; next: ")
    assert contradicted.startswith("not taken, id_used_for_another: ")
