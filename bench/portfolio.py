"""The accounts that are benchmarked: one obligation, one person, one e-mail address each."""

from __future__ import annotations

from datetime import date

from bench.treatment import CURRENCY, LOCALE, POLICY
from domain.money import Money
from domain.names import Channel, Place
from domain.registration import (
    AccountRegistration,
    ConsumerRegistration,
    ContactPointRegistration,
    LenderRegistration,
    ObligationRegistration,
)

ZONE = "Europe/London"
OWED = Money.parse("250.00", CURRENCY)

LENDER = LenderRegistration(
    id="bench",
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


def accounts(prefix: str, count: int, due: date) -> list[AccountRegistration]:
    """That many accounts, whose obligations are all due on one day."""
    return [_account(f"{prefix}-{number:05}", due) for number in range(count)]


def _account(number: str, due: date) -> AccountRegistration:
    point = ContactPointRegistration(channel=Channel.EMAIL, place=Place.EMAIL, value=f"{number}@borrowers.example.com")
    return AccountRegistration(
        lender=LENDER.id,
        account=number,
        consumer=ConsumerRegistration(
            id=f"p-{number}", full_name="Example Borrower", locale=LOCALE, zones=(ZONE,), contact_points=(point,)
        ),
        product="personal-loan",
        currency=CURRENCY,
        zone=ZONE,
        policy=POLICY,
        obligations=(ObligationRegistration(id="o-1", amount=OWED, due=due),),
    )
