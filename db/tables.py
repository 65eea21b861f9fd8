"""The tables, as SQLModel classes: the one description that migrations are checked against.

Personal data is only in `consumer`, `contact_point` and `reply`. Amounts are whole minor units in bigint. Instants are
business time unless their name ends in `_real`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Identity,
    Index,
    MetaData,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy import Column as SqlColumn
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlmodel import Field, SQLModel

from domain.events import WorkKind, WorkOutcome
from domain.journal import GENESIS
from domain.ledger import LedgerAccount
from domain.names import Channel, CloseReason, Component, Direction, HoldKind, Outcome, Place, ReferralStatus
from domain.state import CaseStatus, PromiseStatus

METADATA: MetaData = SQLModel.metadata
METADATA.naming_convention = {
    "pk": "%(table_name)s_pkey",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "ck": "%(table_name)s_%(constraint_name)s_check",
    "ix": "%(table_name)s_%(column_0_N_name)s_idx",
}


class ClaimStatus(StrEnum):
    """How far an outbound contact got. `claimed` with no receipt after a crash is asked about, then `unknown`."""

    CLAIMED = "claimed"
    SENT = "sent"
    FAILED = "failed"
    RETRYABLE = "retryable"
    UNKNOWN = "unknown"


class WorkStatus(StrEnum):
    """Whether a work item still waits for a person."""

    OPEN = "open"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"


REGISTERED = "registered"
"""The status of a case whose account is known, before it was opened."""


def _default(expression: str) -> dict[str, Any]:
    return {"server_default": text(expression)}


def _text(**more: Any) -> Any:
    return Field(sa_type=Text, **more)


def _texts(column: str) -> Any:
    """A list that is empty where nothing is known."""
    return Field(sa_column=SqlColumn(column, ARRAY(Text), nullable=False, server_default=text("'{}'")))


def _instant(**more: Any) -> Any:
    return Field(sa_type=TIMESTAMP(timezone=True), **more)


def _minor_units(**more: Any) -> Any:
    return Field(sa_type=BigInteger, **more)


def _one_of(column: str, allowed: Iterable[str]) -> CheckConstraint:
    values = ", ".join(f"'{value}'" for value in allowed)
    return CheckConstraint(f"{column} IN ({values})", name=column)


def _currency() -> CheckConstraint:
    return CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency")


def _references(table: str, *columns: str, keys: tuple[str, ...]) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(columns, [f"{table}.{key}" for key in keys])


def _of_case() -> ForeignKeyConstraint:
    return _references("collection_case", "case_id", keys=("id",))


class Lender(SQLModel, table=True):
    """Who collects, as every message says it. A business, not a person."""

    __tablename__ = "lender"

    id: str = _text(primary_key=True)
    name: str = _text()
    creditor_name: str = _text()
    phone: str = _text()
    email: str = _text()
    postal_address: str = _text()
    pay_url: str = _text()
    dispute_url: str = _text()
    stop_url: str = _text()
    voice_name: str | None = _text(nullable=True)
    """What a call calls the business. None: the name."""


class Consumer(SQLModel, table=True):
    """The person who owes: personal data. Its row is the lock for everything that counts per person."""

    __tablename__ = "consumer"

    id: str = _text(primary_key=True)
    full_name: str = _text(repr=False)
    locale: str = _text()
    zones: list[str] = Field(sa_column=SqlColumn("zones", ARRAY(Text), nullable=False))
    """Those that the lender declared. Where the person may be is worked out from all sources whenever it is asked."""
    residence_country: str | None = _text(default=None)
    residence_subdivision: str | None = _text(default=None)
    residence_postal_code: str | None = _text(default=None, repr=False)
    residence_zones: list[str] = _texts("residence_zones")
    residence_areas: list[str] = _texts("residence_areas")
    refused_places: list[str] = _texts("refused_places")
    inconvenient_times: list[dict[str, str]] = Field(sa_type=JSONB, sa_column_kwargs=_default("'[]'"))


class ContactPoint(SQLModel, table=True):
    """A number or an address of a person: personal data. `id` is opaque and unique within the person."""

    __tablename__ = "contact_point"
    __table_args__ = (
        _references("consumer", "consumer_id", keys=("id",)),
        _one_of("channel", Channel),
        _one_of("place", Place),
        CheckConstraint("preference >= 0", name="preference"),
        Index(None, "value"),
    )

    consumer_id: str = _text(primary_key=True)
    id: str = _text(primary_key=True)
    channel: str = _text()
    place: str = _text()
    value: str = _text(repr=False)
    usable: bool = Field(sa_column_kwargs=_default("true"))
    preference: int = Field()
    zones: list[str] = _texts("zones")
    areas: list[str] = _texts("areas")


class Consent(SQLModel, table=True):
    """Each word of a person on a channel. A trigger refuses to change or remove one; the newest by `said_at` counts."""

    __tablename__ = "consent"
    __table_args__ = (
        _references("consumer", "consumer_id", keys=("id",)),
        _one_of("channel", Channel),
        Index(None, "consumer_id", "channel", "said_at"),
    )

    id: int | None = Field(default=None, sa_column=SqlColumn("id", BigInteger, Identity(always=True), primary_key=True))
    consumer_id: str = _text()
    channel: str = _text()
    consented: bool
    at: datetime = _instant()
    given_how: str = _text()
    given_on: date | None = Field(default=None)
    said_at: datetime = _instant()


class Account(SQLModel, table=True):
    """An account as its lender registered it."""

    __tablename__ = "account"
    __table_args__ = (
        _references("lender", "lender_id", keys=("id",)),
        _references("consumer", "consumer_id", keys=("id",)),
        _currency(),
    )

    lender_id: str = _text(primary_key=True)
    id: str = _text(primary_key=True)
    consumer_id: str = _text()
    product: str = _text()
    currency: str = _text()
    zone: str = _text()
    policy_id: str = _text()
    policy_version: int | None = Field(default=None)
    itemization: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    registered_at_real: datetime = _instant(sa_column_kwargs=_default("now()"))


class CollectionCase(SQLModel, table=True):
    """One case: its state under a sequence number, the head of its journal, and what lists and reports read."""

    __tablename__ = "collection_case"
    __table_args__ = (
        _references("account", "lender_id", "account_id", keys=("lender_id", "id")),
        _references("consumer", "consumer_id", keys=("id",)),
        UniqueConstraint("lender_id", "account_id"),
        _one_of("status", (REGISTERED, *CaseStatus)),
        _one_of("referral_status", ReferralStatus),
        _one_of("close_reason", CloseReason),
        _currency(),
        CheckConstraint("sequence >= 0 AND journal_length >= 0", name="counts"),
        CheckConstraint(
            f"(state IS NULL) = (sequence = 0) AND (status = '{REGISTERED}') = (sequence = 0)", name="opened"
        ),
        CheckConstraint("outstanding_minor >= 0 AND past_due_minor >= 0 AND credit_minor >= 0", name="amounts"),
        CheckConstraint("past_due_minor <= outstanding_minor", name="past_due"),
        CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL)", name="closed"),
        Index(None, "status", "stage"),
        Index(None, "consumer_id", "lender_id"),
        {"postgresql_with": {"fillfactor": "70"}},  # updated all the time: room for versions on the same page
    )

    id: str = _text(primary_key=True)
    lender_id: str = _text()
    account_id: str = _text()
    consumer_id: str = _text()
    sequence: int = _minor_units(sa_column_kwargs=_default("0"))
    state: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    journal_length: int = _minor_units(sa_column_kwargs=_default("0"))
    journal_hash: str = _text(sa_column_kwargs=_default(f"'{GENESIS}'"))
    status: str = _text(sa_column_kwargs=_default(f"'{REGISTERED}'"))
    stage: str | None = _text(default=None)
    currency: str = _text()
    outstanding_minor: int = _minor_units(sa_column_kwargs=_default("0"))
    past_due_minor: int = _minor_units(sa_column_kwargs=_default("0"))
    credit_minor: int = _minor_units(sa_column_kwargs=_default("0"))
    oldest_due: date | None = Field(default=None)
    holds: list[str] = Field(sa_column=SqlColumn("holds", ARRAY(Text), nullable=False, server_default=text("'{}'")))
    promise_due: date | None = Field(default=None)
    next_action_at: datetime | None = _instant(default=None)
    next_action: str | None = _text(default=None)
    referral_status: str | None = _text(default=None)
    policy_id: str | None = _text(default=None)
    policy_version: int | None = Field(default=None)
    opened_at: datetime | None = _instant(default=None)
    updated_at: datetime | None = _instant(default=None)
    closed_at: datetime | None = _instant(default=None)
    close_reason: str | None = _text(default=None)


class Obligation(SQLModel, table=True):
    """What was owed when the account was registered: the case opens with it. Later ones are in the case's state."""

    __tablename__ = "obligation"
    __table_args__ = (
        _of_case(),
        _one_of("component", Component),
        _currency(),
        CheckConstraint("amount_minor > 0", name="amount"),
    )

    case_id: str = _text(primary_key=True)
    id: str = _text(primary_key=True)
    amount_minor: int = _minor_units()
    currency: str = _text()
    due: date
    component: str = _text()


