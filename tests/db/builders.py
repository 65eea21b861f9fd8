"""Registrations, claims and saved cases for the database tests. All people are made up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import text

from db.cases import CaseRecord, CaseView, lock_case, save_case
from db.contacts import ClaimKey, NewClaim
from db.registration import RegistrationOutcome, register_accounts, register_lender
from db.registration_rows import Locate
from db.session import Database, Session
from domain.events import CaseOpened, Entry, PaymentReceived, PolicyRef
from domain.evolve import evolve
from domain.ledger import ledger_entries
from domain.money import Money
from domain.names import Channel, Component, Place
from domain.registration import AccountRegistration, ConsumerRegistration, LenderRegistration
from domain.whereabouts import NOTHING, Located

CASE = "acme:A-1"
CONSUMER = "person-1"
NAME = "Example Person"
PHONE = "+12125550100"
EMAIL = "person@example.com"
PERSONAL = (NAME, PHONE, EMAIL)
T0 = datetime(2026, 3, 2, 15, tzinfo=UTC)
WATERFALL = (Component.FEE, Component.INTEREST, Component.PRINCIPAL)
KEY = ClaimKey("first-notice", "o-1", 0)

LENDER = LenderRegistration(
    id="acme",
    name="Acme Collections",
    creditor_name="Acme Bank",
    phone="+12125550199",
    email="help@acme.example",
    postal_address="1 Example Street\nNew York, NY 10001",
    pay_url="https://acme.example/pay",
    dispute_url="https://acme.example/dispute",
    stop_url="https://acme.example/stop",
    voice_name="Acme",
)


def account_json(account: str = "A-1", consumer: str = CONSUMER) -> dict[str, Any]:
    """The JSON of a registration."""
    return {
        "lender": "acme",
        "account": account,
        "consumer": {
            "id": consumer,
            "full_name": NAME,
            "locale": "en-US",
            "zones": ["America/New_York"],
            "contact_points": [
                {"channel": "sms", "place": "mobile", "value": PHONE},
                {"channel": "email", "place": "email", "value": EMAIL},
            ],
        },
        "product": "credit-card",
        "currency": "USD",
        "zone": "America/New_York",
        "policy": "us-credit-card",
        "obligations": [{"id": "o-1", "amount": {"amount": "250.00", "currency": "USD"}, "due": "2026-02-01"}],
    }


def an_account(account: str = "A-1", person: str = CONSUMER, **changes: Any) -> AccountRegistration:
    """A registration; `changes` replace top-level fields of its JSON."""
    return AccountRegistration.model_validate(account_json(account, person) | changes)


def nowhere_in_particular(consumer: ConsumerRegistration) -> Located:
    """Knows of no place: what the lender declares is all that is known."""
    return Located(NOTHING, {})


async def register(
    database: Database, *accounts: AccountRegistration, locate: Locate = nowhere_in_particular
) -> list[RegistrationOutcome]:
    """Register the lender and the accounts, one account of `an_account` if none is given."""
    async with database.transaction() as session:
        await register_lender(session, LENDER)
        return [one.outcome for one in await register_accounts(session, accounts or (an_account(),), locate)]


def opening(record: CaseRecord, at: datetime = T0) -> Entry:
    """The entry that opens a registered case."""
    event = CaseOpened(
        lender=record.lender,
        account=record.account,
        currency=record.currency,
        zone=record.zone,
        policy=PolicyRef(id=record.policy_id, version=1, digest="0" * 64),
        obligations=record.obligations,
    )
    return Entry(at=at, event=event)


def payments(number: int, first: int = 1) -> list[Entry]:
    """Entries of payments of one dollar, an hour apart."""
    return [
        Entry(
            at=T0 + timedelta(hours=index), event=PaymentReceived(id=f"pay-{index}", amount=Money.parse("1.00", "USD"))
        )
        for index in range(first, first + number)
    ]


def a_view(currency: str = "USD", **changes: Any) -> CaseView:
    plain: dict[str, Any] = {
        "outstanding": Money(25_000, currency),
        "past_due": Money(25_000, currency),
        "credit": Money.zero(currency),
        "oldest_due": date(2026, 2, 1),
        "holds": (),
        "promise_due": None,
        "next_action_at": T0 + timedelta(days=1),
        "next_action": "first notice",
        "updated_at": T0,
    }
    return CaseView(**plain | changes)


async def save(
    session: Session, record: CaseRecord, entries: Sequence[Entry], view: CaseView | None = None
) -> CaseRecord:
    """Save what the entries make of a case."""
    state = record.state
    moved = ledger_entries(state, entries, record.journal_length, lambda pinned: WATERFALL)
    for entry in entries:
        state = evolve(state, entry)
    assert state is not None
    return await save_case(session, record, state, entries, moved, view or a_view(record.currency))


async def open_case(database: Database, *entries: Entry, case_id: str = CASE) -> CaseRecord:
    """Open a registered case, with further entries in the same turn."""
    async with database.transaction() as session:
        record = await lock_case(session, case_id)
        return await save(session, record, [opening(record), *entries])


def a_claim(contact_id: str = "c-1", case_id: str = CASE, key: ClaimKey = KEY, at: datetime = T0) -> NewClaim:
    return NewClaim(
        id=contact_id,
        case_id=case_id,
        consumer_id=CONSUMER,
        key=key,
        channel=Channel.SMS,
        place=Place.MOBILE,
        contact_point_id="sms-1",
        template="first-notice",
        content_digest="d" * 16,
        policy_version=1,
        claimed_at=at,
    )


async def ask(database: Database, question: str, **values: object) -> Any:
    """The first column of the only row."""
    async with database.transaction() as session:
        return (await session.execute(text(question), values)).scalar_one()


async def until_somebody_waits_for_a_lock(database: Database) -> None:
    """Return once a transaction in this database waits for another. Asks Postgres, so nothing depends on speed."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    while await ask(database, waiting) == 0:
        pass
