"""What a lender's system says of itself and of an account, before a case can be opened. It comes from outside: hostile.

Personal data is kept out of representations and validation errors, which end up in logs.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, TypeAdapter, model_validator

from domain.currency import exponent_of
from domain.itemization import Itemization
from domain.money import Money, PositiveMoney
from domain.names import CalendarDate, Channel, Component, Id, Place
from domain.spoken_name import telling_word
from domain.value import Value
from domain.whereabouts import Residence

LenderId = Annotated[Id, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")]
"""A lender's id. It has no colon, because the case id is lender, colon, account."""

_CASE_ID: TypeAdapter[str] = TypeAdapter(Id)
_LINE_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_TEXT_CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")

_E164 = r"^\+[1-9][0-9]{6,14}$"
_EMAIL = r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}$"
EMAIL_LENGTH_MAX = 254


def case_id_of(lender: str, account: str) -> str:
    """The id of the case of an account."""
    return f"{lender}:{account}"


def _one_line(text: str) -> str:
    if _LINE_CONTROLS.search(text):
        raise ValueError("must be one line without control characters")
    return text


def _printable(text: str) -> str:
    if _TEXT_CONTROLS.search(text):
        raise ValueError("must not have control characters other than line breaks")
    return text


@lru_cache(maxsize=1024)
def _is_zone(name: str) -> bool:
    try:
        return ZoneInfo(name).key == name
    except (KeyError, ValueError, OSError):  # unknown, outside of the zone folder, or a folder such as America
        return False


def _known_zone(name: str) -> str:
    if not _is_zone(name):
        raise ValueError("not an IANA time zone: use a name such as Asia/Shanghai or America/New_York")
    return name


def _known_currency(code: str) -> str:
    exponent_of(code)
    return code


def _fit_to_be_heard(name: str) -> str:
    word = telling_word(name)
    if word is not None:
        raise ValueError(f'"{word}" tells whoever answers what the call is about: give a name that does not')
    return name


Zone = Annotated[str, StringConstraints(max_length=64), AfterValidator(_known_zone)]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$"), AfterValidator(_known_currency)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(_one_line)]
Text = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), AfterValidator(_printable)
]
Phone = Annotated[str, StringConstraints(pattern=_E164)]
Email = Annotated[str, StringConstraints(pattern=_EMAIL, max_length=EMAIL_LENGTH_MAX)]
WebAddress = Annotated[str, StringConstraints(pattern=r"^https?://[^\s<>\"'\\]{1,500}$")]


class Registration(Value):
    """A value whose content never shows in an error message."""

    model_config = ConfigDict(hide_input_in_errors=True)


class LenderRegistration(Registration):
    """Who collects, as every message must say it: a business, not a person."""

    id: LenderId
    name: Line
    creditor_name: Line
    phone: Phone
    email: Email
    postal_address: Text
    pay_url: WebAddress
    dispute_url: WebAddress
    stop_url: WebAddress
    voice_name: Annotated[Line, AfterValidator(_fit_to_be_heard)] | None = Field(
        default=None,
        description="What a call says you are called. It must not tell of debts or collection, since others may hear "
        "it (12 CFR 1006.2(j)). Left out: `name`; where that tells of it, no calls are made.",
    )

    @property
    def name_forbids_calls(self) -> bool:
        """Whether nobody is rung in this lender's name, until it gives one that others may hear."""
        return telling_word(self.voice_name or self.name) is not None


PLACES: dict[Channel, frozenset[Place]] = {
    Channel.SMS: frozenset({Place.MOBILE, Place.WORK}),
    Channel.VOICE: frozenset({Place.MOBILE, Place.HOME, Place.WORK}),
    Channel.EMAIL: frozenset({Place.EMAIL, Place.WORK}),
    Channel.LETTER: frozenset({Place.HOME, Place.WORK}),
}
"""Which kinds of place a channel can reach."""


