"""The names that policies, their parts and their texts have."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

SLUG_PATTERN = r"^[a-z][a-z0-9-]{0,47}$"

Slug = Annotated[str, StringConstraints(pattern=SLUG_PATTERN)]
