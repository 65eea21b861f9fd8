"""What one rule says of a contact at one instant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Allowed:
    """The rule has no objection at this instant. `requires` is what the contact must carry then."""

    requires: str | None = None


@dataclass(frozen=True, slots=True)
class DeferredUntil:
    """The rule objects at every instant before `until`, which is later than the one asked about. `because` in words."""

    until: datetime
    because: str


@dataclass(frozen=True, slots=True)
class Forbidden:
    """The rule objects, and time alone won't change that. `because` names the fact, in words."""

    because: str


Ruling = Allowed | DeferredUntil | Forbidden

ALLOWED = Allowed()
