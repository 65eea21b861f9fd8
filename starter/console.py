"""How the command line speaks: what goes wrong on one line, amounts and dates as the reader's locale writes them.

Imports what it needs where it needs it, because `dunlin --help` must be quick.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import is_dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

    from domain.money import Money

    Model = TypeVar("Model", bound=BaseModel)

REFUSED = 1
"""Exit status: Dunlin understood and said no, or could not do it."""

MALFORMED = 2
"""Exit status: the command line, a file or the configuration is not as it must be."""

_FALLBACK_LOCALE = "en-US"
_PROBLEMS_NAMED_MAX = 5


class CommandError(Exception):
    """A command cannot go on: what is wrong and what to do, on one line."""

    def __init__(self, text: str, status: int = MALFORMED) -> None:
        super().__init__(text)
        self.status = status


def explain(error: Exception) -> tuple[str, int] | None:
    """What an error means to whoever typed the command, and the exit status; None for a fault of the program."""
    if isinstance(error, CommandError):
        return str(error), error.status
    if isinstance(error, FileNotFoundError | PermissionError | IsADirectoryError) and error.filename:
        return f"{error.filename}: {error.strerror}: name a file that can be read or written", MALFORMED
    if isinstance(error, OSError):
        return f"input or output failed ({error.strerror or type(error).__name__}): run the command again", REFUSED
    return _explain_settings(error) or _explain_refusal(error) or _explain_outage(error)


def _explain_settings(error: Exception) -> tuple[str, int] | None:
    from rulebook.problems import RulebookError
    from runtime.settings_problems import SettingsError

    return (str(error), MALFORMED) if isinstance(error, SettingsError | RulebookError) else None


def _explain_refusal(error: Exception) -> tuple[str, int] | None:
    from starter.refusals import NoAnswer, Refused

    if isinstance(error, Refused):
        return f"refused, {error.code}: {error.detail}", REFUSED
    if isinstance(error, NoAnswer):
        return f"accepted but not applied yet: {error}; start a worker, then run the same command again", REFUSED
    return None


def _explain_outage(error: Exception) -> tuple[str, int] | None:
    from temporalio.service import RPCError

    from db.session import DatabaseFailure
    from runtime.temporal import TemporalNotReady

    if isinstance(error, TemporalNotReady):
        return str(error), REFUSED
    if isinstance(error, RPCError):
        return f"Temporal did not do it ({error.status.name}): check the server, then run the command again", REFUSED
    if isinstance(error, DatabaseFailure):
        unmigrated = error.sqlstate == "42P01"
        return ("the database has no tables yet: run `dunlin migrate`" if unmigrated else str(error)), REFUSED
    return None


def read_model(path: Path, kind: type[Model], schema: str) -> Model:
    """Read one JSON file, `-` for standard input, as a value of the contract. Raises CommandError."""
    from pydantic import ValidationError

    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CommandError(f"{path} cannot be read ({error.strerror}): name a JSON file, or - for input") from None
    except UnicodeDecodeError:
        raise CommandError(f"{path} is not UTF-8 text: save it as UTF-8") from None
    try:
        return kind.model_validate_json(text)
    except ValidationError as error:
        raise CommandError(f"{path}: {wrong_fields(error)}; see docs/contract/{schema}.schema.json") from None


def wrong_fields(error: ValidationError) -> str:
    """The first few wrong fields and what is wrong with them, without their values."""
    problems = error.errors(include_input=False, include_context=False, include_url=False)
    named = [
        f"{'.'.join(str(part) for part in problem['loc']) or 'input'}: {problem['msg'].removeprefix('Value error, ')}"
        for problem in problems[:_PROBLEMS_NAMED_MAX]
    ]
    more = len(problems) - len(named)
    return "; ".join(named) + (f"; and {more} more" if more else "")


@cache
def reader_locale() -> str:
    """The locale of whoever reads, by LC_ALL, LC_MESSAGES or LANG; American English where they name no language."""
    from rulebook.formatting import babel_locale

    named = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    tag = named.partition(".")[0].partition("@")[0].replace("_", "-")
    try:
        babel_locale(tag)
    except ValueError:  # C and POSIX are not languages
        return _FALLBACK_LOCALE
    return tag


def money_text(money: Money) -> str:
    """The amount with its currency, to the last minor unit."""
    from rulebook.formatting import format_money

    return format_money(money, reader_locale())


def day_text(day: date | None) -> str:
    """The date in the reader's medium form; a dash for none."""
    from babel.dates import format_date

    return "-" if day is None else format_date(day, format="medium", locale=reader_locale().replace("-", "_"))


def instant_text(at: datetime | None) -> str:
    """The instant by the reader's clock and in their form; a dash for none."""
    from babel.dates import LOCALTZ, format_datetime

    if at is None:
        return "-"
    words = format_datetime(at, "medium", tzinfo=LOCALTZ, locale=reader_locale().replace("-", "_"))
    return f"{words} {at.astimezone(LOCALTZ).tzname()}"


def show_table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[str] = ()) -> None:
    """Print a table. `right` names the columns that are aligned to the right."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))  # not markup: a cell may hold brackets
    _print(table)


def show_facts(facts: Sequence[tuple[str, str]]) -> None:
    """Print names and values below each other."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for name, value in facts:
        table.add_row(Text(name), Text(value))
    _print(table)


def show_line(text: str) -> None:
    """Print one line as it is."""
    sys.stdout.write(f"{text}\n")


def show_json(value: Any) -> None:
    """Print a value for programs, with money in the one JSON form that it has everywhere."""
    from pydantic_core import to_json

    sys.stdout.write(to_json(_json_ready(value), indent=2).decode() + "\n")


def _json_ready(value: Any) -> Any:
    """A value whose dataclasses are turned into JSON by their types, which know how, and not field by field."""
    from pydantic import TypeAdapter

    if isinstance(value, dict):
        return {key: _json_ready(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_json_ready(item) for item in value]
    return TypeAdapter(type(value)).dump_python(value, mode="json") if is_dataclass(value) else value


def _print(table: Any) -> None:
    from rich.console import Console

    Console(file=sys.stdout, soft_wrap=False).print(table)
