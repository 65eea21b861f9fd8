"""One question to the gate: the facts that stay the same while a lawful instant is sought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone, tzinfo

from domain.compliance.model import Consumer, ContactRequest, PastContact
from domain.localtime import zone_of

_QUARTER = timedelta(minutes=15)
ANYWHERE: tuple[tzinfo, ...] = tuple(timezone(quarters * _QUARTER) for quarters in range(-12 * 4, 14 * 4 + 1))
"""Every offset in use: where someone may be of whom nothing is known."""


@dataclass(slots=True)
class Circumstances:
    """Contact, person and history, asked about from the instant `since` on.

    What rules count is worked out once for all instants, by the identity of the rule's parameters; local dates are
    proleptic ordinals.
    """

    contact: ContactRequest
    consumer: Consumer
    history: Sequence[PastContact]
    zones: tuple[tzinfo, ...]
    since: datetime
    counted: dict[int, Sequence[PastContact]] = field(default_factory=dict)
    counted_dates: dict[tuple[int, tzinfo], Sequence[int]] = field(default_factory=dict)
    shown_at: datetime | None = None
    shown: Sequence[datetime] = ()

    @classmethod
    def of(
        cls, contact: ContactRequest, consumer: Consumer, history: Sequence[PastContact], since: datetime
    ) -> Circumstances:
        return cls(contact, consumer, history, tuple(map(zone_of, consumer.zones)) or ANYWHERE, since)

    def clocks_at(self, at: datetime) -> Sequence[datetime]:
        """What the clocks of the zones show at an instant, in their order. Each rule asks about the same instants."""
        if at is not self.shown_at:
            self.shown_at = at
            self.shown = [at.astimezone(zone) for zone in self.zones]
        return self.shown

    def dates_at(self, at: datetime) -> tuple[int, int]:
        """The first and the last of the local dates at an instant."""
        dates = [clock.toordinal() for clock in self.clocks_at(at)]
        return min(dates), max(dates)
