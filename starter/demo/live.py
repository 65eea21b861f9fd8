"""Shows the portfolio while it lives: full screen on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Protocol

from rich.console import Console
from rich.live import Live

from starter.demo.view import Frame, Snapshot, screen, status_line

LINE_EVERY_SECONDS = 5.0


class Display(Protocol):
    """Where snapshots are shown."""

    def show(self, snapshot: Snapshot, now: datetime) -> None: ...


@contextmanager
def display(console: Console, frame: Frame) -> Iterator[Display]:
    """What suits the console: the whole screen of a terminal, which is given back at the end, or lines."""
    if not console.is_terminal:
        yield _Lines(console, frame)
        return
    with Live(console=console, screen=True, auto_refresh=False) as live:
        yield _Screen(live, frame)


class _Screen:
    def __init__(self, live: Live, frame: Frame) -> None:
        self._live = live
        self._frame = frame

    def show(self, snapshot: Snapshot, now: datetime) -> None:
        self._live.update(screen(snapshot, self._frame, now, self._live.console.size), refresh=True)


class _Lines:
    def __init__(self, console: Console, frame: Frame) -> None:
        self._console = console
        self._frame = frame
        self._next_at = 0.0

    def show(self, snapshot: Snapshot, now: datetime) -> None:
        if time.monotonic() >= self._next_at:
            self._next_at = time.monotonic() + LINE_EVERY_SECONDS
            self._console.print(status_line(snapshot, self._frame, now), highlight=False, soft_wrap=True)
