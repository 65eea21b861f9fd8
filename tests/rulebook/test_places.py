"""The tables of places agree with the libraries that know zones and area codes, and widen what they can't tell."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pytest
from phonenumbers import parse
from phonenumbers.geodata import GEOCODE_DATA
from phonenumbers.timezone import time_zones_for_geographical_number

from domain.localtime import zone_of
from domain.whereabouts import Residence
from rulebook.load import Rulebook
from rulebook.places import CountryPlaces, SubdivisionPlaces, read_places

STATES_OF_THE_NUMBERING_PLAN = {"District of Columbia": "Washington D.C.", "Washington": "Washington State"}
MOMENTS = ("2026-01-15", "2026-07-15")


@pytest.fixture(scope="module")
def us(shipped: Rulebook) -> CountryPlaces:
    return shipped.places["US"]


def candidates(places: CountryPlaces, **address: str) -> tuple[set[str], set[str]]:
    found = places.candidates(Residence(country=places.country, **address))
    return set(found.zones), set(found.areas)


def _offsets(zone: str) -> tuple[object, ...]:
    return tuple(datetime.fromisoformat(day).replace(tzinfo=zone_of(zone)).utcoffset() for day in MOMENTS)


def test_a_state_and_a_postal_code_each_place_a_person(us: CountryPlaces) -> None:
    assert candidates(us, subdivision="US-MA") == ({"America/New_York"}, {"US-MA"})
    assert candidates(us, postal_code="02116") == ({"America/New_York"}, {"US-MA"})
    assert candidates(us, postal_code="89501-0001") == ({"America/Los_Angeles"}, {"US-NV"})


def test_a_postal_code_says_which_zone_of_a_state(us: CountryPlaces) -> None:
    both = {"America/New_York", "America/Chicago"}

    assert candidates(us, subdivision="US-FL") == (both, {"US-FL"})
    assert candidates(us, subdivision="US-FL", postal_code="33101") == ({"America/New_York"}, {"US-FL"})
    assert candidates(us, subdivision="US-FL", postal_code="32501") == ({"America/Chicago"}, {"US-FL"})
    assert candidates(us, subdivision="US-FL", postal_code="32401") == (both, {"US-FL"})


def test_an_address_that_contradicts_itself_may_be_in_either_place(us: CountryPlaces) -> None:
    zones = {"America/New_York", "America/Los_Angeles"}
    assert candidates(us, subdivision="US-CA", postal_code="02116") == (zones, {"US-MA", "US-CA"})


@pytest.mark.parametrize("address", [{}, {"postal_code": "09001"}])
def test_an_address_that_names_no_state_may_be_in_any(us: CountryPlaces, address: dict[str, str]) -> None:
    assert candidates(us, **address) == (set(us.zones), {"US"})


def test_only_xinjiang_has_a_second_clock_in_china(shipped: Rulebook) -> None:
    china = shipped.places["CN"]

    assert candidates(china, postal_code="200000")[0] == {"Asia/Shanghai"}
    assert candidates(china, subdivision="CN-XJ")[0] == {"Asia/Shanghai", "Asia/Urumqi"}
    assert candidates(china)[0] == {"Asia/Shanghai", "Asia/Urumqi"}


def test_every_prefix_and_code_belongs_to_one_place(us: CountryPlaces) -> None:
    prefixes = [prefix for one in us.subdivisions for prefix in one.telephone_prefixes]
    assert len(prefixes) == len(set(prefixes))
    shared = {
        f"{code:03}" for code in range(1000) if len([one for one in us.subdivisions if one.has(f"{code:03}")]) > 1
    }
    assert shared == {"063", "969"}, "Fishers Island has a code of Connecticut; the Pacific islands share theirs"


def test_area_codes_are_of_the_state_that_the_numbering_plan_has(us: CountryPlaces) -> None:
    known: dict[str, set[str]] = {}
    for prefix, texts in GEOCODE_DATA.items():
        if prefix.startswith("1") and len(prefix) == 4:
            known.setdefault(texts.get("en", ""), set()).add(f"+{prefix}")
    for state in us.subdivisions:
        expected = known.get(STATES_OF_THE_NUMBERING_PLAN.get(state.title, state.title), set())
        cities = {code for text, codes in known.items() if text.endswith(f", {state.code[3:]}") for code in codes}
        assert expected | cities <= set(state.telephone_prefixes)


def test_the_zones_of_a_state_include_those_of_its_area_codes(us: CountryPlaces) -> None:
    for state in us.subdivisions:
        for prefix in state.telephone_prefixes:
            there = time_zones_for_geographical_number(parse(f"{prefix}5550123"))
            assert {_offsets(zone) for zone in there} <= {_offsets(zone) for zone in state.zones}, prefix


def test_zones_by_postal_code_are_of_the_state_and_its_codes(us: CountryPlaces) -> None:
    for state in us.subdivisions:
        for group in state.zones_by_postal_code:
            assert set(group.zones) < set(state.zones)
            for one in group.postal_codes:
                assert all(state.has(code) for code in re.findall(r"[0-9]{3}", one)), (state.code, one)


def test_a_file_of_another_country_is_refused(tmp_path: Path) -> None:
    (tmp_path / "places").mkdir()
    (tmp_path / "places" / "us.yaml").write_text(
        'country: CA\nversion: "2026-11-23"\nzones: [America/Toronto]\n'
        "subdivisions:\n  - {code: US-MA, title: Massachusetts, zones: [America/New_York]}\n"
    )

    _, problems = read_places(tmp_path)

    assert [problem.field for problem in problems] == ["country", "subdivisions[0].code"]


def test_a_subdivision_without_postal_codes_has_none() -> None:
    assert not SubdivisionPlaces(code="US-MA", title="Massachusetts", zones=("America/New_York",)).has("02116")
