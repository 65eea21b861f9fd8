"""What a lender's books and Dunlin's can disagree about."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.money import Money


class Finding(StrEnum):
    """How an account differs. The lender's file names the accounts that it holds for open."""

    MISSING = "missing"
    """The lender has it open, and no case was ever opened for it."""
    ENDED = "ended"
    """The lender has it open, and its case is closed."""
    EXTRA = "extra"
    """Its case is open, and the lender does not name it."""
    OTHER_CURRENCY = "other_currency"
    OTHER_BALANCE = "other_balance"
    NOT_RUNNING = "not_running"
    """Its case is open, and no workflow runs for it."""


@dataclass(frozen=True, slots=True)
class LenderBalance:
    """What a lender holds to be outstanding on an open account; negative where the borrower has a credit."""

    account: str
    outstanding: Money


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One account about which the books differ. `ours` is outstanding less credit; None where there is no case."""

    account: str
    finding: Finding
    lenders: Money | None
    ours: Money | None


def finding_of(lenders: Money | None, ours: Money | None, *, is_open: bool) -> Finding | None:
    """How an account differs, or None where the books agree. `ours` is None where no case was ever opened."""
    if lenders is None:
        return Finding.EXTRA if is_open else None
    if ours is None:
        return Finding.MISSING
    if not is_open:
        return Finding.ENDED
    if lenders.currency != ours.currency:
        return Finding.OTHER_CURRENCY
    return None if lenders == ours else Finding.OTHER_BALANCE
