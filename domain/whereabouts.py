"""Where a person may be: countries, states and zones, from an address or a telephone number.

Each source gives a set of candidates. One that says little widens what is possible, and none narrows another.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)

from domain.value import Value

_COUNTRY_CODES = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY "
    "BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK "
    "FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR "
    "IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK "
    "ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM "
    "PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF "
    "TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW"
)
_COUNTRIES = frozenset(_COUNTRY_CODES.split())
"""ISO 3166-1 alpha-2, in force 2026."""


def _known_country(code: str) -> str:
    if code not in _COUNTRIES:
        raise ValueError("not a country: use an ISO 3166-1 code of two capitals, such as CN, GB or US")
    return code


Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$"), AfterValidator(_known_country)]
Subdivision = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}-[A-Z0-9]{1,3}$")]
"""ISO 3166-2, such as US-MA: the country, a hyphen, the state or province."""

PostalCode = Annotated[
    str, StringConstraints(strip_whitespace=True, to_upper=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9 -]{1,11}$")
]
PostalRange = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{1,7}(-[A-Z0-9]{1,7})?$")]
"""What postal codes begin with: 100, or 100-104, which has both of its ends."""

_UNITED_STATES = "US"
_STATE_CODES = (
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH "
    "OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY AS GU MP PR UM VI"
)
_STATES = frozenset(_STATE_CODES.split())
_ZIP_CODE = re.compile(r"[0-9]{5}(-[0-9]{4})?")


class Residence(Value):
    """Where a person lives, as far as the law asks. Personal data: no error message repeats it."""

    model_config = ConfigDict(hide_input_in_errors=True)

    country: Country
    subdivision: Subdivision | None = Field(
        default=None, description="ISO 3166-2, such as US-MA; left out where it is not known."
    )
    postal_code: PostalCode | None = Field(default=None, repr=False, description="As the country writes it.")

    @field_validator("subdivision")
    @classmethod
    def _is_of_the_country(cls, subdivision: str | None, known: ValidationInfo) -> str | None:
        country = known.data.get("country")
        if subdivision is None or country is None:
            return subdivision
        if not subdivision.startswith(f"{country}-"):
            raise ValueError("must be of the country: its ISO 3166-1 code, a hyphen, the subdivision, such as US-MA")
        if country == _UNITED_STATES and subdivision[3:] not in _STATES:
            raise ValueError("not a state, district or territory of the United States: use a code such as US-MA")
        return subdivision

    @field_validator("postal_code")
    @classmethod
    def _is_a_code_of_the_country(cls, postal_code: str | None, known: ValidationInfo) -> str | None:
        is_zip_code = postal_code is None or _ZIP_CODE.fullmatch(postal_code)
        if known.data.get("country") == _UNITED_STATES and not is_zip_code:
            raise ValueError("not a ZIP code: write five digits, and the four of ZIP+4 after a hyphen")
        return postal_code


class Locality(Value):
    """One place where a person may live: a country or subdivision by its ISO 3166 code, and a postal code if known."""

    area: Country | Subdivision
    postal_code: str | None = Field(default=None, repr=False)

    @property
    def country(self) -> str:
        return self.area[:2]

    @property
    def is_subdivision(self) -> bool:
        return len(self.area) > 2


class Area(Value):
    """Where the rules of a pack hold: countries, or these subdivisions of them, or only these postal codes."""

    countries: tuple[Country, ...] = Field(min_length=1)
    subdivisions: tuple[Subdivision, ...] = Field(
        default=(), description="ISO 3166-2. With any, the pack joins those of the country for people who live there."
    )
    postal_codes: tuple[PostalRange, ...] = Field(
        default=(), description="What postal codes there begin with: 100, or 100-104 with both ends."
    )

    @model_validator(mode="after")
    def _is_of_its_countries(self) -> Self:
        for subdivision in self.subdivisions:
            if subdivision[:2] not in self.countries:
                raise ValueError(f"subdivision {subdivision} is in none of the countries: add its country")
        if self.postal_codes and not self.subdivisions:
            raise ValueError("postal codes need the subdivisions that they are in: add them")
        return self

    def may_cover(self, locality: Locality) -> bool:
        """Whether somebody who lives there may be inside: yes, unless something that is known says no."""
        if locality.country not in self.countries:
            return False
        if self.subdivisions and locality.is_subdivision and locality.area not in self.subdivisions:
            return False
        code = locality.postal_code
        return not self.postal_codes or code is None or any(begins_with(code, one) for one in self.postal_codes)


def begins_with(postal_code: str, prefixes: str) -> bool:
    """Whether a postal code begins with one of a range of prefixes, whose ends are equally long."""
    first, _, last = prefixes.partition("-")
    return first <= postal_code.replace(" ", "")[: len(first)] <= (last or first)


@dataclass(frozen=True, slots=True)
class Candidates:
    """What one source says: the zones that the person may be in, and the countries or subdivisions by ISO 3166 code.

    With none of either, the source says nothing.
    """

    zones: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()


NOTHING = Candidates()


@dataclass(frozen=True, slots=True)
class Located:
    """What the sources of one registration say: the residence, and each contact point by its id."""

    residence: Candidates
    points: Mapping[str, Candidates]


def candidate_zones(residence: Candidates, declared: Sequence[str], numbers: Sequence[Candidates]) -> tuple[str, ...]:
    """Every zone that a source names. Those of the source that names the fewest come first.

    Local times are shown in the first. Of sources that name as many, the residence comes before what the lender
    declared, and that before the numbers, in order of preference.
    """
    sources = [residence.zones, tuple(declared), *(number.zones for number in numbers)]
    precise_first = sorted(filter(None, sources), key=len)
    return tuple(dict.fromkeys(zone for zones in precise_first for zone in zones))


def localities_of(
    residence: Candidates, postal_code: str | None, numbers: Sequence[Candidates]
) -> tuple[Locality, ...]:
    """Where the person may live: by the residence, and where none is known, by the numbers. Empty: anywhere."""
    if residence.areas:
        return tuple(Locality(area=area, postal_code=postal_code) for area in residence.areas)
    areas = dict.fromkeys(area for number in numbers for area in number.areas)
    return tuple(Locality(area=area) for area in areas)
