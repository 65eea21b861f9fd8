"""Where telephone numbers may be."""

from __future__ import annotations

import pytest

from runtime.telephones import countries_of_number, zones_of_countries, zones_of_number


@pytest.mark.parametrize(
    ("number", "zones", "countries"),
    [
        ("+16175550123", ("America/New_York",), ("US",)),
        ("+13105550123", ("America/Los_Angeles",), ("US",)),
        ("+14165550123", ("America/Toronto",), ("CA",)),
        ("+447400123456", ("Europe/London",), ("GB",)),
        ("+447700900123", ("Europe/London",), ("GB", "GG", "IM", "JE")),
        ("+8613800138000", ("Asia/Shanghai",), ("CN",)),
        ("+919812345678", ("Asia/Kolkata",), ("IN",)),
        ("+999123456", (), ()),
    ],
)
def test_a_number_has_the_zones_and_countries_of_its_prefix(
    number: str, zones: tuple[str, ...], countries: tuple[str, ...]
) -> None:
    assert zones_of_number(number) == zones
    assert countries_of_number(number) == countries


@pytest.mark.parametrize("number", ["+18005551234", "+15550100123"])
def test_a_number_without_an_area_may_be_wherever_its_calling_code_is(number: str) -> None:
    assert {"America/New_York", "America/Los_Angeles", "Pacific/Honolulu"} <= set(zones_of_number(number))
    assert {"US", "CA", "PR"} <= set(countries_of_number(number))


def test_a_country_has_every_zone_of_the_time_zone_database() -> None:
    assert zones_of_countries()["GB"] == ("Europe/London",)
    assert {"Europe/Madrid", "Atlantic/Canary"} <= set(zones_of_countries()["ES"])
