"""Twilio's published OpenAPI description, to hold requests and answers to."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jsonschema import FormatChecker
from openapi_schema_validator import OAS30Validator

SPECIFICATION: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "data" / "twilio_messages_calls.openapi.json").read_text(encoding="utf-8")
)

FORMATS = FormatChecker(formats=())
_FORM = "application/x-www-form-urlencoded"


@FORMATS.checks("date-time-rfc-2822", raises=ValueError)
def _is_rfc_2822(value: object) -> bool:
    return not isinstance(value, str) or parsedate_to_datetime(value).tzinfo is not None


@FORMATS.checks("phone-number")
@FORMATS.checks("endpoint")
def _is_e164(value: object) -> bool:
    return not isinstance(value, str) or re.fullmatch(r"\+[1-9]\d{6,14}", value) is not None


@FORMATS.checks("uri", raises=ValueError)
def _is_uri(value: object) -> bool:
    return not isinstance(value, str) or bool(urlsplit(value).path)


@FORMATS.checks("currency")
def _is_currency(value: object) -> bool:
    return not isinstance(value, str) or re.fullmatch(r"[A-Z]{3}", value) is not None


def operation(method: str, path: str) -> dict[str, Any]:
    """The described operation of a request's path."""
    for template, operations in SPECIFICATION["paths"].items():
        pattern = re.sub(r"\\{\w+\\}", r"[^/]+", re.escape(template))
        if re.fullmatch(pattern, path):
            found: dict[str, Any] = operations[method.lower()]
            return found
    raise AssertionError(f"no operation {method} {path}")


def check_form(path: str, fields: Mapping[str, Sequence[str]]) -> None:
    """Hold the form of a POST to the description: known fields of the right type, and none missing."""
    schema = operation("POST", path)["requestBody"]["content"][_FORM]["schema"]
    form = {name: _typed(schema["properties"][name], values) for name, values in fields.items()}
    _check(form, schema | {"additionalProperties": False})


def check_query(path: str, fields: Mapping[str, Sequence[str]]) -> None:
    """Hold the query of a GET to the description."""
    described = {item["name"]: item["schema"] for item in operation("GET", path)["parameters"] if item["in"] == "query"}
    for name, values in fields.items():
        _check(_typed(described[name], values), described[name])


def check_answer(method: str, path: str, status: int, body: Mapping[str, Any]) -> None:
    """Hold an answer to the description: the described status, and every described field, of the right type."""
    schema = operation(method, path)["responses"][str(status)]["content"]["application/json"]["schema"]
    _check(body, schema)
    assert set(_resolved(schema)["properties"]) <= set(body)


def _check(value: Any, schema: Mapping[str, Any]) -> None:
    whole = {**schema, "components": SPECIFICATION["components"]}
    errors = [
        f"{list(error.absolute_path)}: {error.message}"
        for error in OAS30Validator(whole, format_checker=FORMATS).iter_errors(value)
    ]
    assert errors == []


def _resolved(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in schema:
        return schema
    found: Mapping[str, Any] = SPECIFICATION["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found


def _typed(schema: Mapping[str, Any], values: Sequence[str]) -> Any:
    """A form's text as the type that its schema asks for."""
    kind = _resolved(schema).get("type")
    if kind == "array":
        return [_typed(schema["items"], [value]) for value in values]
    (value,) = values
    if kind == "integer":
        return int(value)
    if kind == "number":
        return float(value)
    return {"true": True, "false": False}[value] if kind == "boolean" else value
