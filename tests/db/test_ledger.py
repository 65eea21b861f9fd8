"""The ledger in Postgres: balanced or not committed, never changed, and found out where it says something else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from db.cases import lock_case
from db.ledger import Disagreement, disagreements, post, read_ledger
from db.session import Database, DatabaseFailure
from domain.events import Entry, HoldPlaced, PaymentReversed, ReversalReason
from domain.ledger import LedgerAccount, LedgerEntry, Posting
from domain.money import Money
from domain.names import HoldKind
from tests.db.builders import CASE, T0, WATERFALL, a_view, an_account, ask, open_case, payments, register, save

A_HOLD = Entry(at=T0, event=HoldPlaced(id="hold-1", hold=HoldKind.HARDSHIP))
CHANGES = [
    f"{change} {table}" for table in ("ledger_entry", "ledger_posting") for change in ("DELETE FROM", "TRUNCATE")
]


async def check(database: Database) -> list[Disagreement]:
    async with database.transaction() as session:
        return await disagreements(session, lambda pinned: WATERFALL)


async def a_paid_case(database: Database) -> None:
    """A case of 250.00 that was opened, and of which 3.00 were paid in one later turn."""
    await register(database)
    record = await open_case(database)
    async with database.transaction() as session:
        view = a_view(outstanding=Money(24_700, "USD"), past_due=Money(24_700, "USD"))
        await save(session, record, payments(3), view)


def an_entry(*amounts: int, sequence: int = 1, message_id: str | None = None) -> LedgerEntry:
    accounts = (LedgerAccount.PAYMENTS, LedgerAccount.PRINCIPAL_RECEIVABLE, LedgerAccount.CREDIT)
    postings = tuple(Posting(account, Money(amount, "USD")) for account, amount in zip(accounts, amounts, strict=False))
    return LedgerEntry(sequence, T0, "payment_received", message_id, postings)


async def test_a_turn_posts_what_each_of_its_entries_moved(database: Database) -> None:
    await a_paid_case(database)

    async with database.transaction() as session:
        opening, *paid = await read_ledger(session, CASE)

    assert opening.postings == (
        Posting(LedgerAccount.PRINCIPAL_RECEIVABLE, Money(25_000, "USD")),
        Posting(LedgerAccount.OBLIGATIONS, Money(-25_000, "USD")),
    )
    assert [(entry.sequence, entry.message_id) for entry in paid] == [(2, "pay-1"), (3, "pay-2"), (4, "pay-3")]
    assert paid[0].postings == (
        Posting(LedgerAccount.PRINCIPAL_RECEIVABLE, Money(-100, "USD")),
        Posting(LedgerAccount.PAYMENTS, Money(100, "USD")),
    )


async def test_a_reversal_is_a_further_entry_that_takes_the_payment_back(database: Database) -> None:
    await a_paid_case(database)
    reversal = PaymentReversed(id="rev-1", payment="pay-2", reason=ReversalReason.BOUNCED)
    async with database.transaction() as session:
        record = await lock_case(session, CASE)
        view = a_view(outstanding=Money(24_800, "USD"), past_due=Money(24_800, "USD"))
        await save(session, record, [Entry(at=T0 + timedelta(days=1), event=reversal)], view)

    async with database.transaction() as session:
        last = (await read_ledger(session, CASE))[-1]

    assert (last.kind, last.message_id) == ("payment_reversed", "rev-1")
    assert last.moved == {LedgerAccount.PRINCIPAL_RECEIVABLE: 100, LedgerAccount.PAYMENTS: -100}
    assert await check(database) == []


@pytest.mark.parametrize("amounts", [(), (100,), (100, -99), (100, -50, 50)], ids=str)
async def test_an_entry_that_does_not_balance_is_not_committed(database: Database, amounts: tuple[int, ...]) -> None:
    await register(database)
    await open_case(database, A_HOLD)

    with pytest.raises(DatabaseFailure, match="CheckViolation"):
        async with database.transaction() as session:
            await post(session, CASE, [an_entry(*amounts, sequence=2)])

    assert await ask(database, "SELECT count(*) FROM ledger_entry") == 1


async def test_an_entry_needs_a_line_of_the_journal(database: Database) -> None:
    await register(database)
    await open_case(database)

    with pytest.raises(DatabaseFailure, match="ForeignKeyViolation"):
        async with database.transaction() as session:
            await post(session, CASE, [an_entry(100, -100, sequence=7)])


async def test_a_message_is_posted_once(database: Database) -> None:
    await register(database)
    await open_case(database, *payments(1), A_HOLD)

    with pytest.raises(DatabaseFailure, match="UniqueViolation"):
        async with database.transaction() as session:
            await post(session, CASE, [an_entry(100, -100, sequence=3, message_id="pay-1")])


@pytest.mark.parametrize(
    "statement",
    ["UPDATE ledger_entry SET kind = 'x'", "UPDATE ledger_posting SET amount_minor = 1", *CHANGES[:1], CHANGES[2]]
    + [f"{change} CASCADE" for change in CHANGES if change.startswith("TRUNCATE")],
)
async def test_the_ledger_refuses_every_change(database: Database, statement: str) -> None:
    with pytest.raises(DatabaseFailure, match="RestrictViolation"):
        async with database.transaction() as session:
            await session.execute(text(statement))


async def test_books_that_agree_are_not_mentioned(database: Database) -> None:
    await register(database, an_account(), an_account("A-2"), an_account("A-3"))
    for case_id in (CASE, "acme:A-2"):
        await open_case(database, case_id=case_id)

    assert await check(database) == []


@pytest.mark.parametrize(
    ("tampering", "difference"),
    [
        (
            "UPDATE collection_case SET outstanding_minor = 1, past_due_minor = 0",
            "lists show 0.01 USD outstanding and 0.00 USD in credit, the ledger has 247.00 USD and 0.00 USD",
        ),
        (
            "UPDATE collection_case SET state = jsonb_set(state, '{recalled}', 'true')",
            "its state is not the one that its journal adds up to",
        ),
        (
            """UPDATE journal SET event = jsonb_set(event, '{amount}', '{"amount": "9.99", "currency": "USD"}')
            WHERE sequence = 3""",
            "line 3: the ledger does not stand where the state does",
        ),
        (
            "UPDATE ledger_posting SET amount_minor = amount_minor * 2 WHERE sequence = 4",
            "lists show 247.00 USD outstanding and 0.00 USD in credit, the ledger has 246.00 USD and 0.00 USD",
        ),
        (
            "UPDATE ledger_posting SET amount_minor = amount_minor - 1 WHERE sequence = 4 AND account = 'payments'",
            "the postings of line 4 do not cancel out",
        ),
        (
            "UPDATE ledger_posting SET currency = 'EUR' WHERE sequence = 4",
            "the ledger is in EUR, USD, the account in USD",
        ),
        (
            'UPDATE journal SET event = event || \'{"note": "x"}\' WHERE sequence = 2',
            "line 2: the event is not one that this release knows",
        ),
    ],
)
async def test_books_that_disagree_are_named_with_the_place(
    database: Database, tampering: str, difference: str
) -> None:
    await a_paid_case(database)
    async with database.transaction() as session:
        await session.execute(text("SET session_replication_role = replica"))
        await session.execute(text(tampering))
        await session.execute(text("SET session_replication_role = origin"))

    assert Disagreement(CASE, difference) in await check(database)
