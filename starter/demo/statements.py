"""What of an account's balance is unpaid since when: derived from its bills and payments. Explained: docs/demo.md."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from starter.demo.sample import CardAccount

MONTHS_LATE_MAX = 2
"""An account further behind enters as two months behind, so that the demonstration shows its whole way."""


@dataclass(frozen=True, slots=True)
class UnpaidStatement:
    """A part of the balance that fell due `months_ago` months ago, 1 being the newest, in whole New Taiwan dollars."""

    months_ago: int
    amount: int


def charges(account: CardAccount) -> tuple[int, ...]:
    """What each month added to the balance, newest first; the last is what the oldest bill brought forward.

    A bill is the bill before it, less what was paid in between, plus new charges: so the charges of a month are
    bill - bill before + payment. They add up to the newest bill plus all payments since the oldest.
    """
    new = tuple(
        bill - before + paid for (bill, before), paid in zip(pairwise(account.bills), account.payments, strict=False)
    )
    return (*new, account.bills[-1])


def unpaid_statements(account: CardAccount) -> tuple[UnpaidStatement, ...]:
    """The newest bill split by when its parts fell due, oldest first. The parts add up to the bill exactly.

    Payments settle the oldest charges first, so what is unpaid are the newest charges: they are taken back in time
    until they make up the bill. A month without charges, or with a credit, has no part of its own. How far the account
    is behind says the data's repayment status: parts from before then belong to the oldest month that is unpaid, and
    the oldest part is that late even where the bill consists of newer charges alone. Raises ValueError when nothing is
    owed.
    """
    if not account.is_delinquent:
        raise ValueError(f"account {account.number} is not past due: draw delinquent accounts only")
    months_late = min(account.months_late[0], MONTHS_LATE_MAX)
    by_month: dict[int, int] = {}
    remaining = account.bills[0]
    for months_ago, charged in enumerate(charges(account), start=1):
        part = min(max(charged, 0), remaining)
        remaining -= part
        if part:
            month = min(months_ago, months_late)
            by_month[month] = by_month.get(month, 0) + part
    by_month[months_late] = by_month.pop(max(by_month))
    return tuple(UnpaidStatement(month, amount) for month, amount in sorted(by_month.items(), reverse=True))
