"""Ending in an orderly way when a terminal or a supervisor says so."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run_until_signalled(main: Coroutine[Any, Any, None]) -> None:
    """Run like `asyncio.run`. Ctrl-C, SIGTERM or a closed terminal cancels the coroutine once: it can clean up."""
    asyncio.run(_cancelled_by_signals(main))


async def _cancelled_by_signals(main: Coroutine[Any, Any, None]) -> None:
    loop = asyncio.get_running_loop()
    task = loop.create_task(main)
    signalled = False

    def end() -> None:
        nonlocal signalled
        if not signalled:  # a second Ctrl-C must not cancel the cleaning up
            signalled = True
            task.cancel()

    for number in ENDING:
        loop.add_signal_handler(number, end)
    try:
        await task
    except asyncio.CancelledError:
        if not signalled:
            raise