class Inbox(SQLModel, table=True):
    """A message that was accepted, before it is applied: what a contact looks at last before it leaves."""

    __tablename__ = "inbox"
    __table_args__ = (_of_case(),)

    case_id: str = _text(primary_key=True)
    message_id: str = _text(primary_key=True)
    kind: str = _text()
    payload: dict[str, Any] = Field(sa_type=JSONB)
    accepted_at_real: datetime = _instant(sa_column_kwargs=_default("clock_timestamp()"))
    applied_at: datetime | None = _instant(default=None)
    passed_on_from: str | None = _text(default=None)


class Contact(SQLModel, table=True):
    """A contact: the claim that is made before sending and its receipt, or a call that an agent or the person made.

    `debts` are all cases that it was about; NULL: its own alone; empty: it is not known which.
    """

    __tablename__ = "contact"
    __table_args__ = (
        _of_case(),
        _references("consumer", "consumer_id", keys=("id",)),
        UniqueConstraint("case_id", "step", "obligation", "attempt"),
        _one_of("channel", Channel),
        _one_of("place", Place),
        _one_of("status", ClaimStatus),
        _one_of("outcome", Outcome),
        _one_of("direction", Direction),
        CheckConstraint("attempt >= 0", name="attempt"),
        Index(None, "consumer_id", "claimed_at"),
        {"postgresql_with": {"fillfactor": "85"}},  # each row gets its receipt once, and perhaps a report
    )

    id: str = _text(primary_key=True)
    case_id: str = _text()
    consumer_id: str = _text()
    step: str | None = _text(default=None)
    obligation: str | None = _text(default=None)
    attempt: int | None = Field(default=None)
    channel: str = _text()
    place: str = _text()
    contact_point_id: str | None = _text(default=None)
    template: str | None = _text(default=None)
    content_digest: str | None = _text(default=None)
    policy_version: int | None = Field(default=None)
    direction: str = _text()
    status: str = _text()
    claimed_at: datetime = _instant()
    claimed_at_real: datetime = _instant(sa_column_kwargs=_default("clock_timestamp()"))
    provider_id: str | None = _text(default=None)
    code: str | None = _text(default=None)
    outcome: str | None = _text(default=None)
    sent_at: datetime | None = _instant(default=None)
    delivered_at: datetime | None = _instant(default=None)
    debts: list[str] | None = Field(default=None, sa_column=SqlColumn("debts", ARRAY(Text), nullable=True))


