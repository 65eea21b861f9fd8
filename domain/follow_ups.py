"""What comes due on a case by itself, beside its treatment: charges, lapsed offers, time limits, work for people.

Each follow-up derives from the state what it would journal next, and when. Once that is journaled it derives something
later or nothing, so that nothing is journaled twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.compliance.model import RulePack
from domain.events import AnyOccurrence
from domain.policy import Policy
from domain.state import CaseState


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What is journaled at the business instant `at`, or when the case is next looked at; `reason` says it in words."""

    at: datetime
    reason: str
    events: tuple[AnyOccurrence, ...]


Follow = Callable[[CaseState, Policy, Sequence[RulePack], datetime], Iterable[FollowUp]]
"""What comes due on a case, as seen at a business instant."""

FOLLOWS: tuple[Follow, ...] = ()


def next_follow_up(state: CaseState, policy: Policy, packs: Sequence[RulePack], now: datetime) -> FollowUp | None:
    """The earliest of all; of those of one instant, the first in the order of FOLLOWS."""
    return min(
        (due for follow in FOLLOWS for due in follow(state, policy, packs, now)), key=lambda due: due.at, default=None
    )
