"""Reading one YAML file into plain values, with the line of every key and item.

The rulebook's YAML is a small, unambiguous part of YAML 1.2: one document of mappings, lists and scalars. What could
hide something from a reviewer or blow up in memory (anchors and aliases, tags, duplicate keys, very large or very deep
files) is refused, and so are decimal fractions outside quotes, since floats never come near money.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)

from rulebook.problems import Location, Problem, RulebookError, field_path

FILE_BYTES_MAX = 256 * 1024
DEPTH_MAX = 16

_INTEGER = re.compile(r"^[-+]?(0|[1-9][0-9]{0,17})$")
_NUMBER_LIKE = re.compile(
    r"^[-+]?(\.[0-9]+|[0-9][0-9_]*(\.[0-9_]*)?)([eE][-+]?[0-9]+)?$|^0[xo][0-9a-fA-F]+$|^[-+]?\.(inf|nan)$"
)
_CONSTANTS: dict[str, bool | None] = {"": None, "~": None, "null": None, "true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Document:
    """A file's values, and where each of them stands."""

    path: Path
    data: Mapping[str, Any]
    lines: Mapping[Location, int]
    text_lines: Mapping[Location, int]
    """First line of the content of block scalars (`|`), which starts below their key."""

    def line_of(self, location: Location) -> int:
        """The line of a value, or of the nearest thing that contains it."""
        while location not in self.lines:
            location = location[:-1]
        return self.lines[location]

    def line_in_text(self, location: Location, line: int) -> int:
        """The file's line for the given line (from 1) of a text."""
        return self.text_lines[location] + line - 1 if location in self.text_lines else self.line_of(location)

    def problem(self, location: Location, text: str) -> Problem:
        return Problem(self.path, self.line_of(location), field_path(location), text)

    def problem_in_text(self, location: Location, line: int, text: str) -> Problem:
        return Problem(self.path, self.line_in_text(location, line), field_path(location), text)


def read_document(path: Path) -> Document:
    """Read a YAML file whose top is a mapping. Raises RulebookError with the line of what is wrong."""
    builder = _Builder(path)
    text = _read_text(path)
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            builder.take(event)
    except MarkedYAMLError as error:
        never_closed = error.problem == "found unexpected end of stream"
        mark = error.context_mark if never_closed else error.problem_mark or error.context_mark
        line = mark.line + 1 if mark is not None else 1
        raise _refusal(path, line, f"not valid YAML: {error.problem}; check indentation, colons and quotes") from None
    except YAMLError as error:
        reason = str(error).splitlines()[0]
        raise _refusal(path, 1, f"not valid YAML: {reason}; save it as plain text in UTF-8") from None
    return builder.document()


def _refusal(path: Path, line: int, text: str, location: Location = ()) -> RulebookError:
    return RulebookError([Problem(path, line, field_path(location), text)])


def _read_text(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            content = stream.read(FILE_BYTES_MAX + 1)
    except OSError as error:
        raise _refusal(path, 1, f"cannot be read: {error.strerror}; check the path and its permissions") from None
    if len(content) > FILE_BYTES_MAX:
        raise _refusal(path, 1, f"larger than {FILE_BYTES_MAX // 1024} KiB; a reviewed file is short: split it")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _refusal(path, line, "not UTF-8; save the file in UTF-8") from None


@dataclass(slots=True)
class _Open:
    """A mapping or list that has begun and not yet ended."""

    location: Location
    values: dict[str, Any] | list[Any]
    key: str | None = None


@dataclass(slots=True)
class _Builder:
    """Builds the values from YAML's events, without recursion, refusing what the rulebook does not use."""

    path: Path
    lines: dict[Location, int] = field(default_factory=dict)
    text_lines: dict[Location, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)
    documents: int = 0
    top: Any = None

    def take(self, event: Any) -> None:
        line = event.start_mark.line + 1
        if isinstance(event, DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                raise _refusal(self.path, line, "a second document begins; keep one document in a file")
        if isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor):
            raise _refusal(self.path, line, "anchors and aliases are not allowed; write the value out where it applies")
        if isinstance(event, CollectionEndEvent):
            self.stack.pop()
        elif isinstance(event, ScalarEvent | CollectionStartEvent):
            if event.tag is not None and event.tag != "!":
                raise _refusal(self.path, line, f"the tag {event.tag} is not allowed; remove it")
            self._node(event, line)

    def _node(self, event: ScalarEvent | CollectionStartEvent, line: int) -> None:
        parent = self.stack[-1] if self.stack else None
        if parent is not None and isinstance(parent.values, dict) and parent.key is None:
            parent.key = self._key(event, parent, line)
            return
        location = self._location(parent)
        self.lines.setdefault(location, line)
        value: Any
        if isinstance(event, ScalarEvent):
            value = self._scalar(event, location, line)
        else:
            value = {} if isinstance(event, MappingStartEvent) else []
            if len(self.stack) >= DEPTH_MAX:
                raise _refusal(self.path, line, f"nested more than {DEPTH_MAX} levels deep; make it flatter", location)
            self.stack.append(_Open(location, value))
        self._store(parent, value)

    def _key(self, event: ScalarEvent | CollectionStartEvent, parent: _Open, line: int) -> str:
        if not isinstance(event, ScalarEvent):
            raise _refusal(self.path, line, "a key must be a plain word; quote it or restructure", parent.location)
        key = str(event.value)
        location = (*parent.location, key)
        if key in parent.values:
            before = self.lines[location]
            text = f"named twice, first on line {before}; remove one of them"
            self.problems.append(Problem(self.path, line, field_path(location), text))
        self.lines[location] = line
        return key

    def _location(self, parent: _Open | None) -> Location:
        if parent is None:
            return ()
        if isinstance(parent.values, list):
            return (*parent.location, len(parent.values))
        return (*parent.location, parent.key or "")

    def _store(self, parent: _Open | None, value: Any) -> None:
        if parent is None:
            self.top = value
        elif isinstance(parent.values, list):
            parent.values.append(value)
        else:
            parent.values[parent.key or ""] = value
            parent.key = None

    def _scalar(self, event: ScalarEvent, location: Location, line: int) -> str | int | bool | None:
        text = str(event.value)
        if any(unicodedata.category(char) in {"Cc", "Cs"} and char not in "\n\t" for char in text):
            problem = "holds a control character; type the text without escapes"
            self.problems.append(Problem(self.path, line, field_path(location), problem))
            return ""
        if event.style in ("|", ">"):
            self.text_lines[location] = line + 1
        if event.style is not None:
            return text
        if text in _CONSTANTS:
            return _CONSTANTS[text]
        if _INTEGER.match(text):
            return int(text)
        if _NUMBER_LIKE.match(text):
            problem = f'{text} is not a whole number; put an amount in quotes: "{text}"'
            self.problems.append(Problem(self.path, line, field_path(location), problem))
        return text

    def document(self) -> Document:
        if not isinstance(self.top, dict):
            raise _refusal(self.path, 1, "holds no keys; begin with `key: value` lines")
        if self.problems:
            raise RulebookError(self.problems)
        return Document(
            self.path, MappingProxyType(self.top), MappingProxyType(self.lines), MappingProxyType(self.text_lines)
        )
