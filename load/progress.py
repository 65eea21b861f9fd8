"""Waiting for many things to happen, with a line every few seconds that says how far they are."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from rich.console import Console

Result = TypeVar("Result")

_LOOK_EVERY_SECONDS = 0.5
_SAY_EVERY_SECONDS = 5.0
_STANDSTILL_SECONDS_MAX = 120.0


class StandstillError(RuntimeError):
    """Nothing has moved for two minutes: something is lost, or a server is gone."""

    def __init__(self, what: str, done: int, total: int) -> None:
        super().__init__(f"{what}: stands still at {done:,} of {total:,}; see the workers' logs")


class Progress:
    """Says what goes on."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._started = time.monotonic()

    def say(self, words: str) -> None:
        """A line, with the seconds since the run began."""
        self._console.print(f"[dim]{time.monotonic() - self._started:6.0f} s[/dim]  {words}", highlight=False)

    async def until(self, what: str, total: int, count: Callable[[], Awaitable[int]]) -> float:
        """Look until `count` has reached `total`; the seconds that took. Raises StandstillError."""
        started = said = moved = time.monotonic()
        before = -1
        while (done := await count()) < total:
            now = time.monotonic()
            if done != before:
                before, moved = done, now
            if now - moved > _STANDSTILL_SECONDS_MAX:
                raise StandstillError(what, done, total)
            if now - said >= _SAY_EVERY_SECONDS:
                self.say(f"{what}: {done:,} of {total:,}")
                said = now
            await asyncio.sleep(_LOOK_EVERY_SECONDS)
        self.say(f"{what}: {done:,} of {total:,}")
        return time.monotonic() - started

    async def each(
        self, what: str, limit: int, calls: Iterable[Callable[[], Awaitable[Result]]], total: int
    ) -> list[Result]:
        """Make all calls, at most `limit` at once, and say how far they are. The results are in the calls' order."""
        turns = asyncio.Semaphore(limit)
        done = 0

        async def one(call: Callable[[], Awaitable[Result]]) -> Result:
            nonlocal done
            async with turns:
                result = await call()
            done += 1
            return result

        async def counted() -> int:
            return done

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(call)) for call in calls]
            group.create_task(self.until(what, total, counted))
        return [task.result() for task in tasks]
