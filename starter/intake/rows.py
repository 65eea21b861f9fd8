"""One row of an intake file: an obligation, and what its account is like. Checked with the contract's own types."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from domain.names import Channel, Place
from domain.registration import AccountRegistration
from starter.intake.columns import BY_NAME, SEPARATOR

Cells = Mapping[str, str]
"""A row's values by column, without surrounding spaces; empty where there is none."""


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong with a row: in which column, why, and what to do."""

    field: str
    reason: str
    remedy: str


_POINTS: tuple[tuple[str, Channel, Place], ...] = (
    ("mobile", Channel.SMS, Place.MOBILE),
    ("mobile", Channel.VOICE, Place.MOBILE),
    ("home_phone", Channel.VOICE, Place.HOME),
    ("work_phone", Channel.VOICE, Place.WORK),
    ("email", Channel.EMAIL, Place.EMAIL),
    ("address", Channel.LETTER, Place.HOME),
)
"""Which contact points a column makes, in order of preference. A mobile number is for text messages and for calls."""

RESIDENCE_COLUMNS = ("country", "subdivision", "postal_code")
_ITEMIZED = ("amount", "interest", "fees", "payments", "credits")
"""Each is a column whose name begins with `itemization_`, and the last four may be empty or zero."""

OBLIGATION_COLUMNS = ("obligation", "amount", "due", "component")

_COLUMN_OF: dict[tuple[str, ...], str] = {
    ("consumer", "id"): "consumer",
    ("consumer", "full_name"): "name",
    ("consumer", "locale"): "locale",
    ("consumer", "zones"): "zones",
    ("consumer", "residence", "country"): "country",
    ("consumer", "residence", "subdivision"): "subdivision",
    ("consumer", "residence", "postal_code"): "postal_code",
    ("obligations", "id"): "obligation",
    ("obligations", "amount"): "amount",
    ("obligations", "due"): "due",
    ("obligations", "component"): "component",
    ("itemization",): "itemization_amount",
    ("itemization", "as_of"): "itemization_date",
    **{("itemization", part): f"itemization_{part}" for part in _ITEMIZED},
}


ACCOUNT_COLUMNS = tuple(name for name in BY_NAME if name not in OBLIGATION_COLUMNS)
"""What the rows of one account say alike. Only the first has to say it."""

AccountRow = tuple[int, Cells]
"""A row's number in the file, and its values."""


def registration_of(rows: Sequence[AccountRow]) -> AccountRegistration | dict[int, RowProblem]:
    """The account that rows of one file describe together, an obligation each; or what is wrong, by row number."""
    contradictions = _contradictions(rows)
    if contradictions:
        return contradictions
    account, point_columns = _account(rows)
    try:
        return AccountRegistration.model_validate_json(json.dumps(account))
    except ValidationError as error:
        problems: dict[int, RowProblem] = {}
        for details in error.errors(include_url=False, include_context=False):
            location = details["loc"]
            at = location[1] if location[:1] == ("obligations",) and len(location) > 1 else 0
            problems.setdefault(rows[int(at)][0], _problem(details, account, point_columns))
        return problems


def _contradictions(rows: Sequence[AccountRow]) -> dict[int, RowProblem]:
    """Rows that say something else of the account than its first row, or name an obligation again."""
    first_number, first = rows[0]
    seen: dict[str, int] = {}
    problems: dict[int, RowProblem] = {}
    for number, row in rows:
        other = next((name for name in ACCOUNT_COLUMNS if row[name] and row[name] != first[name]), None)
        if other is not None:
            problems[number] = RowProblem(
                other,
                f"differs from row {first_number}, which is of the same account",
                "Give the same value in each row of an account, or leave it empty after the first.",
            )
        elif row["obligation"] in seen:
            problems[number] = RowProblem(
                "obligation",
                f"row {seen[row['obligation']]} has this obligation already",
                "Give each obligation of an account its own id, in one row.",
            )
        seen.setdefault(row["obligation"], number)
    return problems


def _account(rows: Sequence[AccountRow]) -> tuple[dict[str, Any], list[str]]:
    """The account's JSON, and the column of each of its contact points."""
    first = rows[0][1]
    residence = {name: first[name] or None for name in RESIDENCE_COLUMNS}
    lives_somewhere = any(residence.values())
    zones = _several(first["zones"])
    points = [
        (column, {"channel": channel, "place": place, "value": value})
        for column, channel, place in _POINTS
        for value in _values_of(column, first[column])
    ]
    account = {
        **{name: first[name] for name in ("lender", "account", "product", "currency", "policy")},
        "zone": first["zone"] or next(iter(zones), ""),
        "consumer": {
            "id": first["consumer"],
            "full_name": first["name"],
            "locale": first["locale"],
            "zones": zones or ([] if lives_somewhere else _several(first["zone"])),
            "residence": residence | {"country": first["country"]} if lives_somewhere else None,
            "contact_points": [point for _, point in points],
        },
        "obligations": [
            {
                "id": row["obligation"],
                "amount": {"amount": row["amount"], "currency": first["currency"]},
                "due": row["due"],
                "component": row["component"].lower() or "principal",
            }
            for _, row in rows
        ],
        "itemization": _itemization(first),
    }
    return account, [column for column, _ in points]


def _itemization(row: Cells) -> dict[str, Any] | None:
    """What the debt consists of, if the row says anything of it. Nothing was added or taken off where it says zero."""
    if not any(row[name] for name in BY_NAME if name.startswith("itemization_")):
        return None
    said = {part: row[f"itemization_{part}"] for part in _ITEMIZED}
    amounts = {
        part: {"amount": value, "currency": row["currency"]}
        for part, value in said.items()
        if part == "amount" or value.strip("0.")
    }
    return {"as_of": row["itemization_date"], **amounts}


def _values_of(column: str, cell: str) -> list[str]:
    """The contact points in a cell. An address is one, whatever signs are in it."""
    return ([cell] if cell else []) if column == "address" else _several(cell)


def _several(cell: str) -> list[str]:
    return [value for part in cell.split(SEPARATOR) if (value := part.strip())]


def _problem(details: ErrorDetails, account: Mapping[str, Any], point_columns: Sequence[str]) -> RowProblem:
    column = _column(details["loc"], point_columns)
    empty = column and _value_at(details["loc"], account) == ""
    reason = "the cell is empty" if empty else details["msg"].removeprefix("Value error, ")
    return RowProblem(column, reason, BY_NAME[column].remedy if column else "See docs/intake.md.")


def _column(location: tuple[int | str, ...], point_columns: Sequence[str]) -> str:
    """The column that a value of the account came from; empty when it is about the account as a whole."""
    if location[:2] == ("consumer", "contact_points") and len(location) > 2:
        return point_columns[int(location[2])]
    names = tuple(part for part in location if isinstance(part, str))
    if names[:1] in {("consumer",), ("obligations",), ("itemization",)}:
        return _COLUMN_OF.get(names[:3], _COLUMN_OF.get(names[:2], ""))
    return names[0] if names and names[0] in BY_NAME else ""


def _value_at(location: tuple[int | str, ...], account: Mapping[str, Any]) -> Any:
    value: Any = account
    for part in location:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            break
    return value
