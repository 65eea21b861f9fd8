"""What can be wrong with a configuration, said by variable and with a remedy, and never with the variable's value."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings

PREFIX = "DUNLIN_"


@dataclass(frozen=True, slots=True)
class Problem:
    """One variable that is wrong: what about it, and what to do. Never its value."""

    variable: str
    wrong: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.variable}: {self.wrong}. {self.remedy}"


class SettingsError(Exception):
    """The environment does not make a configuration; `problems` has one entry for each variable that is wrong."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(["The configuration is not usable:", *(f"  {problem}" for problem in problems)]))
        self.problems = problems


def variable_of(field_name: str, field: FieldInfo) -> str:
    """The environment variable of a field."""
    return str(field.validation_alias) if field.validation_alias else f"{PREFIX}{field_name.upper()}"


def words_for(detail: ErrorDetails) -> str:
    """What pydantic found wrong, in words that follow the variable's name."""
    if detail["type"] == "missing":
        return "is missing"
    if detail["type"] == "string_pattern_mismatch":
        return "does not have the right form"
    message: str = detail["msg"].removeprefix("Value error, ")
    return message[:1].lower() + message[1:]


def problem_with(kind: type[BaseSettings], field_name: str, wrong: str) -> Problem:
    """The problem with a field, with its example as the remedy."""
    field = kind.model_fields[field_name]
    variable = variable_of(field_name, field)
    example = field.examples[0] if field.examples else "..."
    return Problem(variable, wrong, f"Set it as in {variable}={example} ({field.description})")


def both_or_neither(settings: BaseSettings, first: str, second: str) -> list[Problem]:
    """A problem when one of two settings that belong together is set alone."""
    values = {name: getattr(settings, name) for name in (first, second)}
    if (values[first] is None) == (values[second] is None):
        return []
    unset, other = (first, second) if values[first] is None else (second, first)
    other_variable = variable_of(other, type(settings).model_fields[other])
    return [problem_with(type(settings), unset, f"is missing while {other_variable} is set")]
