"""The law packs that Dunlin comes with, read without the rest of the rulebook."""

from __future__ import annotations

from domain.compliance.model import RulePack
from rulebook.load import DEFAULT_ROOT
from rulebook.validation import read_all

_read, _problems = read_all(sorted((DEFAULT_ROOT / "law").glob("*.yaml")), RulePack)
assert not _problems, _problems

PACKS: dict[str, RulePack] = {read.content.id: read.content for read in _read}
