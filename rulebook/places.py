"""What an address or an area code says of zones and states, in countries with several: data in `places/`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from pydantic import Field

from domain.registration import Zone
from domain.value import Value
from domain.whereabouts import Candidates, Country, PostalRange, Residence, Subdivision, begins_with
from rulebook.problems import Problem
from rulebook.validation import Read, read_all


class ZonesByPostalCode(Value):
    """Postal codes that lie in these zones whole."""

    postal_codes: tuple[PostalRange, ...] = Field(min_length=1)
    zones: tuple[Zone, ...] = Field(min_length=1)


class SubdivisionPlaces(Value):
    """A state or province. `telephone_prefixes` are those whose numbers belong to it."""

    code: Subdivision
    title: str
    zones: tuple[Zone, ...] = Field(min_length=1, description="Every zone in it.")
    postal_codes: tuple[PostalRange, ...] = ()
    zones_by_postal_code: tuple[ZonesByPostalCode, ...] = ()
    telephone_prefixes: tuple[str, ...] = ()

    def has(self, postal_code: str | None) -> bool:
        return postal_code is not None and any(begins_with(postal_code, one) for one in self.postal_codes)

    def zones_at(self, postal_code: str | None) -> tuple[str, ...]:
        """The zones that a postal code may be in; all of the subdivision's, where the code says no more."""
        for group in self.zones_by_postal_code:
            if postal_code is not None and any(begins_with(postal_code, one) for one in group.postal_codes):
                return group.zones
        return self.zones


class CountryPlaces(Value):
    """A country with several zones, or with law that differs between its parts."""

    country: Country
    version: str = Field(description="Date of the last review, as YYYY-MM-DD.")
    zones: tuple[Zone, ...] = Field(min_length=1, description="Every zone in it, for an address that says no more.")
    subdivisions: tuple[SubdivisionPlaces, ...] = ()

    def candidates(self, residence: Residence) -> Candidates:
        """Where an address may be. Where its subdivision and its postal code disagree, in either."""
        code = residence.postal_code
        found = [one for one in self.subdivisions if one.code == residence.subdivision or one.has(code)]
        if not found:
            return Candidates(self.zones, (residence.subdivision or residence.country,))
        zones = dict.fromkeys(zone for one in found for zone in one.zones_at(code))
        return Candidates(tuple(zones), tuple(one.code for one in found))

    def areas_of_number(self, number: str) -> tuple[str, ...]:
        """The subdivisions that a telephone number in E.164 belongs to; none where its prefix is no area's."""
        return tuple(
            one.code for one in self.subdivisions if any(number.startswith(prefix) for prefix in one.telephone_prefixes)
        )


Places = Mapping[str, CountryPlaces]
"""By country."""


def read_places(root: Path) -> tuple[Places, list[Problem]]:
    """The files of `places/`, by country, and what is wrong with them."""
    reads, problems = read_all(sorted((root / "places").glob("*.yaml")), CountryPlaces)
    problems += [found for read in reads for found in _problems(read)]
    return MappingProxyType({read.content.country: read.content for read in reads}), problems


def _problems(read: Read[CountryPlaces]) -> Iterator[Problem]:
    places, document = read.content, read.document
    if places.country.lower() != document.path.stem:
        text = f"is {places.country}, but the file is {document.path.name}; rename it {places.country.lower()}.yaml"
        yield document.problem(("country",), text)
    for at, one in enumerate(places.subdivisions):
        if not one.code.startswith(f"{places.country}-"):
            yield document.problem(("subdivisions", at, "code"), f"{one.code} is of another country; move it")
