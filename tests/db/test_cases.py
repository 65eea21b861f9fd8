"""Locking, reading and saving cases."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from db.cases import CaseRecord, StaleCase, UnknownCase, find_case, lock_case, save_case
from db.session import Database, DatabaseFailure
from domain import events
from domain.events import Entry
from domain.money import MINOR_UNITS_MAX, CurrencyMismatch, Money
from domain.names import CloseReason, HoldKind
from tests.db.builders import (
    CASE,
    CONSUMER,
    T0,
    a_view,
    an_account,
    ask,
    open_case,
    opening,
    payments,
    register,
    save,
    until_somebody_waits_for_a_lock,
)

SECOND = "acme:A-2"


async def _found(database: Database, case_id: str = CASE) -> CaseRecord:
    async with database.transaction() as session:
        record = await find_case(session, case_id)
    assert record is not None
    return record


async def test_an_unknown_case_is_not_found_and_cannot_be_locked(database: Database) -> None:
    async with database.transaction() as session:
        assert await find_case(session, "acme:nobody") is None
        with pytest.raises(UnknownCase, match="register it first"):
            await lock_case(session, "acme:nobody")


async def test_what_was_saved_is_what_is_read(database: Database) -> None:
    await register(database)

    saved = await open_case(database, *payments(3))

    assert await _found(database) == saved
    assert (saved.sequence, saved.journal_length) == (1, 4)
    assert saved.state is not None
    assert [payment.id for payment in saved.state.payments] == ["pay-1", "pay-2", "pay-3"]


async def test_a_turn_without_events_still_counts(database: Database) -> None:
    await register(database)
    opened = await open_case(database)

    async with database.transaction() as session:
        again = await save(session, opened, [])

    assert (again.sequence, again.journal_length, again.journal_hash) == (2, 1, opened.journal_hash)
    assert await _found(database) == again


async def test_saving_what_somebody_else_saved_meanwhile_is_refused_and_writes_nothing(database: Database) -> None:
    await register(database)
    opened = await open_case(database)
    async with database.transaction() as session:
        newest = await save(session, opened, payments(1))

    with pytest.raises(StaleCase, match="no longer at sequence 1"):
        async with database.transaction() as session:
            await save(session, opened, payments(1, first=9))

    assert await _found(database) == newest
    assert await ask(database, "SELECT count(*) FROM journal") == 2


async def test_a_read_model_in_another_currency_is_refused(database: Database) -> None:
    await register(database)
    opened = await open_case(database)

    with pytest.raises(CurrencyMismatch):
        async with database.transaction() as session:
            await save(session, opened, [], a_view("EUR"))


async def test_a_message_id_is_journaled_once(database: Database) -> None:
    await register(database)
    opened = await open_case(database, *payments(1))

    assert opened.state is not None
    with pytest.raises(DatabaseFailure, match="UniqueViolation"):
        async with database.transaction() as session:
            await save_case(session, opened, opened.state, payments(1), (), a_view())


async def test_turns_of_two_cases_of_one_person_wait_for_each_other_and_never_deadlock(database: Database) -> None:
    await register(database, an_account("A-1"), an_account("A-2"))
    for case_id in (CASE, SECOND):
        await open_case(database, case_id=case_id)

    async def turn(number: int, case_id: str) -> None:
        async with database.transaction() as session:
            record = await lock_case(session, case_id)
            await save(session, record, payments(1, first=number))

    await asyncio.gather(*(turn(number, case_id) for number in range(1, 16) for case_id in (CASE, SECOND)))

    for case_id in (CASE, SECOND):
        record = await _found(database, case_id)
        assert (record.sequence, record.journal_length) == (16, 16)


async def test_the_consumer_is_locked_before_the_case(database: Database) -> None:
    """A turn that waits for the person holds no case meanwhile, so nobody can wait for it in turn."""
    await register(database, an_account("A-1"), an_account("A-2"))

    async def lock_second() -> None:
        async with database.transaction() as session:
            await lock_case(session, SECOND)

    async with database.transaction() as first:
        await lock_case(first, CASE)
        waiting = asyncio.create_task(lock_second())
        await until_somebody_waits_for_a_lock(database)
        row = await first.execute(
            text("SELECT id FROM collection_case WHERE id = :id FOR UPDATE NOWAIT"), {"id": SECOND}
        )
        assert row.scalar_one() == SECOND
    await waiting


async def test_a_turn_that_had_to_wait_reads_what_was_saved_meanwhile(database: Database) -> None:
    await register(database)
    await open_case(database)

    async def lock() -> CaseRecord:
        async with database.transaction() as session:
            return await lock_case(session, CASE)

    async with database.transaction() as first:
        record = await lock_case(first, CASE)
        waiting = asyncio.create_task(lock())
        await until_somebody_waits_for_a_lock(database)
        saved = await save(first, record, payments(1))

    assert await waiting == saved


async def test_cases_of_different_people_do_not_wait(database: Database) -> None:
    await register(database, an_account("A-1"), an_account("A-2", person="person-2"))

    async with database.transaction() as first, database.transaction() as second:
        await lock_case(first, CASE)
        assert (await lock_case(second, SECOND)).consumer_id == "person-2"


async def test_payments_promises_holds_and_the_referral_are_tables_too(database: Database) -> None:
    await register(database)
    happenings: list[events.AnyMessage | events.AnyOccurrence] = [
        events.PaymentReceived(id="pay-1", amount=Money.parse("10.00", "USD")),
        events.PaymentReceived(id="pay-2", amount=Money.parse("20.00", "USD")),
        events.PaymentReversed(id="rev-1", payment="pay-2", reason=events.ReversalReason.BOUNCED),
        events.PromiseMade(id="prom-1", amount=Money.parse("50.00", "USD"), due=date(2026, 3, 20)),
        events.PromiseBroken(promise="prom-1"),
        events.HoldPlaced(id="hold-1", hold=HoldKind.HARDSHIP, until=date(2026, 4, 1)),
        events.DisputeOpened(id="disp-1", category=events.DisputeCategory.AMOUNT),
        events.DisputeResolved(id="res-1", dispute="disp-1", outcome=events.DisputeOutcome.REJECTED),
        events.ReferralProposed(referral="r-1", outstanding=Money.parse("240.00", "USD")),
        events.ReferralDecided(id="dec-1", approved=True, decided_by="agent-7"),
    ]
    record = await open_case(database)
    for happening in happenings:
        async with database.transaction() as session:
            record = await save(session, record, [Entry(at=T0, event=happening)])

    found = await ask(
        database,
        """
        SELECT string_agg(line, ' | ' ORDER BY line) FROM (
            SELECT concat_ws(' ', 'paid', id, amount_minor, reversed_because) AS line FROM payment
            UNION ALL SELECT concat_ws(' ', 'promised', id, amount_minor, status) FROM promise
            UNION ALL SELECT concat_ws(' ', 'held', id, kind, placed_on, ends_on) FROM hold
            UNION ALL SELECT concat_ws(' ', 'referred', id, status) FROM referral
        ) AS lines
        """,
    )
    assert found.split(" | ") == [
        "held disp-1 dispute 2026-03-02 2026-03-02",
        "held hold-1 hardship 2026-03-02 2026-04-01",
        "paid pay-1 1000",
        "paid pay-2 2000 bounced",
        "promised prom-1 5000 broken",
        "referred r-1 approved",
    ]


async def test_the_read_model_shows_a_case_once_it_is_open(database: Database) -> None:
    await register(database)
    assert await ask(database, "SELECT count(*) FROM case_view") == 0

    await open_case(database)

    assert await ask(database, "SELECT status || ' ' || outstanding_minor FROM case_view") == "open 25000"


async def test_closing_keeps_its_instant_and_reopening_forgets_it(database: Database) -> None:
    await register(database)
    record = await open_case(database)
    later = T0 + timedelta(days=3)
    steps = [
        (Entry(at=T0, event=events.CaseClosed(reason=CloseReason.PAID)), T0, "2026-03-02 paid"),
        (payments(1)[0], later, "2026-03-02 paid"),
        (Entry(at=later, event=events.CaseReopened()), later, ""),
    ]
    for entry, at, expected in steps:
        async with database.transaction() as session:
            record = await save(session, record, [entry], a_view(updated_at=at))
        assert (
            await ask(database, "SELECT concat_ws(' ', CAST(closed_at AS date), close_reason) FROM case_view")
            == expected
        )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(minor=st.integers(0, MINOR_UNITS_MAX), past_due=st.integers(0, MINOR_UNITS_MAX))
async def test_amounts_come_back_to_the_unit(database: Database, minor: int, past_due: int) -> None:
    """Never through a float: the largest amounts have more digits than one holds."""
    await register(database)
    record = await _found(database)
    async with database.transaction() as session:
        view = a_view(
            outstanding=Money(max(minor, past_due), "USD"), past_due=Money(past_due, "USD"), credit=Money(minor, "USD")
        )
        entries = [opening(replace(record, obligations=_OWED))] if record.state is None else []
        await save(session, record, entries, view)

    kept = await ask(
        database, "SELECT outstanding_minor || ' ' || past_due_minor || ' ' || credit_minor FROM case_view"
    )

    assert kept == f"{max(minor, past_due)} {past_due} {minor}"


_OWED = (events.OpeningObligation(id="o-1", amount=Money(MINOR_UNITS_MAX, "USD"), due=date(2026, 2, 1)),)


async def test_a_case_without_an_owner_is_impossible(database: Database) -> None:
    await register(database)

    with pytest.raises(DatabaseFailure, match="ForeignKeyViolation"):
        async with database.transaction() as session:
            await session.execute(text("DELETE FROM consumer WHERE id = :id"), {"id": CONSUMER})
