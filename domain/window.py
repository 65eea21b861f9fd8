"""The local times of day within which contacts are planned."""

from __future__ import annotations

from datetime import time
from typing import Self

from pydantic import model_validator

from domain.value import Value


class Window(Value):
    """Local times of day `[start, end)` within which a contact is planned. The law may narrow it, never widen it."""

    start: time
    end: time

    @model_validator(mode="after")
    def _starts_before_it_ends(self) -> Self:
        if self.start >= self.end:
            raise ValueError("a window's start must be earlier than its end on the same day")
        return self
