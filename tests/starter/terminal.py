"""Runs `dunlin` as a person at a terminal does, in this process."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import sys
from dataclasses import dataclass
from typing import Any

import pytest

from starter.cli import run
from tests.e2e.world import World


@dataclass(frozen=True, slots=True)
class Shown:
    """What a command wrote, and its exit status."""

    status: int
    out: str
    error: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Terminal:
    """A terminal with an environment that names servers."""

    def __init__(self, patch: pytest.MonkeyPatch, environment: dict[str, str]) -> None:
        self._patch = patch
        for name, value in {"LC_ALL": "en_US.UTF-8", "COLUMNS": "200", "NO_COLOR": "1", **environment}.items():
            patch.setenv(name, value)

    @classmethod
    def for_world(cls, whole: World, patch: pytest.MonkeyPatch) -> Terminal:
        """One whose environment names the servers of a world."""
        return cls(
            patch,
            {
                "DATABASE_URL": whole.settings.database_url.get_secret_value(),
                "DUNLIN_TEMPORAL_ADDRESS": whole.settings.temporal_address,
            },
        )

    def say(self, name: str, value: str) -> None:
        """Set a variable of the environment."""
        self._patch.setenv(name, value)

    async def __call__(self, *arguments: str, typed: str = "") -> Shown:
        """Run one command; `typed` is its standard input. It has its own thread, because it runs its own event loop."""
        self._patch.setattr(sys, "stdin", io.StringIO(typed))
        out, error = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(error):
            status = await asyncio.to_thread(run, arguments)
        return Shown(status, out.getvalue(), error.getvalue())
