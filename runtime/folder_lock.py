"""One stack to a folder: a lock that its processes share, so that it is held until the last of them has ended."""

from __future__ import annotations

import asyncio
import fcntl
import os
from pathlib import Path

from runtime.processes import StackError

LEFTOVER_SECONDS_MAX = 60.0
_POLL_SECONDS = 0.1


class FolderLock:
    """An advisory lock on a folder. Children that inherit its descriptor hold it too."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "lock"
        self._descriptor: int | None = None
        self.was_left_behind = False
        """Whether the last holder was killed before it could let go."""

    @property
    def descriptor(self) -> int:
        """For children to inherit."""
        assert self._descriptor is not None, "acquire the lock first"
        return self._descriptor

    async def acquire(self) -> None:
        """Take the lock. Waits for what a killed stack left behind; raises StackError when another stack runs."""
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            await self._lock(descriptor)
        except BaseException:
            os.close(descriptor)
            raise
        self.was_left_behind = bool(os.pread(descriptor, 1, 0))
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        self._descriptor = descriptor

    def release(self) -> None:
        """Let go. Does nothing when the lock is not held."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.ftruncate(descriptor, 0)
            os.close(descriptor)

    async def _lock(self, descriptor: int) -> None:
        deadline = asyncio.get_running_loop().time() + LEFTOVER_SECONDS_MAX
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                holder = os.pread(descriptor, 32, 0).decode().strip()
                if _runs(holder) or asyncio.get_running_loop().time() > deadline:
                    raise StackError(
                        f"a stack already runs on {self._path.parent} (process {holder or 'unknown'}): stop it, or "
                        "choose another folder with DUNLIN_STATE_FOLDER"
                    ) from None
                await asyncio.sleep(_POLL_SECONDS)
            else:
                return


def _runs(process_id: str) -> bool:
    if not process_id.isdigit():
        return False
    try:
        os.kill(int(process_id), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
