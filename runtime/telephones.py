"""Where a telephone number may be, by the prefixes in Google's libphonenumber. A mobile may be anywhere else."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberType
from phonenumbers.timezone import UNKNOWN_TIMEZONE, time_zones_for_geographical_number

_OF_A_PLACE = frozenset({PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})
_NOT_A_COUNTRY = "001"
"""The region of numbers that belong to the whole world, such as satellite telephones."""


def zones_of_number(number: str) -> tuple[str, ...]:
    """The IANA zones that a number in E.164 may be in: several for toll-free numbers; none where nothing is known.

    Numbers that are not in use, such as those kept for films, have the zones of their prefix.
    """
    parsed = _parsed(number)
    if parsed is None:
        return ()
    zones = time_zones_for_geographical_number(parsed)
    return tuple(dict.fromkeys(_links().get(zone, zone) for zone in zones if zone != UNKNOWN_TIMEZONE))


def countries_of_number(number: str) -> tuple[str, ...]:
    """The countries by ISO 3166-1 that a number in E.164 may be of: all with its calling code, unless it says more."""
    parsed = _parsed(number)
    if parsed is None:
        return ()
    region = phonenumbers.region_code_for_number(parsed)
    if region is not None and phonenumbers.number_type(parsed) in _OF_A_PLACE:
        return (region,)
    assert parsed.country_code is not None, "a number in E.164 has a calling code"
    sharing = phonenumbers.region_codes_for_country_code(parsed.country_code)
    return tuple(country for country in sharing if country != _NOT_A_COUNTRY)


def _parsed(number: str) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(number)
    except NumberParseException:
        return None


@cache
def zones_of_countries() -> dict[str, tuple[str, ...]]:
    """Every IANA zone of each country, from the time zone database's own table."""
    zones: dict[str, tuple[str, ...]] = {}
    for line in _table("zone.tab"):
        country, _, zone = line.split("\t")[:3]
        zones[country] = (*zones.get(country, ()), zone)
    return zones


@cache
def _links() -> dict[str, str]:
    """Zones that are other names of one zone, such as Asia/Calcutta of Asia/Kolkata: two would be asked about twice."""
    links = (line.split() for line in _table("tzdata.zi") if line.startswith("L "))
    return {name: zone for _, zone, name in links}


def _table(name: str) -> list[str]:
    text = (files("tzdata") / "zoneinfo" / name).read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
