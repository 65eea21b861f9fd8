"""What counsel needs to know of a referred account. Personal: made in the activity, it leaves only to counsel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from domain.events import ReversalReason
from domain.money import Money
from domain.names import Channel, Component, Direction, Outcome, RecallReason


@dataclass(frozen=True, slots=True)
class Party:
    """A person or firm: name, then address and whatever else identifies or reaches them, line by line."""

    name: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ObligationLine:
    """What fell due on one day, and how much of it payments and credits have settled."""

    id: str
    due: date
    component: Component
    amount: Money
    settled: Money

    @property
    def outstanding(self) -> Money:
        return self.amount - self.settled


@dataclass(frozen=True, slots=True)
class PaymentLine:
    """A payment. One that was reversed does not count."""

    id: str
    on: date
    amount: Money
    reversed_because: ReversalReason | None = None


@dataclass(frozen=True, slots=True)
class CreditLine:
    """A reduction of the balance that is not a payment."""

    id: str
    on: date
    amount: Money


@dataclass(frozen=True, slots=True)
class ContactLine:
    """One contact or attempt, at an aware instant. `id` is the contact's, as the journal has it."""

    id: str
    at: datetime
    channel: Channel
    outcome: Outcome
    direction: Direction = Direction.OUTBOUND


class StatementDoesNotAddUp(ValueError):
    """The allocation contradicts what was paid and credited. Nothing may go to a court on such figures."""

    def __init__(self, referral: str, why: str) -> None:
        super().__init__(f"statement of referral {referral} does not add up: {why}")


@dataclass(frozen=True, slots=True)
class Statement:
    """The account and its contact history as of an aware instant, read in the calendar of `zone` (IANA).

    Raises StatementDoesNotAddUp, or CurrencyMismatch when amounts are not all in `currency`.
    """

    referral: str
    case_id: str
    account: str
    locale: str
    zone: str
    as_of: datetime
    currency: str
    creditor: Party
    collector: Party
    debtor: Party
    counsel: Party
    obligations: tuple[ObligationLine, ...]
    payments: tuple[PaymentLine, ...] = ()
    credits: tuple[CreditLine, ...] = ()
    contacts: tuple[ContactLine, ...] = ()

    def __post_init__(self) -> None:
        for line in self.obligations:
            if line.settled.minor < 0 or line.outstanding.minor < 0:
                raise StatementDoesNotAddUp(self.referral, f"obligation {line.id} is settled beyond its amount")
        if self.overpaid.minor < 0:
            raise StatementDoesNotAddUp(self.referral, "more is settled than was paid and credited")

    @property
    def charged(self) -> Money:
        return Money.total((line.amount for line in self.obligations), self.currency)

    @property
    def paid(self) -> Money:
        counted = (line.amount for line in self.payments if line.reversed_because is None)
        return Money.total(counted, self.currency)

    @property
    def credited(self) -> Money:
        return Money.total((line.amount for line in self.credits), self.currency)

    @property
    def settled(self) -> Money:
        return Money.total((line.settled for line in self.obligations), self.currency)

    @property
    def outstanding(self) -> Money:
        return self.charged - self.settled

    @property
    def overpaid(self) -> Money:
        """What was paid or credited and has settled nothing: charged - paid - credited + overpaid = outstanding."""
        return self.paid + self.credited - self.settled


@dataclass(frozen=True, slots=True)
class RecallNotice:
    """Counsel is to stop, and why. `on` is the day in the account's calendar."""

    referral: str
    account: str
    locale: str
    on: date
    because: RecallReason
    collector: Party
    counsel: Party
