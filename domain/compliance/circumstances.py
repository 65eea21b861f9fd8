"""One question to the gate: the facts that stay the same while a lawful instant is sought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from domain.compliance.model import Consumer, ContactRequest, PastContact
from domain.localtime import zone_of

_QUARTER = timedelta(minutes=15)
ANYWHERE: tuple[tzinfo, ...] = tuple(timezone(quarters * _QUARTER) for quarters in range(-12 * 4, 14 * 4 + 1))
"""Every offset in use: where someone may be of whom nothing is known."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What rules have counted of one history so far, for instants from `since` on.

    By the identity of the rule's parameters, which are kept beside it, the debt and the zone; dates are ordinals.
    """

    history: Sequence[PastContact]
    since: datetime
    counted: dict[tuple[int, str], tuple[object, Sequence[PastContact]]] = field(default_factory=dict)
    dates: dict[tuple[int, str, tzinfo], tuple[object, Sequence[int]]] = field(default_factory=dict)


_newest = Tally((), datetime.max.replace(tzinfo=UTC))
"""Of the history that was asked about last. A planner asks many questions of one: each channel, hour after hour."""


def _tally_of(history: Sequence[PastContact], since: datetime) -> Tally:
    """The tally of an immutable history that was begun before; of any other a new one."""
    global _newest
    known = _newest
    if known.history is history and known.since <= since:
        return known
    tally = Tally(history, since)
    if type(history) is tuple:
        _newest = tally
    return tally


@dataclass(slots=True)
class Circumstances:
    """Contact, person and history, asked about from the instant `since` on."""

    contact: ContactRequest
    consumer: Consumer
    history: Sequence[PastContact]
    zones: tuple[tzinfo, ...]
    since: datetime
    tally: Tally
    shown_at: datetime | None = None
    shown: Sequence[datetime] = ()

    @classmethod
    def of(
        cls, contact: ContactRequest, consumer: Consumer, history: Sequence[PastContact], since: datetime
    ) -> Circumstances:
        zones = tuple(map(zone_of, consumer.zones)) or ANYWHERE
        return cls(contact, consumer, history, zones, since, _tally_of(history, since))

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
