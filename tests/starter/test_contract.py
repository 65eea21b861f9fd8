"""The documented contract is what the code takes and answers."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from db.registration import RegistrationOutcome
from domain.events import MESSAGES
from domain.refusals import RefusalCode
from starter.contract import CONTRACT_FOLDER, documents, write_contract
from starter.refusals import MEANINGS, ClientRefusalCode
from tests.starter.accounts import account

ROOT = Path(__file__).parents[2]
DOCUMENTS = documents()


def schema(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads(DOCUMENTS[f"{name}.schema.json"]))


def test_the_committed_files_are_those_that_the_code_makes() -> None:
    committed = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / CONTRACT_FOLDER).glob("*.json")}

    assert committed == DOCUMENTS, "run `dunlin contract`"


@pytest.mark.parametrize("name", sorted(name for name in DOCUMENTS if name.endswith(".schema.json")))
def test_each_file_is_a_json_schema(name: str) -> None:
    Draft202012Validator.check_schema(json.loads(DOCUMENTS[name]))


def test_every_message_has_its_schema() -> None:
    assert {f"{kind}.schema.json" for kind in MESSAGES} <= DOCUMENTS.keys()


def test_every_refusal_code_has_its_meaning() -> None:
    refused_registrations = {outcome for outcome in RegistrationOutcome if outcome.remedy}

    assert set(MEANINGS) == {*RefusalCode, *ClientRefusalCode, *refused_registrations}


def test_the_page_for_callers_lists_every_refusal_code() -> None:
    page = (ROOT / "docs" / "starting-cases.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| `([a-z_]+)` \| (.+) \|$", page, re.MULTILINE))

    assert listed == MEANINGS


def test_the_schema_takes_what_the_code_takes() -> None:
    assert schema("account_registration").is_valid(json.loads(account().model_dump_json()))
    assert schema("payment_received").is_valid({"id": "p-1", "amount": {"amount": "250.00", "currency": "EUR"}})


@pytest.mark.parametrize(
    "payment",
    [
        {"id": "p-1", "amount": {"amount": "-250.00", "currency": "EUR"}},
        {"id": "p-1", "amount": {"amount": 250.0, "currency": "EUR"}},
        {"id": "p-1", "amount": "250.00 EUR"},
        {"id": "", "amount": {"amount": "250.00", "currency": "EUR"}},
        {"id": "p-1", "amount": {"amount": "250.00", "currency": "EUR"}, "note": "surplus"},
        {"amount": {"amount": "250.00", "currency": "EUR"}},
    ],
)
def test_the_schema_refuses_what_the_code_refuses(payment: object) -> None:
    assert not schema("payment_received").is_valid(payment)


def test_writing_removes_the_schema_of_a_message_that_is_gone_and_no_file_of_anybody_else(tmp_path: Path) -> None:
    (tmp_path / "gone.schema.json").write_text('{"$id": "urn:dunlin:contract:gone"}', encoding="utf-8")
    (tmp_path / "theirs.schema.json").write_text("{}", encoding="utf-8")

    write_contract(tmp_path)

    assert {path.name for path in tmp_path.iterdir()} == {*DOCUMENTS, "theirs.schema.json"}
