"""Double-entry: what each journal entry moved between the accounts of a case. Chart of accounts: docs/money.md.

The postings of an entry are the difference of two views of the state, before and after it. So the ledger says what
the state says at every entry, whatever the entry is, events of later releases included.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from domain.balance import balance_of, money_of
from domain.events import Entry, Message, PolicyRef
from domain.evolve import evolve
from domain.money import Money
from domain.names import Component
from domain.state import CaseState, CreditKind


class LedgerAccount(StrEnum):
    """The accounts of a case's ledger, a closed list. Debits are positive, credits negative; all together are zero."""

    PRINCIPAL_RECEIVABLE = "principal_receivable"
    INTEREST_RECEIVABLE = "interest_receivable"
    FEE_RECEIVABLE = "fee_receivable"
    PAYMENTS = "payments"
    ADJUSTMENTS = "adjustments"
    SETTLEMENT_DISCOUNT = "settlement_discount"
    WRITE_OFF = "write_off"
    OBLIGATIONS = "obligations"
    INTEREST = "interest"
    CHARGES = "charges"
    CREDIT = "credit"


RECEIVABLES: Mapping[Component, LedgerAccount] = {
    Component.PRINCIPAL: LedgerAccount.PRINCIPAL_RECEIVABLE,
    Component.INTEREST: LedgerAccount.INTEREST_RECEIVABLE,
    Component.FEE: LedgerAccount.FEE_RECEIVABLE,
}

_OWED_FOR: Mapping[Component, LedgerAccount] = {
    Component.PRINCIPAL: LedgerAccount.OBLIGATIONS,
    Component.INTEREST: LedgerAccount.INTEREST,
    Component.FEE: LedgerAccount.CHARGES,
}

_REDUCED_BY: Mapping[CreditKind, LedgerAccount] = {
    CreditKind.ADJUSTMENT: LedgerAccount.ADJUSTMENTS,
    CreditKind.SETTLEMENT_DISCOUNT: LedgerAccount.SETTLEMENT_DISCOUNT,
    CreditKind.WRITE_OFF: LedgerAccount.WRITE_OFF,
}


@dataclass(frozen=True, slots=True)
class Posting:
    """A movement on one account: a debit if the amount is positive, else a credit. Never zero."""

    account: LedgerAccount
    amount: Money


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """What one journal line moved: two postings or more, that add up to zero."""

    sequence: int
    at: datetime
    kind: str
    message_id: str | None
    postings: tuple[Posting, ...]

    @property
    def moved(self) -> Balances:
        """The movement on each account, in minor units."""
        return {posting.account: posting.amount.minor for posting in self.postings}


Balances = Mapping[LedgerAccount, int]
"""Minor units on each account that is not empty."""

WaterfallOf = Callable[[PolicyRef], Sequence[Component]]
"""The waterfall of the policy that a case is pinned to."""


def balances_of(state: CaseState, waterfall: Sequence[Component]) -> Balances:
    """The ledger of a state: what stands on each account, in minor units of the case's currency."""
    balance = balance_of(state, waterfall, date.max)
    sums = dict.fromkeys(LedgerAccount, 0)
    for allocation in balance.allocations:
        component = allocation.obligation.component
        sums[_OWED_FOR[component]] -= allocation.obligation.amount.minor
        sums[RECEIVABLES[component]] += allocation.remaining.minor
    for payment in state.payments:
        sums[LedgerAccount.PAYMENTS] += 0 if payment.reversed_because is not None else payment.amount.minor
    for credit in state.credits:
        sums[_REDUCED_BY[credit.kind]] += credit.amount.minor
    sums[LedgerAccount.CREDIT] -= balance.credit.minor
    return {account: minor for account, minor in sums.items() if minor}


def added(held: Balances, moved: Balances) -> Balances:
    """What stands on the accounts after a movement."""
    sums = {account: held.get(account, 0) + moved.get(account, 0) for account in LedgerAccount}
    return {account: minor for account, minor in sums.items() if minor}


def postings_between(before: CaseState | None, after: CaseState, waterfall_of: WaterfallOf) -> tuple[Posting, ...]:
    """What has to be posted to get from the ledger of one state to that of another; nothing when no money moved."""
    if before is not None and _inputs(before) == _inputs(after):
        return ()
    held = {} if before is None else balances_of(before, waterfall_of(before.policy))
    holds = balances_of(after, waterfall_of(after.policy))
    moved = added(holds, {account: -minor for account, minor in held.items()})
    return tuple(Posting(account, Money(minor, after.currency)) for account, minor in moved.items())


def ledger_entries(
    before: CaseState | None, entries: Sequence[Entry], journal_length: int, waterfall_of: WaterfallOf
) -> tuple[LedgerEntry, ...]:
    """What each of these journal entries moved, where they follow `journal_length` lines. Some move nothing."""
    made: list[LedgerEntry] = []
    for sequence, entry in enumerate(entries, start=journal_length + 1):
        after = evolve(before, entry)
        postings = postings_between(before, after, waterfall_of)
        if postings:
            message_id = entry.event.id if isinstance(entry.event, Message) else None
            made.append(LedgerEntry(sequence, entry.at, entry.event.kind, message_id, postings))
        before = after
    return tuple(made)


def _inputs(state: CaseState) -> tuple[object, ...]:
    """Everything that a state's ledger is worked out from."""
    return *money_of(state), state.policy
