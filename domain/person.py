"""The person behind a case: what contact may use and what the law counts, over all of their accounts."""

from __future__ import annotations

from domain.compliance.model import Consumer, PastContact
from domain.names import Channel, Place
from domain.value import Value
from domain.whereabouts import Locality


class UsablePoint(Value):
    """A contact point that is believed to work. Its value stays in the database."""

    id: str
    channel: Channel
    place: Place


class Person(Value):
    """Facts of the consumer, loaded together with the case. `points` are in order of preference.

    `localities` are the places where they may live; empty where nothing is known of it.
    """

    consumer: Consumer
    points: tuple[UsablePoint, ...] = ()
    history: tuple[PastContact, ...] = ()
    localities: tuple[Locality, ...] = ()

    @property
    def is_placed(self) -> bool:
        """Whether anything is known of where the person is."""
        return bool(self.localities or self.consumer.zones)

    def point_for(self, channel: Channel) -> UsablePoint | None:
        """The preferred usable contact point of a channel."""
        return next((point for point in self.points if point.channel is channel), None)
