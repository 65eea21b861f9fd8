"""The queue of work: what the journals say of it, and that nobody is given what somebody else holds."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import text

from db.session import Database
from db.tables import WorkStatus
from db.work import (
    WorkFilter,
    WorkRow,
    claim_next,
    claim_work,
    find_work,
    list_work,
    release_work,
)
from domain.events import Entry, WorkItemCompleted, WorkItemOpened, WorkItemWithdrawn, WorkKind, WorkOutcome
from tests.db.builders import T0, open_case, register

HALF_AN_HOUR = timedelta(minutes=30)
EVERYTHING = WorkFilter()


def asked(number: int, priority: int = 2, hours: int = 24, work: WorkKind = WorkKind.UNCLEAR_REPLY) -> Entry:
    opened = WorkItemOpened(
        item=f"w-{number}", work=work, due=T0 + timedelta(hours=hours), priority=priority, about=f"r-{number}"
    )
    return Entry(at=T0, event=opened)


async def queued(database: Database, *entries: Entry) -> None:
    await register(database)
    await open_case(database, *entries)


async def listed(database: Database, which: WorkFilter = EVERYTHING) -> list[str]:
    async with database.transaction() as session:
        return [row.id for row in await list_work(session, which, 100)]


async def take_next(database: Database, staff: str, which: WorkFilter = EVERYTHING) -> str | None:
    async with database.transaction() as session:
        claimed = await claim_next(session, which, staff, HALF_AN_HOUR)
        return None if claimed is None else claimed.id


async def take(database: Database, item: str, staff: str) -> WorkRow | None:
    async with database.transaction() as session:
        return await claim_work(session, item, staff, HALF_AN_HOUR)


async def let_leases_end(database: Database) -> None:
    async with database.transaction() as session:
        await session.execute(
            text("UPDATE work_item SET claimed_until_real = clock_timestamp() WHERE claimed_by IS NOT NULL")
        )


async def found(database: Database, item: str) -> WorkRow:
    async with database.transaction() as session:
        row = await find_work(session, item)
        assert row is not None
        return row


async def test_the_most_urgent_comes_first_and_of_those_what_is_due_first(database: Database) -> None:
    await queued(database, asked(1, priority=3), asked(2, hours=48), asked(3), asked(4, priority=1, hours=90))

    assert await listed(database) == ["w-4", "w-3", "w-2", "w-1"]


@pytest.mark.parametrize(
    ("which", "expected"),
    [
        (WorkFilter(lender="acme"), ["w-1", "w-2"]),
        (WorkFilter(lender="acm"), []),
        (WorkFilter(kind=WorkKind.HELP_ASKED), ["w-2"]),
        (WorkFilter(due_before=T0 + timedelta(hours=24)), []),
        (WorkFilter(due_before=T0 + timedelta(hours=25)), ["w-1"]),
    ],
)
async def test_work_is_found_by_lender_kind_and_due_time(
    database: Database, which: WorkFilter, expected: Sequence[str]
) -> None:
    await queued(database, asked(1), asked(2, hours=48, work=WorkKind.HELP_ASKED))

    assert await listed(database, which) == expected
    assert await take_next(database, "staff-1", which) == (expected[0] if expected else None)


async def test_ended_work_leaves_the_queue_and_keeps_what_came_of_it(database: Database) -> None:
    done = WorkItemCompleted(id="x-1", item="w-1", outcome=WorkOutcome.DONE, completed_by="staff-1")
    await queued(
        database, asked(1), asked(2), Entry(at=T0, event=done), Entry(at=T0, event=WorkItemWithdrawn(item="w-2"))
    )

    assert await listed(database) == []
    ended = [await found(database, item) for item in ("w-1", "w-2")]
    assert [(row.status, row.outcome, row.completed_by) for row in ended] == [
        (WorkStatus.COMPLETED, WorkOutcome.DONE, "staff-1"),
        (WorkStatus.WITHDRAWN, None, None),
    ]
    assert await take(database, "w-1", "staff-1") is None


async def test_an_item_is_held_by_one_person_who_can_prolong_it_and_give_it_back(database: Database) -> None:
    await queued(database, asked(1))

    first = await take(database, "w-1", "staff-1")
    again = await take(database, "w-1", "staff-1")

    assert first is not None
    assert again is not None
    assert first.claimed_until_real is not None
    assert again.claimed_until_real is not None
    assert again.claimed_until_real > first.claimed_until_real
    assert await take(database, "w-1", "staff-2") is None
    assert await take_next(database, "staff-2") is None
    async with database.transaction() as session:
        assert not await release_work(session, "w-1", "staff-2")
        assert await release_work(session, "w-1", "staff-1")
    assert await take_next(database, "staff-2") == "w-1"


async def test_what_is_not_completed_returns_to_the_queue_when_the_lease_ends(database: Database) -> None:
    await queued(database, asked(1))
    assert await take_next(database, "staff-1") == "w-1"

    await let_leases_end(database)

    assert (await found(database, "w-1")).claimed_by is None
    async with database.transaction() as session:
        assert not await release_work(session, "w-1", "staff-1")
    assert await take_next(database, "staff-2") == "w-1"


async def test_many_people_at_once_never_get_the_same_item(database: Database) -> None:
    await queued(database, *(asked(number) for number in range(1, 13)))

    given = await asyncio.gather(*(take_next(database, f"staff-{number}") for number in range(20)))

    items = [item for item in given if item is not None]
    assert sorted(items) == sorted(f"w-{number}" for number in range(1, 13))
    assert given.count(None) == 8


async def test_of_many_who_want_one_item_one_gets_it(database: Database) -> None:
    await queued(database, asked(1))

    given = await asyncio.gather(*(take(database, "w-1", f"staff-{number}") for number in range(10)))

    assert sum(row is not None for row in given) == 1


async def test_who_claims_does_not_wait_for_who_is_claiming(database: Database) -> None:
    await queued(database, asked(1), asked(2))

    async with database.transaction() as session:
        first = await claim_next(session, EVERYTHING, "staff-1", HALF_AN_HOUR)
        second = await take_next(database, "staff-2")

    assert first is not None
    assert {first.id, second} == {"w-1", "w-2"}
