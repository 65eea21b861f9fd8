"""Letters as PDF files in a folder that a print shop or a printing device empties."""

from __future__ import annotations

import asyncio
import errno
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from domain.names import Channel
from providers.base import FinalProviderError, Outgoing, ProviderReceipt, RetryableProviderError
from providers.typesetting import Typesetter, UnprintableText

PRINTED_FOLDER = "printed"
"""Whoever prints moves the files there, and keeps them as long as a contact may be retried: it shows what was sent."""

_TYPESETTER = Typesetter(Path(__file__).with_name("letter.typ"))
_BLANK_LINES = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True)
class PrintFolderSettings:
    """Where letters are put. `return_address`, one line, is printed small above the recipient's address."""

    folder: Path
    return_address: str = ""


class PrintFolderProvider:
    """Puts letters into the folder, each named by its reference; a file is there whole or not at all.

    A receipt's id is the file's name. `find` looks in the folder and among what was printed, whatever the date.
    """

    channel = Channel.LETTER
    sends_at_once: int | None = None

    def __init__(self, settings: PrintFolderSettings) -> None:
        self._settings = settings

    async def send(self, message: Outgoing) -> ProviderReceipt:
        return await asyncio.to_thread(self._put, message)

    async def find(self, message: Outgoing, since: datetime) -> ProviderReceipt | None:
        name = _file_name(message.reference)
        return ProviderReceipt(name) if await asyncio.to_thread(self._has, name) else None

    async def close(self) -> None:
        """There is nothing to let go."""

    def _put(self, message: Outgoing) -> ProviderReceipt:
        name = _file_name(message.reference)
        if not self._has(name):
            letter = _letter(message, self._settings.return_address)
            try:
                _write_whole(self._settings.folder / name, letter)
            except OSError as error:
                code = errno.errorcode.get(error.errno or 0, "unwritable")
                raise RetryableProviderError(Channel.LETTER, code) from None
        return ProviderReceipt(name)

    def _has(self, name: str) -> bool:
        folder = self._settings.folder
        return (folder / name).exists() or (folder / PRINTED_FOLDER / name).exists()


def _letter(message: Outgoing, return_address: str) -> bytes:
    address = _lines(message.to.value)
    if not address:
        raise FinalProviderError(Channel.LETTER, "no_address", unusable=True)
    data = {
        "locale": message.content.locale,
        "reference": message.reference,
        "return_address": return_address,
        "address": address,
        "paragraphs": [lines for part in _BLANK_LINES.split(message.content.text) if (lines := _lines(part))],
    }
    try:
        return _TYPESETTER.pdf(data, datetime.now(UTC))
    except UnprintableText:
        raise FinalProviderError(Channel.LETTER, "unprintable_text") from None


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _file_name(reference: str) -> str:
    return quote(reference, safe="") + ".pdf"


def _write_whole(path: Path, content: bytes) -> None:
    """Write a file that survives a loss of power once this returns, and that nobody sees unfinished."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.part")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
