"""The editors' schemas accept what the reader accepts, and yamllint is content with the rulebook."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from rulebook.load import DEFAULT_ROOT
from rulebook.schema import schemas
from rulebook.source import read_document

PROJECT = DEFAULT_ROOT.parent
FILES = sorted(DEFAULT_ROOT.glob("*/**/*.yaml"))


def _schema_named_in(path: Path) -> Path:
    first = path.read_text("utf-8").splitlines()[0]
    prefix = "# yaml-language-server: $schema="
    assert first.startswith(prefix), f"{path} does not name its schema"
    return (path.parent / first.removeprefix(prefix)).resolve()


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(DEFAULT_ROOT)))
def test_each_file_names_its_schema_and_keeps_to_it(path: Path) -> None:
    schema: dict[str, Any] = json.loads(_schema_named_in(path).read_text("utf-8"))

    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(dict(read_document(path).data), schema, jsonschema.Draft202012Validator)


def test_the_written_schemas_are_up_to_date() -> None:
    folder = PROJECT / "docs" / "contract" / "rulebook"

    written = {path.name: json.loads(path.read_text("utf-8")) for path in folder.glob("*.json")}

    assert written == schemas(), "run `dunlin policy schema`"


def test_a_misspelt_key_is_refused_by_the_schema_too() -> None:
    data = dict(read_document(DEFAULT_ROOT / "policies/uk-personal-loan/v1.yaml").data) | {"priorty": 3}

    with pytest.raises(jsonschema.ValidationError, match="priorty"):
        jsonschema.validate(data, schemas()["policy.schema.json"], jsonschema.Draft202012Validator)


def test_yamllint_has_nothing_to_say() -> None:
    command = [sys.executable, "-m", "yamllint", "--strict", "-c", str(PROJECT / ".yamllint"), str(DEFAULT_ROOT)]

    # S603: every part of the command is ours
    result = subprocess.run(command, capture_output=True, text=True, check=False, cwd=PROJECT)  # noqa: S603

    assert result.stdout == ""
    assert result.returncode == 0
