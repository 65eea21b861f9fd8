"""Which law packs bind a contact with a person: those of the policy, and those of where the person may live."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from domain.compliance.model import RulePack
from domain.person import Person

NO_LAW_KNOWN = "default"
"""The pack for people whose place is unknown, or has a law that no pack of the policy is about."""


def packs_in_force(law: Mapping[str, RulePack], named: Sequence[RulePack], person: Person) -> tuple[RulePack, ...]:
    """The packs that a policy names, then the overlays of the person's place, then the house rules for unknown law.

    Overlays come only from the countries that the policy's packs are about, wherever the person may live in them, and
    that is everywhere while nothing is known of it. The house rules join where the person is known to live in none of
    these countries, or where nothing is known of the place at all. Packs only ever add to what is forbidden.
    """
    countries = {country for pack in named if pack.area is not None for country in pack.area.countries}
    if not countries:
        return tuple(named)
    joining = [pack for _, pack in sorted(law.items()) if _overlays(pack, countries, person)]
    is_abroad = bool(person.localities) and not any(place.country in countries for place in person.localities)
    if NO_LAW_KNOWN in law and (is_abroad or not person.is_placed):
        joining.append(law[NO_LAW_KNOWN])
    return (*named, *(pack for pack in joining if pack not in named))


def _overlays(pack: RulePack, countries: set[str], person: Person) -> bool:
    area = pack.area
    if area is None or not area.subdivisions or countries.isdisjoint(area.countries):
        return False
    return not person.localities or any(area.may_cover(place) for place in person.localities)
