"""Finds where a person may be, from what a lender says of them. Asked before anything is written to Postgres."""

from __future__ import annotations

from domain.names import Channel
from domain.registration import ConsumerRegistration, ContactPointRegistration
from domain.whereabouts import NOTHING, Candidates, Located, Residence
from rulebook.places import Places
from runtime.telephones import countries_of_number, zones_of_countries, zones_of_number

_BY_TELEPHONE = frozenset({Channel.SMS, Channel.VOICE})


class Locator:
    """Knows places in detail where the rulebook has a file of the country, else by the time zone database."""

    def __init__(self, places: Places) -> None:
        self._places = places

    def locate(self, consumer: ConsumerRegistration) -> Located:
        """What each source of a registration says, apart from the zones that the lender declares."""
        residence = NOTHING if consumer.residence is None else self.of_residence(consumer.residence)
        points = {point.id: self.of_point(point) for point in consumer.identified_points if point.id is not None}
        return Located(residence, points)

    def of_residence(self, residence: Residence) -> Candidates:
        """Where an address may be."""
        places = self._places.get(residence.country)
        if places is not None:
            return places.candidates(residence)
        zones = zones_of_countries().get(residence.country, ())
        return Candidates(zones, (residence.subdivision or residence.country,))

    def of_point(self, point: ContactPointRegistration) -> Candidates:
        """Where a number may be. E-mail and postal addresses say nothing: a residence says it better."""
        if point.channel not in _BY_TELEPHONE:
            return NOTHING
        countries = countries_of_number(point.value)
        areas = [area for country in countries for area in self._areas(country, point.value)]
        return Candidates(zones_of_number(point.value), tuple(areas or countries))

    def _areas(self, country: str, number: str) -> tuple[str, ...]:
        places = self._places.get(country)
        return () if places is None else places.areas_of_number(number)
