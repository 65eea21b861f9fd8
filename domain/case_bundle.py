"""The record of a case as one file that verifies offline: its journal with hashes, its state, its contacts."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from domain.events import Entry
from domain.evolve import replay
from domain.journal import GENESIS, Line, link
from domain.state import CaseState

MANIFEST = "manifest.json"
JOURNAL = "journal.json"
STATE = "state.json"
CONTACTS = "contacts.json"
PERSON = "person.json"
"""The only file with personal data, and only where it was asked for."""

FORMAT = 1
BYTES_MAX = 200_000_000
"""No honest record of a case is larger: a file that claims to be is not unpacked."""
_MADE_AT = (1980, 1, 1, 0, 0, 0)
"""Every file of the archive bears the same date, so that the same record is the same bytes."""


@dataclass(frozen=True, slots=True)
class ExportedLine:
    """One line of the journal as it is stored; `hash` covers it and all before it."""

    sequence: int
    at: datetime
    event: Mapping[str, Any]
    hash: str


def bundle_of(
    case_id: str,
    lines: Sequence[ExportedLine],
    state: CaseState,
    contacts: Sequence[Mapping[str, Any]],
    person: Mapping[str, Any] | None,
) -> bytes:
    """The bundle, a ZIP archive. The same record gives the same bytes."""
    files = {
        JOURNAL: _json(
            [
                {"sequence": line.sequence, "at": line.at.isoformat(), "event": line.event, "hash": line.hash}
                for line in lines
            ]
        ),
        STATE: _json(state.model_dump(mode="json")),
        CONTACTS: _json(list(contacts)),
    }
    if person is not None:
        files[PERSON] = _json(person)
    manifest = {
        "format": FORMAT,
        "case": case_id,
        "journal_length": len(lines),
        "journal_hash": lines[-1].hash if lines else GENESIS,
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
    }
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in {MANIFEST: _json(manifest), **files}.items():
            zipped.writestr(zipfile.ZipInfo(name, _MADE_AT), content, zipfile.ZIP_DEFLATED)
    return archive.getvalue()


def problems_of(bundle: bytes) -> tuple[str, ...]:
    """What is wrong with a bundle, in words; nothing when it is whole. It comes from outside, so it may be anything."""
    try:
        return tuple(_problems(_unpacked(bundle)))
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError):
        return ("it is not a ZIP archive that can be read",)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return ("its files do not have the shape of a case's record",)


def _unpacked(bundle: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(bundle)) as zipped:
        if sum(entry.file_size for entry in zipped.infolist()) > BYTES_MAX:
            raise ValueError("too large")
        return {entry.filename: zipped.read(entry) for entry in zipped.infolist()}


def _problems(files: Mapping[str, bytes]) -> Iterator[str]:
    if MANIFEST not in files:
        yield f"it has no {MANIFEST}"
        return
    manifest = json.loads(files[MANIFEST])
    if manifest["format"] != FORMAT:
        yield f"its format is {manifest['format']!r}, this release reads {FORMAT}"
        return
    promised: dict[str, str] = manifest["files"]
    for name in sorted({JOURNAL, STATE, CONTACTS} | promised.keys() | files.keys() - {MANIFEST}):
        if name not in files:
            yield f"{name} is missing"
        elif name not in promised:
            yield f"{name} is not in the manifest"
        elif hashlib.sha256(files[name]).hexdigest() != promised[name]:
            yield f"{name} is not what the manifest says"
    if JOURNAL in files and STATE in files:
        yield from _chain_problems(manifest, json.loads(files[JOURNAL]))
        yield from _state_problems(json.loads(files[JOURNAL]), json.loads(files[STATE]))


def _chain_problems(manifest: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    head = GENESIS
    for number, line in enumerate(lines, start=1):
        at = datetime.fromisoformat(line["at"])
        if line["sequence"] != number:
            yield f"line {number} of the journal is missing"
            return
        head = link(head, Line(manifest["case"], number, at, line["event"]))
        if head != line["hash"]:
            yield f"line {number} of the journal is not what was hashed when it was written"
            return
    if (len(lines), head) != (manifest["journal_length"], manifest["journal_hash"]):
        yield "the journal does not end where the manifest says"


def _state_problems(lines: Sequence[Mapping[str, Any]], state: Any) -> Iterator[str]:
    try:
        entries = [Entry.model_validate({"at": line["at"], "event": line["event"]}) for line in lines]
        if replay(entries) != CaseState.model_validate(state):
            yield f"{STATE} is not what the journal adds up to"
    except ValidationError:
        yield "the journal or the state was written by a later release: verify it with that one"


def _json(content: Any) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False) + "\n").encode()
