"""Values as senders write them in the JSON of a message."""

from __future__ import annotations

from domain.money import Money


def raw_money(amount: Money) -> dict[str, str]:
    """Such as {"amount": "250.00", "currency": "GBP"}."""
    return {"amount": str(amount.decimal), "currency": amount.currency}
