"""The referral bundle: the statement as PDF, the case's journal as JSON, and a manifest with the SHA-256 of each."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from providers.counsel.model import Statement
from providers.counsel.statement import statement_pdf
from providers.email.message import Attachment

JSON = "application/json"
PDF = "application/pdf"


@dataclass(frozen=True, slots=True)
class ReferralBundle:
    """The files for counsel. The same statement and journal give the same bytes, so that a retry sends the same."""

    statement: Statement
    files: tuple[Attachment, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of the manifest, and so of everything: what the journal keeps of the hand-over."""
        return sha256(self.files[-1].content).hexdigest()


async def make_bundle(statement: Statement, journal: Sequence[Mapping[str, Any]]) -> ReferralBundle:
    """Make the bundle. `journal` has the case's entries, oldest first, as JSON values.

    Raises TypeError when an entry is not JSON, ValueError when the statement's locale has no counsel documents or
    `providers.typesetting.UnprintableText` when a name or address can't be printed.
    """
    journal_file = Attachment(
        "journal.json", JSON, _json({"case": statement.case_id, "entries": [dict(entry) for entry in journal]})
    )
    pdf = await asyncio.to_thread(statement_pdf, statement, journal_file.name, _digest(journal_file))
    files = (Attachment("statement.pdf", PDF, pdf), journal_file)
    return ReferralBundle(statement, (*files, _manifest(statement, files)))


def _manifest(statement: Statement, files: tuple[Attachment, ...]) -> Attachment:
    content = {
        "referral": statement.referral,
        "case": statement.case_id,
        "as_of": statement.as_of.isoformat(),
        "files": [
            {
                "name": file.name,
                "media_type": file.media_type,
                "size_bytes": len(file.content),
                "sha256": _digest(file),
            }
            for file in files
        ],
    }
    return Attachment("manifest.json", JSON, _json(content))


def _digest(file: Attachment) -> str:
    return sha256(file.content).hexdigest()


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode("utf-8")
