"""Records of cases verify offline, and whatever was changed in them is found."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.case_bundle import CONTACTS, JOURNAL, MANIFEST, PERSON, STATE, ExportedLine, bundle_of, problems_of
from domain.journal import GENESIS, chain
from domain.policy import Policy
from tests.domain.builders import a_policy
from tests.domain.generators import Life, lives, messages

POLICY: Policy = a_policy()
PEOPLE = {"full_name": "Example Borrower"}


def exported(life: Life, person: dict[str, str] | None = None) -> bytes:
    lines = [
        ExportedLine(each.line.sequence, each.line.at, each.line.event, each.hash)
        for each in chain("lender:a-1", 0, GENESIS, life.entries)
    ]
    return bundle_of(
        "lender:a-1", lines, life.state, [{"id": "c-1", "at": datetime(2026, 1, 1, tzinfo=UTC).isoformat()}], person
    )


def changed(bundle: bytes, name: str, content: bytes | None) -> bytes:
    """The bundle with one file replaced, or left out."""
    archive = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(bundle)) as old, zipfile.ZipFile(archive, "w") as new:
        for entry in old.namelist():
            kept = content if entry == name else old.read(entry)
            if kept is not None:
                new.writestr(entry, kept)
    return archive.getvalue()


def file_of(bundle: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(bundle)) as zipped:
        return zipped.read(name)


@given(lives(POLICY, messages, longest=8))
def test_every_life_makes_a_record_that_is_whole_and_the_same_each_time(life: Life) -> None:
    assert problems_of(exported(life)) == ()
    assert exported(life) == exported(life)


@given(lives(POLICY, messages, longest=8), st.sampled_from([JOURNAL, STATE, CONTACTS, MANIFEST]))
def test_a_file_that_is_gone_or_changed_is_found(life: Life, name: str) -> None:
    bundle = exported(life)
    assert problems_of(changed(bundle, name, None))
    assert problems_of(changed(bundle, name, file_of(bundle, name).replace(b"1", b"2", 1) + b" " * (name == CONTACTS)))


@given(lives(POLICY, messages, longest=8))
def test_what_was_edited_is_found_even_where_the_manifest_was_made_to_fit(life: Life) -> None:
    lines = [
        ExportedLine(each.line.sequence, each.line.at, each.line.event, each.hash)
        for each in chain("lender:a-1", 0, GENESIS, life.entries)
    ]
    edited = [*lines[:-1], replace(lines[-1], event={"kind": "case_reopened"})]
    recalled = life.state.model_copy(update={"recalled": not life.state.recalled})
    assert problems_of(bundle_of("lender:a-1", edited, life.state, [], None))
    assert problems_of(bundle_of("lender:a-1", lines, recalled, [], None))


@given(lives(POLICY, messages, longest=2))
def test_personal_data_is_only_where_it_was_asked_for(life: Life) -> None:
    assert b"Borrower" not in b"".join(file_of(exported(life), name) for name in (JOURNAL, STATE, CONTACTS))
    assert json.loads(file_of(exported(life, PEOPLE), PERSON)) == PEOPLE
    assert problems_of(exported(life, PEOPLE)) == ()


@pytest.mark.parametrize("junk", [b"", b"PK", b"not a zip", b"\x00" * 100])
def test_anything_else_is_no_record(junk: bytes) -> None:
    assert problems_of(junk)