class SharedContact(SQLModel, table=True):
    """A case that a contact's message names, where it names several: the one that sent it, and those that it covers."""

    __tablename__ = "shared_contact"
    __table_args__ = (
        _references("contact", "contact_id", keys=("id",)),
        _of_case(),
        CheckConstraint("attempt >= 0", name="attempt"),
        Index(None, "case_id"),
    )

    contact_id: str = _text(primary_key=True)
    case_id: str = _text(primary_key=True)
    step: str = _text()
    obligation: str = _text()
    attempt: int
    journaled: bool = Field(sa_column_kwargs=_default("false"))


class Payment(SQLModel, table=True):
    """A payment of a case, as its state has it."""

    __tablename__ = "payment"
    __table_args__ = (_of_case(), _currency(), CheckConstraint("amount_minor > 0", name="amount"))

    case_id: str = _text(primary_key=True)
    id: str = _text(primary_key=True)
    amount_minor: int = _minor_units()
    currency: str = _text()
    received_on: date
    reversed_because: str | None = _text(default=None)


class Promise(SQLModel, table=True):
    """A promise to pay, as the case's state has it."""

    __tablename__ = "promise"
    __table_args__ = (
        _of_case(),
        _currency(),
        _one_of("status", PromiseStatus),
        CheckConstraint("amount_minor > 0", name="amount"),
    )

    case_id: str = _text(primary_key=True)
    id: str = _text(primary_key=True)
    amount_minor: int = _minor_units()
    currency: str = _text()
    due: date
    made_on: date
    status: str = _text()


class Hold(SQLModel, table=True):
    """A hold `[placed_on, ends_on)`, as the case's state has it."""

    __tablename__ = "hold"
    __table_args__ = (_of_case(), _one_of("kind", HoldKind))

    case_id: str = _text(primary_key=True)
    id: str = _text(primary_key=True)
    kind: str = _text()
    placed_on: date
    ends_on: date | None = Field(default=None)


