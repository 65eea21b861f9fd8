"""One thing that comes due on a case by itself. `domain.follow_ups` has all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.compliance.model import RulePack
from domain.events import AnyEvent
from domain.policy import Policy
from domain.state import CaseState


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What is journaled at the business instant `at`, or when the case is next looked at; `reason` says it in words."""

    at: datetime
    reason: str
    events: tuple[AnyEvent, ...]


Follow = Callable[[CaseState, Policy, Sequence[RulePack], datetime], Iterable[FollowUp]]
"""What comes due on a case, as seen at a business instant."""
