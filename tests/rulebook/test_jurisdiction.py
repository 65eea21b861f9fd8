"""Which packs bind a contact: the policy's, and those of the place where the person may live."""

from __future__ import annotations

import pytest

from domain.compliance.model import Consumer
from domain.person import Person
from domain.whereabouts import Locality
from rulebook.jurisdiction import packs_in_force
from rulebook.load import Rulebook

OVERLAYS = ("us-dc", "us-ma", "us-nv", "us-nyc", "us-wa")


def person(*areas: str, postal_code: str | None = None, zones: tuple[str, ...] = ("America/New_York",)) -> Person:
    localities = tuple(Locality(area=area, postal_code=postal_code) for area in areas)
    return Person(consumer=Consumer(zones=zones), localities=localities)


def in_force(book: Rulebook, named: tuple[str, ...], who: Person) -> tuple[str, ...]:
    return tuple(pack.id for pack in packs_in_force(book.law, book.packs(named), who))


@pytest.mark.parametrize(
    ("areas", "postal_code", "joining"),
    [
        (("US-MA",), None, ("us-ma",)),
        (("US-MA",), "02116", ("us-ma",)),
        (("US-TX",), "78701", ()),
        (("US-NY",), "10027", ("us-nyc",)),
        (("US-NY",), "12207", ()),
        (("US-NY",), None, ("us-nyc",)),
        (("US-MA", "US-WA"), None, ("us-ma", "us-wa")),
        (("US",), None, OVERLAYS),
        (("US", "CA"), None, OVERLAYS),
        ((), None, OVERLAYS),
        (("PR",), None, ()),
        (("CA",), None, ("default",)),
    ],
)
def test_the_place_adds_its_law_to_the_policys(
    shipped: Rulebook, areas: tuple[str, ...], postal_code: str | None, joining: tuple[str, ...]
) -> None:
    assert in_force(shipped, ("us-federal",), person(*areas, postal_code=postal_code)) == ("us-federal", *joining)


def test_a_pack_that_the_policy_names_is_not_added_again(shipped: Rulebook) -> None:
    assert in_force(shipped, ("us-federal", "us-ma"), person("US-MA")) == ("us-federal", "us-ma")
    assert in_force(shipped, ("uk", "default"), person("FR")) == ("uk", "default")


def test_law_of_another_country_than_the_policys_joins_as_house_rules_only(shipped: Rulebook) -> None:
    assert in_force(shipped, ("uk",), person("US-MA")) == ("uk", "default")
    assert in_force(shipped, ("uk",), person("GB-SCT")) == ("uk",)
    assert in_force(shipped, ("eu",), person("FR")) == ("eu",)
    assert in_force(shipped, ("uk",), person("GB", "IM")) == ("uk",)


def test_a_person_of_whom_no_place_is_known_has_the_house_rules_too(shipped: Rulebook) -> None:
    assert in_force(shipped, ("uk",), person(zones=())) == ("uk", "default")
    assert in_force(shipped, ("uk",), person(zones=("Europe/London",))) == ("uk",)


def test_the_house_rules_alone_are_joined_by_nothing(shipped: Rulebook) -> None:
    assert in_force(shipped, ("default",), person("US-MA")) == ("default",)
