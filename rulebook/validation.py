"""Checking a file's values against its model, with every fault placed on its line."""

from __future__ import annotations

import json
import re
import typing
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from domain.charge_terms import AMOUNT_PATTERN, PERCENT_PATTERN
from domain.policy import Fault
from domain.policy_values import LOCALE_PATTERN
from domain.slugs import SLUG_PATTERN
from rulebook.problems import Location, Problem, RulebookError, suggestion
from rulebook.source import Document, read_document

Model = TypeVar("Model", bound=BaseModel)

_FORMS = {
    SLUG_PATTERN: "use lower-case letters, digits and hyphens, beginning with a letter, at most 48",
    AMOUNT_PATTERN: 'write a plain decimal such as "250.00"',
    PERCENT_PATTERN: 'write a percentage as a plain decimal such as "8.25"',
    LOCALE_PATTERN: "write a language and a country, such as en-GB",
}

_REMEDIES = {
    "missing": "is missing; add it",
    "string_type": "must be a text; put it in quotes",
    "int_type": "must be a whole number; write digits only, without quotes",
    "int_parsing": "must be a whole number; write digits only, without quotes",
    "bool_type": "must be true or false",
    "time_type": 'must be a time of day; write it like "09:30"',
    "time_parsing": 'must be a time of day; write it like "09:30"',
    "date_type": "must be a date; write it like 2026-05-06",
    "date_parsing": "must be a date; write it like 2026-05-06",
    "date_from_datetime_parsing": "must be a date; write it like 2026-05-06",
    "tuple_type": "must be a list; begin each item with `- `",
    "model_type": "must hold keys of its own; write `key: value` lines below it",
    "model_attributes_type": "must hold keys of its own; write `key: value` lines below it",
    "dict_type": "must hold keys of its own; write `key: value` lines below it",
}


@dataclass(frozen=True, slots=True)
class Read(Generic[Model]):
    """What a file says, and the file, so that a fault found later can still be placed."""

    document: Document
    content: Model


def read_all(paths: Iterable[Path], model: type[Model]) -> tuple[list[Read[Model]], list[Problem]]:
    """Every file that reads and validates, and what is wrong with the others."""
    good: list[Read[Model]] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            document = read_document(path)
            good.append(Read(document, validated(document, model)))
        except RulebookError as error:
            problems.extend(error.problems)
    return good, problems


def validated(document: Document, model: type[Model]) -> Model:
    """The document as an instance of `model`. Raises RulebookError with every fault.

    Values are taken strictly as JSON, so that `3` is never a text and `yes` never a truth value.
    """
    try:
        return model.model_validate_json(json.dumps(dict(document.data)), strict=True)
    except ValidationError as error:
        details = error.errors(include_url=False)
        raise RulebookError(found for detail in details for found in _problems(document, model, detail)) from None


def _problems(document: Document, model: type[BaseModel], detail: ErrorDetails) -> Iterator[Problem]:
    location = _in_document(document.data, detail)
    faults: tuple[Fault, ...] = detail.get("ctx", {}).get("faults", ())
    for fault in faults:
        yield document.problem((*location, *fault.location), fault.text)
    if not faults:
        yield document.problem(location, _text(detail, model, location))


def _in_document(data: Any, detail: ErrorDetails) -> Location:
    """Pydantic's location without the names of union members, which stand in no file."""
    kept: Location = ()
    here: Any = data
    for part in detail["loc"]:
        is_inside = part in here if isinstance(here, Mapping) else isinstance(here, list) and isinstance(part, int)
        if is_inside:
            kept, here = (*kept, part), here[part]
    if detail["type"] == "missing":
        kept = (*kept, detail["loc"][-1])
    return kept


def _text(detail: ErrorDetails, model: type[BaseModel], location: Location) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind in _REMEDIES:
        return _REMEDIES[kind]
    if kind == "extra_forbidden":
        return f"unknown key; {suggestion(str(location[-1]), _keys_beside(model, location), 'keys')}"
    if kind in {"enum", "literal_error", "union_tag_invalid"}:
        wrong = str(context.get("tag", detail["input"]))
        known = re.findall(r"'([^']*)'", str(context.get("expected", context.get("expected_tags", ""))))
        return f"{wrong} is not known here; {suggestion(wrong, known, 'values')}"
    if kind == "union_tag_not_found":
        return "its key `kind` is missing; say which kind it is"
    if kind == "string_pattern_mismatch":
        pattern = context["pattern"]
        return f'"{detail["input"]}" has the wrong form; {_FORMS.get(pattern, f"it must match {pattern}")}'
    if kind == "value_error":
        return str(context["error"])
    return detail["msg"].replace("Input should", "should").replace("Tuple should", "the list should")


def _keys_beside(model: type[BaseModel], location: Location) -> set[str]:
    """The keys that the models at the place of a misspelt key know."""
    models = [model]
    for part in location[:-1]:
        if isinstance(part, str):
            fields = [known.model_fields[part] for known in models if part in known.model_fields]
            models = [found for field in fields for found in _models_in(field.annotation)]
    return {name for known in models for name in known.model_fields}


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in typing.get_args(annotation):
        yield from _models_in(argument)
