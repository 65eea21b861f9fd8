"""What is wrong with the rulebook's files, told so that the one who wrote them can mend them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

Location = tuple[str | int, ...]
"""The keys and list positions that lead to a value in a YAML file."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: in which file, on which line (from 1), in which field, what is wrong and what to do."""

    path: Path
    line: int
    field: str
    text: str

    def __str__(self) -> str:
        return f"{shown(self.path)}:{self.line}: {self.field}: {self.text}"


class RulebookError(Exception):
    """The rulebook was not loaded. Lists every problem found, one a line; nothing of it is half used."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems), key=lambda found: (str(found.path), found.line, found.field)))
        super().__init__("\n".join(str(found) for found in self.problems))


def shown(path: Path) -> str:
    """The path as people type it: relative to the current folder where it lies inside."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def field_path(location: Location) -> str:
    """A location as it is read: `stages[2].steps[0].channel`; `file` for the file as a whole."""
    path = ""
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
    return path or "file"


def suggestion(wrong: str, known: Iterable[str], noun: str) -> str:
    """What to do about a misspelt name: the nearest known one, or the list of them."""
    names = sorted(known)
    near = difflib.get_close_matches(wrong, names, n=1, cutoff=0.6)
    if near:
        return f"did you mean {near[0]}?"
    return f"known {noun}: {', '.join(names)}" if names else f"no {noun} are known here: remove it"
