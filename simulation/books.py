"""The books of a life, kept anew from the lines of its journal: what was charged, what was paid, what was let go."""

from __future__ import annotations

from collections.abc import Iterable

from domain import events
from domain.events import Entry


def owed_by_journal(entries: Iterable[Entry]) -> int:
    """Charges less payments less discounts and credits, in minor units; negative where too much was paid."""
    owed = 0
    payments: dict[str, int] = {}
    for entry in entries:
        match entry.event:
            case events.CaseOpened(obligations=obligations):
                owed += sum(each.amount.minor for each in obligations)
            case (
                events.ObligationDue(amount=amount)
                | events.BalanceAdjusted(amount=amount)
                | events.InterestCharged(amount=amount)
                | events.LateFeeCharged(amount=amount)
            ):
                owed += amount.minor
            case events.PaymentReceived(id=payment, amount=amount):
                payments[payment] = amount.minor
            case events.PaymentReversed(payment=payment):
                del payments[payment]
            case events.SettlementCompleted(written_off=written_off):
                owed -= written_off.minor
            case events.SettlementLapsed(revived=revived):
                owed += 0 if revived is None else revived.minor
            case _:
                pass
    return owed - sum(payments.values())
