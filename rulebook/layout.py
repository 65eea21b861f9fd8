"""From a template's running text to paragraphs, and from those to what each channel carries.

Text and HTML of an e-mail come from the same paragraphs, so that they never disagree.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

_ITEM = "- "
NARROW_SPACES = str.maketrans("\u00a0\u202f\u2009", "   ")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text. `link` is where it leads, if it is an address that the lender or the law files vouch for."""

    text: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, which is one line, or a list with a line for each item."""

    lines: tuple[str, ...]
    is_list: bool

    def plain(self) -> str:
        return "\n".join(_ITEM + line for line in self.lines) if self.is_list else self.lines[0]


def blocks_of(text: str) -> tuple[Block, ...]:
    """The paragraphs and lists of a text: a blank line parts them, a line that begins with "- " is an item."""
    return tuple(block for chunk in re.split(r"\n[ \t]*\n", text) for block in _blocks_in(chunk))


def written(blocks: Iterable[Block]) -> str:
    """Plain text for e-mails and letters: paragraphs parted by blank lines."""
    return "\n\n".join(block.plain() for block in blocks)


def short(blocks: Iterable[Block]) -> str:
    """Text for SMS: a line for each paragraph, and no spaces that would cost a wider alphabet."""
    return "\n".join(block.plain() for block in blocks).translate(NARROW_SPACES)


def spoken(blocks: Iterable[Block]) -> str:
    """Text to be said: one line."""
    return _joined(line for block in blocks for line in block.lines)


def pieces(line: str, links: frozenset[str]) -> tuple[Piece, ...]:
    """A line cut at the given web and e-mail addresses, so that only they become links, not whatever looks like one."""
    cuts = _cuts(links)
    if cuts is None:
        return (Piece(line),)
    return tuple(Piece(run, _target(run) if run in links else "") for run in cuts.split(line) if run)


@lru_cache(maxsize=256)
def _cuts(links: frozenset[str]) -> re.Pattern[str] | None:
    """Where a line is cut, for the addresses of one lender: the longest first, so that none is cut short by another."""
    known = sorted(filter(None, links), key=len, reverse=True)
    return re.compile(f"({'|'.join(map(re.escape, known))})") if known else None


def _target(address: str) -> str:
    if address.startswith(("https://", "http://")):
        return address
    return f"mailto:{address}" if "@" in address else ""


def _blocks_in(chunk: str) -> Iterator[Block]:
    paragraph: list[str] = []
    items: list[list[str]] = []
    for line in filter(None, (line.strip() for line in chunk.split("\n"))):
        if line.startswith(_ITEM):
            items.append([line.removeprefix(_ITEM)])
        else:
            (items[-1] if items else paragraph).append(line)
    if paragraph:
        yield Block((_joined(paragraph),), is_list=False)
    if items:
        yield Block(tuple(_joined(item) for item in items), is_list=True)


def _joined(lines: Iterable[str]) -> str:
    """Lines as one, with a space between them where the script uses spaces."""
    text = ""
    for line in lines:
        gap = "" if not text or not line or _is_wide(text[-1]) or _is_wide(line[0]) else " "
        text += gap + line
    return text


def _is_wide(char: str) -> bool:
    """Chinese and other full-width characters, which are written without spaces."""
    return unicodedata.east_asian_width(char) in {"W", "F"}
