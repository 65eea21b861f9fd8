"""The hash chain names every change that was made behind the trigger's back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from db import journal
from db.journal import BrokenLink, Difference
from db.session import Database, Session
from domain.journal import Line, link
from tests.db.builders import CASE, T0, an_account, open_case, payments, register

CASES = ("acme:A-1", "acme:A-2", "acme:A-3")
LENGTH = 6

sequences = st.integers(1, LENGTH)


@dataclass(frozen=True, slots=True)
class Tampering:
    """One change to the rows of a case: SQL, its values, and the first line at which it must be found."""

    statement: str
    values: dict[str, Any]
    found_at: int


_EDITS = {
    "at": "at = at + interval '1 microsecond'",
    "an amount": """event = jsonb_set(event, '{amount}', '{"amount": "9.99", "currency": "USD"}')""",
    "a new field": """event = event || '{"note": "x"}'""",
    "a missing field": "event = event - 'kind'",
    "the kind": "kind = 'case_closed'",
    "the message": "message_id = coalesce(message_id, '') || 'x'",
    "the hash": "hash = md5(hash) || md5(hash)",
    "the previous hash": "previous_hash = md5(hash) || md5(hash)",
}


def _edit(what: str, sequence: int) -> Tampering:
    where = "WHERE case_id = :case_id AND sequence = :sequence"
    return Tampering(f"UPDATE journal SET {_EDITS[what]} {where}", {"sequence": sequence}, sequence)  # noqa: S608


def _removal(sequence: int) -> Tampering:
    statement = "DELETE FROM journal WHERE case_id = :case_id AND sequence = :sequence"
    return Tampering(statement, {"sequence": sequence}, sequence)


def _truncation(sequence: int) -> Tampering:
    statement = "DELETE FROM journal WHERE case_id = :case_id AND sequence >= :sequence"
    return Tampering(statement, {"sequence": sequence}, sequence)


def _swap_of_places(pair: tuple[int, int]) -> Tampering:
    statement = """
    UPDATE journal SET sequence = CASE WHEN sequence = :first THEN :second ELSE :first END
    WHERE case_id = :case_id AND sequence IN (:first, :second)
    """
    return Tampering(statement, {"first": pair[0], "second": pair[1]}, min(pair))


def _swap_of_contents(pair: tuple[int, int]) -> Tampering:
    statement = """
    UPDATE journal AS one SET (at, event, kind, message_id) = (other.at, other.event, other.kind, other.message_id)
    FROM journal AS other
    WHERE one.case_id = :case_id AND other.case_id = :case_id
        AND (one.sequence, other.sequence) IN ((:first, :second), (:second, :first))
    """
    return Tampering(statement, {"first": pair[0], "second": pair[1]}, min(pair))


def _forged_addition(sequence: int) -> Tampering:
    statement = """
    INSERT INTO journal (case_id, sequence, at, kind, message_id, event, previous_hash, hash)
    SELECT case_id, :after, at, kind, 'forged', event || '{"id": "forged"}', hash, md5(hash) || md5(hash)
    FROM journal WHERE case_id = :case_id AND sequence = :sequence
    """
    return Tampering(statement, {"sequence": sequence, "after": LENGTH + 1}, LENGTH + 1)


pairs = st.tuples(sequences, sequences).filter(lambda pair: pair[0] != pair[1])
tamperings = st.one_of(
    st.builds(_edit, st.sampled_from(sorted(_EDITS)), sequences),
    st.builds(_removal, sequences),
    st.builds(_truncation, sequences),
    st.builds(_swap_of_places, pairs),
    st.builds(_forged_addition, sequences),
    st.builds(_swap_of_contents, pairs),
)


@pytest.fixture
async def journals(database: Database) -> AsyncIterator[Database]:
    """Three cases with six lines each."""
    await register(database, *[an_account(case_id.removeprefix("acme:")) for case_id in CASES])
    for case_id in CASES:
        await open_case(database, *payments(LENGTH - 1), case_id=case_id)
    yield database


async def _tamper(session: Session, case_id: str, tampering: Tampering) -> None:
    """What somebody with all rights can do. A swap would stumble over the keys."""
    await session.execute(text("SET LOCAL session_replication_role = replica"))
    await session.execute(text("ALTER TABLE journal DROP CONSTRAINT journal_pkey CASCADE"))
    await session.execute(text("DROP INDEX journal_message_key"))
    await session.execute(text(tampering.statement), {"case_id": case_id, **tampering.values})


class _RollBack(Exception):
    """Ends a transaction without keeping anything of it."""


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(case_id=st.sampled_from(CASES), tampering=tamperings)
async def test_any_single_change_is_named(journals: Database, case_id: str, tampering: Tampering) -> None:
    with pytest.raises(_RollBack):
        async with journals.transaction() as session:
            await _tamper(session, case_id, tampering)

            found = await journal.verify(session)

            assert [(broken.case_id, broken.sequence) for broken in found] == [(case_id, tampering.found_at)]
            raise _RollBack


@pytest.mark.parametrize(
    ("tampering", "difference"),
    [
        (_edit("an amount", 3), Difference.EDITED),
        (_edit("the previous hash", 3), Difference.NOT_NEXT),
        (_removal(3), Difference.MISSING),
        (_removal(LENGTH), Difference.TRUNCATED),
        (_swap_of_places((2, 4)), Difference.NOT_NEXT),
    ],
)
async def test_what_differs_is_said(journals: Database, tampering: Tampering, difference: Difference) -> None:
    async with journals.transaction() as session:
        await _tamper(session, CASE, tampering)

        assert await journal.verify(session, CASE) == [BrokenLink(CASE, tampering.found_at, difference)]
        assert await journal.verify(session, CASES[1]) == []


async def test_a_last_line_that_was_forged_with_its_hash_is_not_the_cases_last(journals: Database) -> None:
    async with journals.transaction() as session:
        forged = (await journal.read(session, CASE))[-1]
        line = Line(CASE, LENGTH, forged.at + timedelta(days=1), forged.event)
        previous = (await journal.read(session, CASE))[-2].hash
        await session.execute(text("SET LOCAL session_replication_role = replica"))
        await session.execute(
            text("UPDATE journal SET at = :at, hash = :hash WHERE case_id = :case_id AND sequence = :sequence"),
            {"at": line.at, "hash": link(previous, line), "case_id": CASE, "sequence": LENGTH},
        )

        assert await journal.verify(session) == [BrokenLink(CASE, LENGTH, Difference.OTHER_HEAD)]


async def test_a_line_beyond_what_the_case_counted_was_added(journals: Database) -> None:
    async with journals.transaction() as session:
        await session.execute(text("UPDATE collection_case SET journal_length = 4 WHERE id = :id"), {"id": CASE})

        assert await journal.verify(session) == [BrokenLink(CASE, 5, Difference.ADDED)]


async def test_lines_whose_case_was_removed_are_named(journals: Database) -> None:
    async with journals.transaction() as session:
        await session.execute(text("SET LOCAL session_replication_role = replica"))
        await session.execute(text("DELETE FROM collection_case WHERE id = :id"), {"id": CASE})

        assert await journal.verify(session) == [BrokenLink(CASE, 1, Difference.NO_CASE)]
        assert await journal.verify(session, CASE) == [BrokenLink(CASE, 1, Difference.NO_CASE)]


async def test_untouched_journals_verify_also_over_many_fetches(
    journals: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "ROWS_AT_ONCE", 4)

    async with journals.transaction() as session:
        assert await journal.verify(session) == []
        assert await journal.verify(session, CASE) == []


async def test_a_case_that_was_never_opened_has_an_empty_journal_that_verifies(database: Database) -> None:
    await register(database)

    async with database.transaction() as session:
        assert await journal.verify(session) == []
        assert await journal.read(session, CASE) == ()


async def test_the_journal_reads_in_order_with_business_instants(journals: Database) -> None:
    async with journals.transaction() as session:
        lines = await journal.read(session, CASE)

    assert [line.sequence for line in lines] == list(range(1, LENGTH + 1))
    assert [line.kind for line in lines] == ["case_opened"] + ["payment_received"] * 5
    assert [line.message_id for line in lines] == [None, *[f"pay-{number}" for number in range(1, 6)]]
    assert [line.at for line in lines] == [T0 + timedelta(hours=hours) for hours in range(LENGTH)]


async def test_a_broken_link_says_where_and_what() -> None:
    assert str(BrokenLink(CASE, 3, Difference.MISSING)) == "case acme:A-1, line 3: a line is missing here"