class Referral(SQLModel, table=True):
    """A legal referral, as the case's state has it."""

    __tablename__ = "referral"
    __table_args__ = (_of_case(), _one_of("status", ReferralStatus))

    case_id: str = _text(primary_key=True)
    id: str = _text(primary_key=True)
    status: str = _text()
    proposed_on: date


class WorkItem(SQLModel, table=True):
    """What a person is asked to do, as the case's journal has it, and who is doing it: `claimed_by` is a staff id."""

    __tablename__ = "work_item"
    __table_args__ = (
        _of_case(),
        _one_of("kind", WorkKind),
        _one_of("status", WorkStatus),
        _one_of("outcome", WorkOutcome),
        CheckConstraint("priority BETWEEN 1 AND 5", name="priority"),
        CheckConstraint("(claimed_by IS NULL) = (claimed_until_real IS NULL)", name="claimed"),
        CheckConstraint("(status = 'completed') = (outcome IS NOT NULL)", name="completed"),
        CheckConstraint("(status = 'open') = (ended_at IS NULL)", name="ended"),
        Index("work_item_queue_idx", "priority", "due", "id", postgresql_where=text("status = 'open'")),
        Index(None, "case_id"),
    )

    id: str = _text(primary_key=True)
    case_id: str = _text()
    kind: str = _text()
    due: datetime = _instant()
    priority: int
    about: str | None = _text(default=None)
    opened_at: datetime = _instant()
    status: str = _text()
    outcome: str | None = _text(default=None)
    completed_by: str | None = _text(default=None)
    ended_at: datetime | None = _instant(default=None)
    claimed_by: str | None = _text(default=None)
    claimed_until_real: datetime | None = _instant(default=None)


class Journal(SQLModel, table=True):
    """Everything that happened to a case, in order, chained by hash. A trigger refuses to change or remove a line."""

    __tablename__ = "journal"
    __table_args__ = (
        _of_case(),
        Index(
            "journal_message_key", "case_id", "message_id", unique=True, postgresql_where=text("message_id IS NOT NULL")
        ),
        Index("journal_newest_idx", "recorded_at_real"),
        Index(
            "journal_withheld_idx", "kind", postgresql_where=text("kind IN ('contact_deferred', 'contact_suppressed')")
        ),
    )

    case_id: str = _text(primary_key=True)
    sequence: int = _minor_units(primary_key=True)
    at: datetime = _instant()
    recorded_at_real: datetime = _instant(sa_column_kwargs=_default("clock_timestamp()"))
    kind: str = _text()
    message_id: str | None = _text(default=None)
    event: dict[str, Any] = Field(sa_type=JSONB)
    previous_hash: str = _text()
    hash: str = _text()


class LedgerEntry(SQLModel, table=True):
    """A journal line that moved money. Triggers refuse to change or remove it, and to commit it unbalanced."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        _references("journal", "case_id", "sequence", keys=("case_id", "sequence")),
        Index(
            "ledger_entry_message_key",
            "case_id",
            "message_id",
            unique=True,
            postgresql_where=text("message_id IS NOT NULL"),
        ),
    )

    case_id: str = _text(primary_key=True)
    sequence: int = _minor_units(primary_key=True)
    at: datetime = _instant()
    kind: str = _text()
    message_id: str | None = _text(default=None)


class LedgerPosting(SQLModel, table=True):
    """A movement on one account of a case: debits are positive, credits negative."""

    __tablename__ = "ledger_posting"
    __table_args__ = (
        _references("ledger_entry", "case_id", "sequence", keys=("case_id", "sequence")),
        _one_of("account", LedgerAccount),
        _currency(),
        CheckConstraint("amount_minor <> 0", name="amount"),
    )

    case_id: str = _text(primary_key=True)
    sequence: int = _minor_units(primary_key=True)
    account: str = _text(primary_key=True)
    amount_minor: int = _minor_units()
    currency: str = _text()


class Reply(SQLModel, table=True):
    """What a person wrote: personal data. `id` is the message's id."""

    __tablename__ = "reply"
    __table_args__ = (
        _of_case(),
        _references("consumer", "consumer_id", keys=("id",)),
        _one_of("channel", Channel),
    )

    case_id: str = _text(primary_key=True)
    id: str = _text(primary_key=True)
    consumer_id: str = _text()
    channel: str = _text()
    body: str = _text(repr=False)
    received_at: datetime = _instant()
