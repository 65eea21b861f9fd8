"""What one rule says of a contact at one instant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Allowed:
    """The rule has no objection at this instant. `requires` is what the contact must carry then.

    `for_good`: nor at any later one, as long as the same parameters are in force.
    """

    requires: str | None = None
    for_good: bool = False


@dataclass(frozen=True, slots=True)
class DeferredUntil:
    """The rule objects at every instant before `until`, which is later than the one asked about. `because` in words.

    As long as the same parameters are in force, it has no objection from then on with `for_good`, or at least at that
    very instant with `is_exact`.
    """

    until: datetime
    because: str
    for_good: bool = False
    is_exact: bool = False


@dataclass(frozen=True, slots=True)
class Forbidden:
    """The rule objects, and time alone won't change that. `because` names the fact, in words."""

    because: str


Ruling = Allowed | DeferredUntil | Forbidden

ALLOWED = Allowed()
ALLOWED_FOR_GOOD = Allowed(for_good=True)
