"""The documented contract: JSON Schemas of everything that crosses the border of Dunlin, generated from the types."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel

from activities.signatures import Turn
from domain.events import MESSAGES
from domain.registration import AccountRegistration, LenderRegistration
from starter.refusals import MEANINGS
from workflows.inputs import CaseOutcome, CaseStart, MessageResult

CONTRACT_FOLDER = Path("docs/contract")

_ID = "urn:dunlin:contract:"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"

_SENT_TO_DUNLIN: dict[str, type[BaseModel]] = {
    "lender_registration": LenderRegistration,
    "account_registration": AccountRegistration,
    "case_start": CaseStart,
    **MESSAGES,
}
_ANSWERED_BY_DUNLIN: dict[str, type[BaseModel]] = {
    "message_result": MessageResult,
    "case_sheet": Turn,
    "case_outcome": CaseOutcome,
}


def documents() -> dict[str, str]:
    """Every file of the contract: its name, and its whole text."""
    schemas = {
        **{name: _schema(name, model, "validation") for name, model in _SENT_TO_DUNLIN.items()},
        **{name: _schema(name, model, "serialization") for name, model in _ANSWERED_BY_DUNLIN.items()},
    }
    files = {f"{name}.schema.json": _text(schema) for name, schema in schemas.items()}
    return files | {"refusals.json": _text(MEANINGS)}


def write_contract(folder: Path) -> list[Path]:
    """Write the contract's files, and remove schemas of what is no longer part of it. Returns what is written."""
    folder.mkdir(parents=True, exist_ok=True)
    current = documents()
    for file in folder.glob("*.schema.json"):
        if file.name not in current and f'"$id": "{_ID}' in file.read_text(encoding="utf-8"):
            file.unlink()
    for name, content in current.items():
        (folder / name).write_text(content, encoding="utf-8")
    return [folder / name for name in current]


def _schema(name: str, model: type[BaseModel], mode: Literal["validation", "serialization"]) -> dict[str, Any]:
    return {"$schema": _DIALECT, "$id": f"{_ID}{name}", **model.model_json_schema(mode=mode)}


def _text(content: Any) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
