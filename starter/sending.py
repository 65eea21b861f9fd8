"""What every message command does: make the message, have it applied, show what it did."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from pydantic import ValidationError

from domain.events import AnyMessage
from starter.case_key import CaseKey
from starter.connection import with_client
from starter.console import CommandError, money_text, show_facts, show_json, wrong_fields
from workflows.inputs import MessageResult

Value = TypeVar("Value")


def checked(make: Callable[[], Value]) -> Value:
    """Make a value of the contract. Raises CommandError with the wrong fields."""
    try:
        return make()
    except ValidationError as error:
        raise CommandError(f"{wrong_fields(error)} (see docs/contract)") from None


def send(case: CaseKey, make: Callable[[], AnyMessage], as_json: bool) -> None:
    """Have a message applied, and show what it did. Raises CommandError, Refused and NoAnswer."""
    message = checked(make)
    show_result(with_client(lambda client: client.submit(case, message)), as_json)


def show_result(result: MessageResult, as_json: bool) -> None:
    """Say what a message did and where the case stands now."""
    if as_json:
        show_json(result)
        return
    facts = [
        (result.status.capitalize(), result.message),
        *((f"Settles of {each.obligation}", money_text(each.amount)) for each in result.settled),
        ("Outstanding", money_text(result.outstanding)),
        ("Past due", money_text(result.past_due)),
    ]
    if result.credit:
        facts.append(("Credit", money_text(result.credit)))
    show_facts([*facts, ("Next", result.next)])
