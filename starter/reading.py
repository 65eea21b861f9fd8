"""Journal lines in words."""

from __future__ import annotations

from db.journal import JournalLine
from domain.describe import describe
from domain.events import Entry


def words_of(line: JournalLine) -> str:
    """What a journal line says, in a few words."""
    return describe(Entry.model_validate({"at": line.at, "event": line.event}).event)