class ContactPointRegistration(Registration):
    """A number or an address. Without an `id` it gets its channel and its place among the points of that channel."""

    id: Id | None = None
    channel: Channel
    place: Place
    value: Text = Field(repr=False, description="E.164 for sms and voice, such as +8613800138000.")

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if self.place not in PLACES[self.channel]:
            places = ", ".join(sorted(PLACES[self.channel]))
            raise ValueError(f"place of {self.channel} must be one of {places}")
        if self.channel in {Channel.SMS, Channel.VOICE} and not re.fullmatch(_E164, self.value):
            raise ValueError("value must be a telephone number in E.164: a plus, the country, the number, no spaces")
        if self.channel is Channel.EMAIL and not (
            len(self.value) <= EMAIL_LENGTH_MAX and re.fullmatch(_EMAIL, self.value)
        ):
            raise ValueError("value must be one e-mail address such as name@example.com")
        return self


class ConsumerRegistration(Registration):
    """The person who owes. One id is one person over all lenders: contact caps and opt-outs belong to the person."""

    id: Id
    full_name: Line = Field(repr=False)
    locale: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}-[A-Z]{2}$")]
    zones: tuple[Zone, ...] = Field(
        default=(),
        max_length=10,
        description="Every zone that you know the person may be in. The residence and the numbers add theirs.",
    )
    residence: Residence | None = Field(
        default=None,
        description="Where the person lives: it decides which state's and city's law joins. Left out: as known before.",
    )
    contact_points: tuple[ContactPointRegistration, ...] = Field(
        default=(), max_length=20, description="In order of preference."
    )

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        ids = [point.id for point in self.identified_points]
        if len(set(ids)) != len(ids):
            raise ValueError("contact_points: two have the same id; points without one are called sms-1, sms-2, ...")
        return self

    @property
    def identified_points(self) -> tuple[ContactPointRegistration, ...]:
        """The contact points, each with an id."""
        count: dict[Channel, int] = {}
        identified = []
        for point in self.contact_points:
            count[point.channel] = count.get(point.channel, 0) + 1
            given = {"id": point.id or f"{point.channel}-{count[point.channel]}"}
            identified.append(point.model_copy(update=given))
        return tuple(identified)


class ObligationRegistration(Registration):
    """What fell or falls due on one day when the case opens. Later ones come as `obligation_due` messages."""

    id: Id
    amount: PositiveMoney
    due: CalendarDate
    component: Component = Component.PRINCIPAL


class AccountRegistration(Registration):
    """One account, the person who owes it, and what is owed."""

    lender: LenderId
    account: Id
    consumer: ConsumerRegistration
    product: Id
    currency: Currency
    zone: Zone = Field(description="Whose calendar the account lives by.")
    policy: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,47}$")]
    policy_version: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="Left out: the newest published version on the day when the case opens."
    )
    obligations: tuple[ObligationRegistration, ...] = Field(min_length=1, max_length=1000)
    itemization: Itemization | None = Field(
        default=None,
        description="For accounts in default when they come: what the obligations consist of, as a validation notice "
        "says it. It must add up to them.",
    )

    @property
    def case_id(self) -> str:
        return case_id_of(self.lender, self.account)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        try:
            _CASE_ID.validate_python(self.case_id)
        except ValueError:
            raise ValueError(
                "lender and account make the case id: together at most 79 characters, and not like a card number"
            ) from None
        others = sorted(
            {obligation.id for obligation in self.obligations if obligation.amount.currency != self.currency}
        )
        if others:
            raise ValueError(f"obligations must be in {self.currency}, the account's currency: {', '.join(others)}")
        ids = [obligation.id for obligation in self.obligations]
        if len(set(ids)) != len(ids):
            raise ValueError("obligations: two have the same id")
        owed = Money.total((obligation.amount for obligation in self.obligations), self.currency)
        itemization = self.itemization
        if itemization is not None and (itemization.amount.currency != self.currency or itemization.total != owed):
            raise ValueError("itemization: does not add up to the obligations, in the account's currency")
        return self
