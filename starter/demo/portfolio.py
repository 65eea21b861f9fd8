"""The demonstration's lender and accounts. What is owed is real; who owes it, and how they are reached, is invented."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.money import Money
from domain.names import Channel, Place
from domain.registration import (
    AccountRegistration,
    ConsumerRegistration,
    ContactPointRegistration,
    LenderRegistration,
    ObligationRegistration,
)
from starter.demo.sample import CardAccount
from starter.demo.statements import unpaid_statements

LENDER = "demo-bank"
POLICY = "demo-credit-card"
CURRENCY = "TWD"
ZONE = "Asia/Taipei"
LOCALE = "en-GB"

STATEMENT_PERIOD = timedelta(days=30)
DAYS_LATE_MIN = 5
DAYS_LATE_SPREAD = 26
"""The newest unpaid statement fell due 5 to 30 days before the account is handed over, the one before it 35 to 60."""

HANDED_OVER_WITHIN = timedelta(days=30)
"""The lender hands its accounts over one after the other, as lenders do, and not all in one instant."""

_FIRST_PHONE = 61855500000
PHONES = 1000
"""+61 8 5550 0000 to 0999 are reserved by Australia's ACMA for drama: they ring nobody. Taiwan has no such numbers; the
clocks of these, of western and central Australia, are at most two and a half hours ahead of Taiwan's."""


def lender() -> LenderRegistration:
    """Who collects. The telephone number is reserved for drama, the domain for documentation (RFC 2606)."""
    return LenderRegistration(
        id=LENDER,
        name="Dunlin Demonstration Collections",
        creditor_name="Example Card Bank",
        phone="+442079460000",
        email="collections@example.com",
        postal_address="1 Example Street, Exampletown",
        pay_url="https://pay.example.com",
        dispute_url="https://dispute.example.com",
        stop_url="https://stop.example.com",
        voice_name="Dunlin Demonstration",
    )


@dataclass(frozen=True, slots=True)
class Handover:
    """One account, and the business instant at which the lender hands it over."""

    at: datetime
    account: CardAccount
    registration: AccountRegistration


def handovers(accounts: Sequence[CardAccount], opening: datetime) -> list[Handover]:
    """The accounts as a lender hands them over, in their order, from the opening on.

    Raises ValueError for more accounts than there are telephone numbers that ring nobody.
    """
    if len(accounts) > PHONES:
        raise ValueError(f"only {PHONES} telephone numbers are reserved for drama: take at most as many accounts")
    timed = sorted((opening + _handed_over_after(account), account.number, account) for account in accounts)
    return [
        Handover(at, account, _registration(account, _FIRST_PHONE + place, at.astimezone(ZoneInfo(ZONE)).date()))
        for place, (at, _, account) in enumerate(timed)
    ]


def _handed_over_after(account: CardAccount) -> timedelta:
    """Spread by the account's number, but the less late sooner: their way to the policy's end is the longest."""
    latest = min(HANDED_OVER_WITHIN, timedelta(days=_days_late(account) - DAYS_LATE_MIN))
    return latest * (account.number * 7919 % 1009) / 1009


def _days_late(account: CardAccount) -> int:
    oldest = max(statement.months_ago for statement in unpaid_statements(account))
    return _newest_days_late(account) + STATEMENT_PERIOD.days * (oldest - 1)


def _newest_days_late(account: CardAccount) -> int:
    return DAYS_LATE_MIN + account.number % DAYS_LATE_SPREAD


def _obligations(account: CardAccount, day: date) -> tuple[ObligationRegistration, ...]:
    """The account's unpaid statements, oldest first, as they stand on a day."""
    newest_due = day - timedelta(days=_newest_days_late(account))
    return tuple(
        ObligationRegistration(
            id=f"statement-{statement.months_ago}",
            amount=Money.parse(str(statement.amount), CURRENCY),
            due=newest_due - STATEMENT_PERIOD * (statement.months_ago - 1),
        )
        for statement in unpaid_statements(account)
    )


def _registration(account: CardAccount, phone: int, day: date) -> AccountRegistration:
    return AccountRegistration(
        lender=LENDER,
        account=f"card-{account.number}",
        consumer=ConsumerRegistration(
            id=f"holder-{account.number}",
            full_name=f"Account holder {account.number}",
            locale=LOCALE,
            zones=(ZONE,),
            contact_points=_contact_points(account.number, f"+{phone}"),
        ),
        product="credit-card",
        currency=CURRENCY,
        zone=ZONE,
        policy=POLICY,
        obligations=_obligations(account, day),
    )


def _contact_points(number: int, phone: str) -> tuple[ContactPointRegistration, ...]:
    """One person in eight has no telephone, one has no e-mail: their contacts fall back to another channel."""
    points = []
    if number % 8 != 0:
        points.append(ContactPointRegistration(channel=Channel.SMS, place=Place.MOBILE, value=phone))
        points.append(ContactPointRegistration(channel=Channel.VOICE, place=Place.MOBILE, value=phone))
    if number % 8 != 1:
        address = f"holder-{number}@example.com"
        points.append(ContactPointRegistration(channel=Channel.EMAIL, place=Place.EMAIL, value=address))
    postal = f"{number} Example Road, Exampletown"
    points.append(ContactPointRegistration(channel=Channel.LETTER, place=Place.HOME, value=postal))
    return tuple(points)
