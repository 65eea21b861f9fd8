"""Many calls at once, but not more than a given number."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable
from typing import TypeVar

Result = TypeVar("Result")


async def at_most(limit: int, calls: Iterable[Awaitable[Result]]) -> list[Result]:
    """The results in the order of the calls. The first error ends it, and cancels the rest."""
    turns = asyncio.Semaphore(limit)

    async def one(call: Awaitable[Result]) -> Result:
        async with turns:
            return await call

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(call)) for call in calls]
    return [task.result() for task in tasks]
