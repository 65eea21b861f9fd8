"""From a registration to where the person may be, by each source."""

from __future__ import annotations

import pytest

from domain.names import Channel, Place
from domain.registration import ConsumerRegistration, ContactPointRegistration
from domain.whereabouts import NOTHING, Residence
from rulebook.load import Rulebook
from starter.whereabouts import Locator


@pytest.fixture
def locator() -> Locator:
    return Locator(Rulebook.load().places)


def phone(number: str) -> ContactPointRegistration:
    return ContactPointRegistration(id="sms-1", channel=Channel.SMS, place=Place.MOBILE, value=number)


@pytest.mark.parametrize(
    ("number", "areas"),
    [
        ("+16175550123", ("US-MA",)),
        ("+17185550123", ("US-NY",)),
        ("+16045550123", ("CA",)),
        ("+447400123456", ("GB",)),
    ],
)
def test_an_area_code_names_the_state(locator: Locator, number: str, areas: tuple[str, ...]) -> None:
    assert locator.of_point(phone(number)).areas == areas


def test_a_number_without_an_area_may_be_in_any_country_of_its_calling_code(locator: Locator) -> None:
    assert {"US", "CA", "PR"} <= set(locator.of_point(phone("+18005551234")).areas)


def test_e_mail_and_postal_addresses_say_nothing(locator: Locator) -> None:
    point = ContactPointRegistration(channel=Channel.EMAIL, place=Place.EMAIL, value="person@example.com")
    assert locator.of_point(point) == NOTHING


def test_a_country_without_a_table_has_the_zones_of_the_time_zone_database(locator: Locator) -> None:
    found = locator.of_residence(Residence(country="FR", subdivision="FR-IDF"))
    assert (found.zones, found.areas) == (("Europe/Paris",), ("FR-IDF",))


def test_each_source_of_a_registration_is_kept_apart(locator: Locator) -> None:
    consumer = ConsumerRegistration(
        id="P-1",
        full_name="Example Person",
        locale="en-US",
        zones=("America/Denver",),
        residence=Residence(country="US", subdivision="US-MA", postal_code="02116"),
        contact_points=(phone("+13105550123").model_copy(update={"id": None}),),
    )

    located = locator.locate(consumer)

    assert located.residence.zones == ("America/New_York",)
    assert {id: found.zones for id, found in located.points.items()} == {"sms-1": ("America/Los_Angeles",)}
    assert locator.locate(consumer.model_copy(update={"residence": None})).residence == NOTHING
