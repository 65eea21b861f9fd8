"""Arguments that several commands take, read and checked before anything is done."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from pydantic import TypeAdapter, ValidationError

from domain.money import Money
from domain.names import Id
from starter.case_key import CaseKey
from starter.console import CommandError, wrong_fields

_ID: TypeAdapter[str] = TypeAdapter(Id)


def case_key(text: str) -> CaseKey:
    """Read LENDER:ACCOUNT. Raises typer.BadParameter."""
    try:
        return CaseKey.parse(text)
    except ValidationError as error:
        raise typer.BadParameter(wrong_fields(error)) from None
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def day(text: str) -> date:
    """Read an ISO date. Raises typer.BadParameter."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("write the day as YYYY-MM-DD, such as 2026-05-06") from None


def instant(text: str) -> datetime:
    """Read an ISO instant with its offset. Raises typer.BadParameter."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        read = None
    if read is None or read.tzinfo is None:
        raise typer.BadParameter("write the instant with its offset, such as 2026-05-06T10:00-04:00")
    return read


def money(amount: str, currency: str) -> Money:
    """Read an amount and its currency. Raises CommandError."""
    try:
        return Money.parse(amount, currency.upper())
    except ValueError as error:
        raise CommandError(f"amount: {error}") from None


def opaque_id(text: str) -> str:
    """Read an id that says nothing of anybody. Raises typer.BadParameter."""
    try:
        return _ID.validate_python(text)
    except ValidationError as error:
        raise typer.BadParameter(wrong_fields(error).removeprefix("input: ")) from None


def new_message_id(given: str | None) -> str:
    """The sender's id of a message, made up when none was given."""
    return given or f"cli-{secrets.token_hex(8)}"


CaseArgument = Annotated[
    CaseKey, typer.Argument(metavar="CASE", help="The case, as LENDER:ACCOUNT.", parser=case_key, show_default=False)
]
AmountArgument = Annotated[str, typer.Argument(metavar="AMOUNT", help="A decimal amount, such as 250.00.")]
CurrencyArgument = Annotated[str, typer.Argument(metavar="CURRENCY", help="Its ISO 4217 code, such as EUR.")]
IdOption = Annotated[
    str | None,
    typer.Option("--id", help="Your own id of this message: sent again, it counts once. Made up if left out."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="A JSON file, or - for standard input.")]
