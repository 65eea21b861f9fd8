"""Where a person may be: each source widens what is possible, and the most precise one is shown first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.whereabouts import (
    NOTHING,
    Area,
    Candidates,
    Locality,
    Residence,
    begins_with,
    candidate_zones,
    localities_of,
)

NEW_YORK, CHICAGO, DENVER, LOS_ANGELES = "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"

zones = st.lists(st.sampled_from([NEW_YORK, CHICAGO, DENVER, LOS_ANGELES]), unique=True, max_size=3).map(tuple)
candidates = zones.map(lambda found: Candidates(zones=found))
CITY = Area(countries=("US",), subdivisions=("US-NY",), postal_codes=("100-104", "11004-11005"))
STATE = Area(countries=("US",), subdivisions=("US-MA",))


@given(candidates, zones, st.lists(candidates, max_size=3))
def test_no_source_narrows_what_another_one_says(
    residence: Candidates, declared: tuple[str, ...], numbers: list[Candidates]
) -> None:
    found = candidate_zones(residence, declared, numbers)

    assert set(found) == {*residence.zones, *declared, *(zone for number in numbers for zone in number.zones)}
    assert len(found) == len(set(found))


def test_the_first_zone_is_of_the_source_that_names_the_fewest() -> None:
    anywhere = Candidates(zones=(NEW_YORK, CHICAGO, DENVER))

    assert candidate_zones(anywhere, (), [Candidates(zones=(LOS_ANGELES,))])[0] == LOS_ANGELES
    assert candidate_zones(Candidates(zones=(DENVER,)), (NEW_YORK,), [])[0] == DENVER
    assert candidate_zones(NOTHING, (NEW_YORK,), [Candidates(zones=(DENVER,))]) == (NEW_YORK, DENVER)


def test_numbers_place_a_person_only_where_no_residence_is_known() -> None:
    number = Candidates(areas=("US-MA",))
    home = Candidates(areas=("US-TX",))

    assert localities_of(home, "78701", [number]) == (Locality(area="US-TX", postal_code="78701"),)
    assert localities_of(NOTHING, None, [number, number]) == (Locality(area="US-MA"),)
    assert localities_of(NOTHING, None, [NOTHING]) == ()


@pytest.mark.parametrize(
    ("area", "locality", "covered"),
    [
        (STATE, Locality(area="US-MA"), True),
        (STATE, Locality(area="US-TX"), False),
        (STATE, Locality(area="US"), True),
        (STATE, Locality(area="CA"), False),
        (CITY, Locality(area="US-NY"), True),
        (CITY, Locality(area="US-NY", postal_code="10027"), True),
        (CITY, Locality(area="US-NY", postal_code="10027-1234"), True),
        (CITY, Locality(area="US-NY", postal_code="11005"), True),
        (CITY, Locality(area="US-NY", postal_code="12207"), False),
        (CITY, Locality(area="US-NJ", postal_code="07302"), False),
        (CITY, Locality(area="US", postal_code="10027"), True),
        (Area(countries=("GB",)), Locality(area="GB-SCT"), True),
    ],
)
def test_an_area_covers_whoever_is_not_known_to_be_outside(area: Area, locality: Locality, covered: bool) -> None:
    assert area.may_cover(locality) is covered


@pytest.mark.parametrize(("code", "within"), [("EH1 1AA", True), ("EH9 9ZZ", True), ("G1 1AA", False), ("E", False)])
def test_postal_codes_are_compared_as_they_begin(code: str, within: bool) -> None:
    assert begins_with(code, "EH") is within


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"country": "us"}, "country"),
        ({"country": "XX"}, "country"),
        ({"country": "UK"}, "country"),
        ({"country": "US", "subdivision": "MA"}, "subdivision"),
        ({"country": "US", "subdivision": "US-MX"}, "subdivision"),
        ({"country": "US", "subdivision": "CA-ON"}, "subdivision"),
        ({"country": "US", "postal_code": "2116"}, "postal_code"),
        ({"country": "US", "postal_code": "EH1 1AA"}, "postal_code"),
        ({"country": "GB", "postal_code": "?"}, "postal_code"),
        ({"subdivision": "US-MA"}, "country"),
    ],
)
def test_a_residence_that_cannot_be_is_refused_by_its_field(wrong: dict[str, str], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Residence.model_validate(wrong)

    assert [error["loc"] for error in refused.value.errors()] == [(field,)]
    assert not any(value in str(refused.value) for key, value in wrong.items() if key == "postal_code")


@pytest.mark.parametrize(
    "wrong",
    [
        {"countries": []},
        {"countries": ["US"], "subdivisions": ["CA-ON"]},
        {"countries": ["US"], "postal_codes": ["100"]},
    ],
)
def test_an_area_that_contradicts_itself_is_refused(wrong: dict[str, list[str]]) -> None:
    with pytest.raises(ValidationError):
        Area.model_validate(wrong)
