"""The form of locales in a policy."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

LOCALE_PATTERN = r"^[a-z]{2}-[A-Z]{2}$"

Locale = Annotated[str, StringConstraints(pattern=LOCALE_PATTERN)]
