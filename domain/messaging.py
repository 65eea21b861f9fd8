"""What a message to a borrower is made of: the facts that a template may use, and the texts that come out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from domain.compliance.model import DebtHelp
from domain.money import Money
from domain.names import Channel, Place


@dataclass(frozen=True, slots=True)
class CollectorIdentity:
    """Who is contacting, and where the borrower reaches them. `voice_name` is what a call calls them."""

    name: str
    voice_name: str
    creditor: str
    phone: str
    email: str
    postal_address: str
    pay_url: str
    dispute_url: str
    stop_url: str


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """What a message says of one account. `oldest_due` is None when nothing of it is unpaid."""

    account: str
    outstanding: Money
    past_due: Money
    oldest_due: date | None
    delinquent_days: int


@dataclass(frozen=True, slots=True)
class ValidationFacts:
    """What a validation notice says of the debt: 12 CFR 1006.34(c)(2)(vi) to (ix) and (c)(3).

    `amount` was owed on `as_of`; with what came to it and off it since, it is `owed`. `ends_on` is the last day on
    which the person can dispute in writing.
    """

    as_of: date
    amount: Money
    interest: Money
    fees: Money
    charges: Money
    paid_or_credited: Money
    owed: Money
    ends_on: date


@dataclass(frozen=True, slots=True)
class AgreedPayment:
    """One payment of what was agreed."""

    due: date
    amount: Money


@dataclass(frozen=True, slots=True)
class AgreedFacts:
    """What a message says of a promise, of a plan of instalments or of an accepted settlement.

    `payment` is still to be paid by `due`: it is number `number` of `count`. `payments` are all of them as agreed,
    `total` in sum; `forgiven` is what a settlement writes off once they are paid, and zero otherwise.
    """

    payment: Money
    due: date
    number: int
    count: int
    total: Money
    forgiven: Money
    payments: tuple[AgreedPayment, ...]


@dataclass(frozen=True, slots=True)
class OfferFacts:
    """What a message says of an offer to settle: who pays `amount` owes `forgiven` no more. `last_day` is included."""

    amount: Money
    forgiven: Money
    last_day: date


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """Everything that a template may use. Personal: made in the activity, it leaves the process only by the channel.

    `accounts` are all that the message is about; the fields above it are those of the first.
    """

    recipient_name: str
    account: str
    outstanding: Money
    past_due: Money
    oldest_due: date | None
    delinquent_days: int
    today: date
    payment: Money | None
    collector: CollectorIdentity
    debt_help: tuple[DebtHelp, ...]
    accounts: tuple[AccountFacts, ...]
    validation: ValidationFacts | None = None
    agreed: AgreedFacts | None = None
    offer: OfferFacts | None = None


@dataclass(frozen=True, slots=True)
class Rendered:
    """The texts of one message. `subject` and `html` are for e-mail only; for voice `text` is what is said."""

    channel: Channel
    locale: str
    text: str
    subject: str = ""
    html: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    """A contact point, with its value: personal data."""

    id: str
    channel: Channel
    place: Place
    value: str
