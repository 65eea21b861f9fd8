"""The accounts of a run. Most people have one, some have more at two lenders; no two share an address or a number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from domain.money import Money
from domain.names import Channel, Place
from domain.policy import Policy
from domain.registration import (
    AccountRegistration,
    ConsumerRegistration,
    ContactPointRegistration,
    LenderRegistration,
    ObligationRegistration,
)
from rulebook.load import Rulebook

LENDER = LenderRegistration(
    id="chaos",
    name="Example Collections",
    creditor_name="Example Bank",
    phone="+442079460000",
    email="help@lender.example",
    postal_address="1 Example Street\nLondon",
    pay_url="https://lender.example/pay",
    dispute_url="https://lender.example/dispute",
    stop_url="https://lender.example/stop",
    voice_name="Example Services",
)


OTHER_LENDER = LENDER.model_copy(
    update={"id": "chaos-too", "name": "Second Example Collections", "creditor_name": "Second Example Bank"}
)
LENDERS = (LENDER, OTHER_LENDER)


@dataclass(frozen=True, slots=True)
class Home:
    """Where accounts live. Numbers are `prefix` and `digits` more, all of them reserved for fiction."""

    policy: str
    locale: str
    zone: str
    prefix: str
    digits: int
    law: tuple[str, ...] = ()
    """Law that joins there, besides the policy's own."""


HOMES = (
    Home("uk-personal-loan", "en-GB", "Europe/London", "+447700900", 3),
    Home("us-credit-card", "en-US", "America/New_York", "+121255501", 2, ("us-nyc",)),
    Home("us-credit-card", "en-US", "America/New_York", "+161755501", 2, ("us-ma",)),
    Home("us-credit-card", "en-US", "America/New_York", "+120255501", 2, ("us-dc",)),
    Home("us-credit-card", "en-US", "America/Los_Angeles", "+120655501", 2, ("us-wa",)),
)
_SHARES = (12, 2, 2, 2, 2)
_WITHOUT_MAIL = 0.35


@dataclass(frozen=True, slots=True)
class Account:
    """A registration, where it lives, and the policy that treats it."""

    registration: AccountRegistration
    home: Home
    policy: Policy

    @property
    def case_id(self) -> str:
        return f"{self.registration.lender}:{self.registration.account}"

    @property
    def person(self) -> str:
        return self.registration.consumer.id

    @property
    def owed(self) -> Money:
        return self.registration.obligations[0].amount

    @property
    def email(self) -> str:
        return _value(self.registration, Channel.EMAIL)

    @property
    def number(self) -> str:
        return _value(self.registration, Channel.SMS)


def make_account(
    random: Random, index: int, rulebook: Rulebook, today: date, sibling: Account | None = None
) -> Account:
    """The account of that index. Its first contact is due at once, or within a day or two.

    With a sibling it is another one of that person, at the same lender or the other one.
    """
    home = random.choices(HOMES, _SHARES)[0] if sibling is None else sibling.home
    policy = rulebook.latest_published(home.policy)
    step = random.choice([step for step in policy.steps if step.day < (policy.referral.day if policy.referral else 90)])
    late_days = step.day + (policy.grace_days if step.day > 0 else 0) + random.choice((0, 0, 0, 1, -1))
    due = today - timedelta(days=late_days) if sibling is None else sibling.registration.obligations[0].due
    owed = Money(random.randrange(60_00, 900_00), policy.currency)
    number = f"A-{index:04}"
    mail = {Channel.EMAIL: f"{number.lower()}@borrowers.example.com"}
    values = mail
    if index < 10**home.digits:
        phone = f"{home.prefix}{index:0{home.digits}}"
        by_phone = {Channel.SMS: phone, Channel.VOICE: phone}
        values = by_phone if random.random() < _WITHOUT_MAIL else mail | by_phone
    registration = AccountRegistration(
        lender=LENDER.id if sibling is None else random.choice(LENDERS).id,
        account=number,
        consumer=sibling.registration.consumer
        if sibling is not None
        else ConsumerRegistration(
            id=f"P-{number}",
            full_name="Example Borrower",
            locale=home.locale,
            zones=(home.zone,),
            contact_points=tuple(
                ContactPointRegistration(
                    channel=channel, place=Place.EMAIL if channel is Channel.EMAIL else Place.MOBILE, value=value
                )
                for channel, value in values.items()
            ),
        ),
        product="personal-loan",
        currency=policy.currency,
        zone=home.zone,
        policy=policy.id,
        obligations=(ObligationRegistration(id="o-1", amount=owed, due=due),),
    )
    return Account(registration, home, policy)


def _value(registration: AccountRegistration, channel: Channel) -> str:
    return next((point.value for point in registration.consumer.contact_points if point.channel is channel), "")
