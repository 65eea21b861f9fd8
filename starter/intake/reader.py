"""Reads a CSV file record by record, whatever its delimiter and encoding, without ever holding it whole."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from starter.intake.columns import HeaderError, known_column

DELIMITERS = (",", ";", "\t")

_BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_HEADER_CHARACTERS_MAX = 20_000
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""What spreadsheets take for the beginning of a formula, or pass over before one."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record. `number` counts as a spreadsheet does: the header is 1. `fault` says why it could not be read."""

    number: int
    cells: tuple[str, ...]
    fault: str | None = None


class CsvFile:
    """An open file: its header has been read, its records follow."""

    def __init__(self, lines: TextIO, size_bytes: int) -> None:
        self._lines = lines
        self.size_bytes = size_bytes
        first = lines.readline(_HEADER_CHARACTERS_MAX)
        if not first.strip():
            raise HeaderError("the file is empty: its first line must name the columns")
        if len(first) == _HEADER_CHARACTERS_MAX:
            raise HeaderError("the first line is endless: it must name the columns, and the rows must follow it")
        if _is_undecoded(first):
            raise HeaderError("the file is not in the expected encoding: save it as UTF-8, or say --encoding gb18030")
        self.delimiter = _delimiter_of(first)
        self.header: tuple[str, ...] = tuple(next(csv.reader([first], delimiter=self.delimiter)))

    def records(self) -> Iterator[Record]:
        """The records after the header; empty lines are passed over."""
        reader = csv.reader(self._lines, delimiter=self.delimiter)
        number = 1
        while True:
            number += 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield Record(number, (), "this line is not CSV: look for a quotation mark that is not closed")
                continue
            if any(cell.strip() for cell in cells):
                yield Record(number, tuple(restored(cell) for cell in cells), self._fault(cells))

    def position_bytes(self) -> int:
        """How far the file has been read, for a progress bar."""
        buffer = getattr(self._lines, "buffer", None)
        return 0 if buffer is None else int(buffer.tell())

    def _fault(self, cells: Sequence[str]) -> str | None:
        if len(cells) != len(self.header):
            return f"the row has {len(cells)} cells and the header {len(self.header)}"
        if any(_is_undecoded(cell) for cell in cells):
            return "the row has bytes that are not of the file's encoding"
        return None


@contextmanager
def opened_csv(path: Path, encoding: str) -> Iterator[CsvFile]:
    """A file, closed at the end. A byte order mark tells its encoding better than `encoding` does.

    Raises HeaderError and OSError.
    """
    with path.open("rb") as start:
        beginning = start.read(4)
    marked = next((name for mark, name in _BYTE_ORDER_MARKS if beginning.startswith(mark)), encoding)
    try:
        codecs.lookup(marked)
    except LookupError:
        raise HeaderError(f"no encoding is called {encoding}: say utf-8 or gb18030") from None
    # What can't be decoded comes as surrogates, so that one such row does not stop the rest.
    with path.open(encoding=marked, newline="", errors="surrogateescape") as lines:
        yield CsvFile(lines, path.stat().st_size)


def neutral(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: one that could be gets an apostrophe in front."""
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell


def restored(cell: str) -> str:
    """What a cell was before `neutral`."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA_STARTS) else cell


def _delimiter_of(header: str) -> str:
    """The delimiter that makes the most known columns of the header; the comma where none makes any."""
    return max(DELIMITERS, key=lambda delimiter: _known_count(header, delimiter))


def _known_count(header: str, delimiter: str) -> int:
    return sum(known_column(cell) is not None for cell in next(csv.reader([header], delimiter=delimiter)))


def _is_undecoded(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)
