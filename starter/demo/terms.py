"""How large and how fast a demonstration is, and the folder that it keeps its state in."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from pydantic import AwareDatetime, Field, ValidationError

from domain.clock import Clock
from domain.value import Value
from runtime.folder_lock import FolderLock
from runtime.processes import StackError
from starter.demo.sample import SAMPLE_LENGTH

TERMS_FILE = "demonstration.json"
_SECONDS_A_DAY = 86_400


class Terms(Value):
    """Kept in the demonstration's folder, so that it can go on after a stop."""

    accounts: int = Field(ge=1, le=SAMPLE_LENGTH)
    days: int = Field(ge=1, le=1000)
    seconds: int = Field(ge=10, le=_SECONDS_A_DAY)
    opening: AwareDatetime

    @property
    def clock(self) -> Clock:
        """`days` of business time pass in `seconds`, from the opening on."""
        return Clock(factor=max(1, self.days * _SECONDS_A_DAY // self.seconds), anchor=self.opening)

    @property
    def end(self) -> datetime:
        return self.opening + timedelta(days=self.days)

    @classmethod
    def read(cls, folder: Path) -> Self:
        """The terms of the demonstration in a folder. Raises StackError when there is none."""
        try:
            return cls.model_validate_json((folder / TERMS_FILE).read_bytes())
        except (OSError, ValidationError):
            raise StackError(f"{folder} has no demonstration that could go on: leave --keep out") from None

    def write(self, folder: Path) -> None:
        (folder / TERMS_FILE).write_text(self.model_dump_json(), encoding="utf-8")


async def clear(folder: Path) -> None:
    """Remove what an earlier demonstration left, or make the folder.

    Raises StackError, and removes nothing, when a stack runs on it or it holds something else.
    """
    left = _left_in(folder)
    lock = FolderLock(folder)
    await lock.acquire()
    try:
        for path in left:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    finally:
        lock.release()


def _left_in(folder: Path) -> list[Path]:
    """What an earlier demonstration left: the file that marks the folder as one comes last."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    left = [path for path in folder.iterdir() if path.name != "lock"]
    if left and not (folder / TERMS_FILE).exists():
        raise StackError(f"{folder} holds something else than a demonstration: choose an empty folder with --folder")
    return sorted(left, key=lambda path: path.name == TERMS_FILE)
