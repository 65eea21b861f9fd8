"""The activities on real Postgres, with a provider that does as it is told and a clock that is set by hand."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import text

from activities.case_turn import take_turn
from activities.contact import ContactActivity
from activities.desk import Desk
from activities.signatures import CaseRef, ContactCall, Turn
from db.inbox import accept_message
from db.journal import read
from db.persons import load_person
from db.registration import register_accounts, register_lender
from db.session import Database
from domain.compliance.model import PastContact
from domain.consolidation_terms import Consolidation
from domain.decision import Contact
from domain.events import AnyMessage
from domain.names import Channel
from domain.policy import Policy
from domain.registration import AccountRegistration, LenderRegistration
from providers.base import Outgoing, ProviderReceipt
from rulebook.load import Rulebook
from tests.db.builders import nowhere_in_particular

MORNING = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
"""A Monday, within every window of the policies and the law that the tests use."""

LENDERS = tuple(
    LenderRegistration(
        id=name,
        name=f"{name.title()} Collections",
        creditor_name=f"{name.title()} Bank",
        phone="+442079460000",
        email=f"help@{name}.example",
        postal_address="1 Example Street\nLondon",
        pay_url=f"https://{name}.example/pay",
        dispute_url=f"https://{name}.example/dispute",
        stop_url=f"https://{name}.example/stop",
        voice_name=name.title(),
    )
    for name in ("acme", "other")
)


@dataclass
class Provider:
    """Takes every message, unless it was told to fail, and remembers it. `meanwhile` happens while it sends."""

    channel: Channel = Channel.SMS
    failures: list[Exception] = field(default_factory=list)
    meanwhile: Callable[[], Awaitable[None]] | None = None
    found: ProviderReceipt | None = None
    asked: list[Outgoing] = field(default_factory=list)
    taken: list[Outgoing] = field(default_factory=list)
    sends_at_once: int | None = None

    async def send(self, message: Outgoing) -> ProviderReceipt:
        if self.meanwhile is not None:
            meanwhile, self.meanwhile = self.meanwhile, None
            await meanwhile()
        if self.failures:
            raise self.failures.pop(0)
        self.taken.append(message)
        return ProviderReceipt(f"SM{len(self.taken)}")

    async def find(self, message: Outgoing, since: datetime) -> ProviderReceipt | None:
        self.asked.append(message)
        return self.found

    async def close(self) -> None:
        pass


@dataclass
class Office:
    """What a workflow would do, done by hand: each case's last turn is kept, and its contact made when asked."""

    database: Database
    rulebook: Rulebook
    provider: Provider = field(default_factory=Provider)
    now: datetime = MORNING
    turns: dict[str, Turn] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.desk = Desk(self.database, self.rulebook, lambda: self.now)
        self.contacts = ContactActivity(self.desk, {self.provider.channel: self.provider})

    async def open(self, *accounts: AccountRegistration) -> None:
        """Register the accounts and open their cases."""
        async with self.database.transaction() as session:
            for lender in LENDERS:
                await register_lender(session, lender)
            await register_accounts(session, accounts, nowhere_in_particular)
        for account in accounts:
            case = CaseRef(lender=account.lender, account=account.account)
            self.turns[case.case_id] = await take_turn(self.desk, case, 0)

    def planned(self, case_id: str) -> Contact:
        """The contact that the case's workflow was last told to make."""
        decision = self.turns[case_id].decision
        assert isinstance(decision, Contact), f"{case_id} has no contact to make: {decision}"
        return decision

    async def contact(self, case_id: str) -> Turn:
        """Have the case's contact made, as its workflow does at the planned instant or later."""
        turn = self.turns[case_id]
        call = ContactCall(case=_ref(case_id), sequence=turn.sequence, contact=self.planned(case_id))
        self.turns[case_id] = await self.contacts.contact(call)
        return self.turns[case_id]

    async def look_again(self, case_id: str) -> Turn:
        """A turn without a contact, as of now."""
        self.turns[case_id] = await take_turn(self.desk, _ref(case_id), self.turns[case_id].sequence)
        return self.turns[case_id]

    async def accept(self, case_id: str, message: AnyMessage) -> None:
        """A message reaches the case's inbox, and its workflow has not heard of it yet."""
        async with self.database.transaction() as session:
            await accept_message(session, case_id, message)

    async def journal(self, case_id: str, *kinds: str) -> list[dict[str, Any]]:
        """The events of some kinds in a case's journal."""
        async with self.database.transaction() as session:
            return [line.event for line in await read(session, case_id) if line.kind in kinds]

    async def history(self, case_id: str) -> tuple[PastContact, ...]:
        """What the law counts of the person behind a case."""
        async with self.database.transaction() as session:
            consumer = await session.execute(
                text("SELECT consumer_id FROM collection_case WHERE id = :id"), {"id": case_id}
            )
            return (await load_person(session, consumer.scalar_one(), self.now - timedelta(days=30))).history

    async def age_claims(self, age: timedelta) -> None:
        """Let every claim have been made that long ago, in real time."""
        async with self.database.transaction() as session:
            await session.execute(text("UPDATE contact SET claimed_at_real = :at"), {"at": self.now - age})


def _ref(case_id: str) -> CaseRef:
    lender, _, account = case_id.partition(":")
    return CaseRef(lender=lender, account=account)


def an_account(case_id: str, *, days_past_due: int = 5, amount: str = "250.00", **changes: Any) -> AccountRegistration:
    """An account of the one person whom the tests know, with one obligation that is that late."""
    lender, _, account = case_id.partition(":")
    due: date = MORNING.date() - timedelta(days=days_past_due)
    return AccountRegistration.model_validate(
        {
            "lender": lender,
            "account": account,
            "consumer": {
                "id": "person-1",
                "full_name": "Example Borrower",
                "locale": "en-GB",
                "zones": ["Europe/London"],
                "contact_points": [{"channel": "sms", "place": "mobile", "value": "+447700900123"}],
            },
            "product": "personal-loan",
            "currency": "GBP",
            "zone": "Europe/London",
            "policy": "uk-personal-loan",
            "obligations": [{"id": "o-1", "amount": {"amount": amount, "currency": "GBP"}, "due": due.isoformat()}],
        }
        | changes
    )


def with_policy(rulebook: Rulebook, **changes: Any) -> Rulebook:
    """The rulebook with another latest version of the policy that the tests' accounts have."""
    shipped = rulebook.latest_published("uk-personal-loan")
    changed = shipped.model_copy(update={"version": shipped.version + 1, **changes})
    return Rulebook((*rulebook.policies, changed), rulebook.law, rulebook.templates, rulebook.places)


def with_terms(rulebook: Rulebook, terms: Consolidation) -> Rulebook:
    """The rulebook with other terms of consolidation in each policy that the tests' accounts may be pinned to."""
    policies = tuple(policy.model_copy(update={"consolidation": terms}) for policy in rulebook.policies)
    return Rulebook(policies, rulebook.law, rulebook.templates, rulebook.places)


def consolidation_of(rulebook: Rulebook) -> Consolidation:
    """The terms on which the shipped policy tells of several accounts at once."""
    policy: Policy = rulebook.latest_published("uk-personal-loan")
    assert policy.consolidation is not None, "the shipped policy consolidates"
    return policy.consolidation


def texts(messages: Iterable[Outgoing]) -> list[str]:
    return [message.content.text for message in messages]
