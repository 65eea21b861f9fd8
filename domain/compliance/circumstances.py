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
    """Contact, person and history, with local dates as ordinals, worked out once a zone."""

    contact: ContactRequest
    consumer: Consumer
    history: Sequence[PastContact]
    zones: tuple[tzinfo, ...]
    _dates: dict[tzinfo, list[int]] = field(default_factory=dict)
    _counted: dict[tuple[int, tzinfo], list[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, contact: ContactRequest, consumer: Consumer, history: Sequence[PastContact]) -> Circumstances:
        return cls(contact, consumer, history, tuple(map(zone_of, consumer.zones)) or ANYWHERE)

    def dates_in(self, zone: tzinfo) -> list[int]:
        """The local date of each past contact, as a proleptic ordinal."""
        dates = self._dates.get(zone)
        if dates is None:
            dates = self._dates[zone] = [past.at.astimezone(zone).toordinal() for past in self.history]
        return dates

    def dates_today(self, at: datetime) -> tuple[int, int]:
        """The first and the last of the local dates at an instant, as proleptic ordinals."""
        dates = [at.astimezone(zone).toordinal() for zone in self.zones]
        return min(dates), max(dates)

    def remembered(self, key: tuple[int, tzinfo]) -> list[int] | None:
        """What `remember` was given for a rule's parameters (by identity) and a zone."""
        return self._counted.get(key)

    def remember(self, key: tuple[int, tzinfo], dates: list[int]) -> list[int]:
        self._counted[key] = dates
        return dates
