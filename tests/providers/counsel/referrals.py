"""A referred account to make documents of."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from domain.events import ReversalReason
from domain.money import Money
from domain.names import Channel, Component, Direction, Outcome
from providers.counsel.model import ContactLine, CreditLine, ObligationLine, Party, PaymentLine, Statement

AS_OF = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
PLACES = {"en-GB": ("GBP", "Europe/London"), "en-US": ("USD", "America/New_York"), "zh-CN": ("CNY", "Asia/Shanghai")}


def a_statement(locale: str = "en-GB", **changes: Any) -> Statement:
    """Charged 3,762.00; paid 1,550.50 and 400.00 that bounced; credited 50.00; outstanding 2,161.50."""
    currency, zone = PLACES[locale]

    def money(amount: str) -> Money:
        return Money.parse(amount, currency)

    obligation, principal = ObligationLine, Component.PRINCIPAL
    facts: dict[str, Any] = {
        "referral": "ref-0001",
        "case_id": "example:A-1001",
        "account": "A-1001",
        "locale": locale,
        "zone": zone,
        "as_of": AS_OF,
        "currency": currency,
        "creditor": Party("Example Bank plc", ("1 Example Street", "London EX1 1EX")),
        "collector": Party("Example Recoveries Ltd", ("2 Example Street",)),
        "debtor": Party("Example Borrower", ("10 Sample Road", "Sampletown")),
        "counsel": Party("Example Solicitors LLP"),
        "obligations": (
            obligation("due-06", date(2026, 6, 1), principal, money("1250.00"), money("1250.00")),
            obligation("due-07", date(2026, 7, 1), principal, money("1250.00"), money("350.50")),
            obligation("late-fee", date(2026, 7, 15), Component.FEE, money("12.00"), money("0.00")),
            obligation("due-08", date(2026, 8, 1), Component.INTEREST, money("1250.00"), money("0.00")),
        ),
        "payments": (
            PaymentLine("pay-1", date(2026, 6, 5), money("1250.00")),
            PaymentLine("pay-2", date(2026, 7, 9), money("400.00"), ReversalReason.BOUNCED),
            PaymentLine("pay-3", date(2026, 7, 20), money("300.50")),
        ),
        "credits": (CreditLine("goodwill-1", date(2026, 8, 2), money("50.00")),),
        "contacts": tuple(
            ContactLine(
                f"contact-{number}",
                datetime(2026, 7, 2, 9, tzinfo=UTC) + timedelta(days=number),
                list(Channel)[number % len(Channel)],
                list(Outcome)[number % len(Outcome)],
                list(Direction)[number % len(Direction)],
            )
            for number in range(60)
        ),
    }
    return Statement(**(facts | changes))
