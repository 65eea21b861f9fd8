"""The queue of what people are asked to do: copied from the journals of the cases, and given out by lease.

A lease runs by the clock of the database, in real time. One that has ended frees its item by itself: whoever lists or
claims compares instants, so nothing has to tick.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter
from pydantic_core import to_json
from sqlalchemy import text

from db.session import Session
from db.tables import WorkStatus
from domain import events
from domain.events import Entry, WorkKind, WorkOutcome
from domain.names import Channel


@dataclass(frozen=True, slots=True)
class WorkRow:
    """A work item as it is stored. `claimed_until_real` is real time, all other instants are business time.

    `claimed_by` is None when nobody holds it now: an ended lease is none.
    """

    id: str
    case_id: str
    kind: WorkKind
    due: datetime
    priority: int
    about: str | None
    opened_at: datetime
    status: WorkStatus
    outcome: WorkOutcome | None
    completed_by: str | None
    ended_at: datetime | None
    claimed_by: str | None
    claimed_until_real: datetime | None


@dataclass(frozen=True, slots=True)
class WorkFilter:
    """Which open items to list or to claim from: every condition that is not None must hold."""

    lender: str | None = None
    kind: WorkKind | None = None
    due_before: datetime | None = None
    """Business time."""


@dataclass(frozen=True, slots=True)
class ReplyRow:
    """What a person wrote: personal data."""

    id: str
    channel: Channel
    body: str
    received_at: datetime


_ROW: TypeAdapter[WorkRow] = TypeAdapter(WorkRow)
_REPLIES: TypeAdapter[list[ReplyRow]] = TypeAdapter(list[ReplyRow])

_SAVE = text("""
WITH changed AS (
    SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS row (
        id text, kind text, due timestamptz, priority integer, about text, opened_at timestamptz,
        status text, outcome text, completed_by text, ended_at timestamptz
    )
), opened AS (
    INSERT INTO work_item (
        id, case_id, kind, due, priority, about, opened_at, status, outcome, completed_by, ended_at
    )
    SELECT id, :case_id, kind, due, priority, about, opened_at, status, outcome, completed_by, ended_at
    FROM changed WHERE kind IS NOT NULL
)
UPDATE work_item AS item SET
    status = changed.status, outcome = changed.outcome, completed_by = changed.completed_by,
    ended_at = changed.ended_at, claimed_by = NULL, claimed_until_real = NULL
FROM changed WHERE changed.kind IS NULL AND item.id = changed.id
""")

_COLUMNS = """
    item.id, item.case_id, item.kind, item.due, item.priority, item.about, item.opened_at, item.status, item.outcome,
    item.completed_by, item.ended_at,
    CASE WHEN item.claimed_until_real > clock_timestamp() THEN item.claimed_by END AS claimed_by,
    CASE WHEN item.claimed_until_real > clock_timestamp() THEN item.claimed_until_real END AS claimed_until_real
"""

_WANTED = """
    item.status = 'open'
    AND (CAST(:lender AS text) IS NULL OR starts_with(item.case_id, CAST(:lender AS text) || ':'))
    AND (CAST(:kind AS text) IS NULL OR item.kind = :kind)
    AND (CAST(:due_before AS timestamptz) IS NULL OR item.due < :due_before)
"""

_FREE = "(item.claimed_until_real IS NULL OR item.claimed_until_real <= clock_timestamp())"

_IN_ORDER = "ORDER BY item.priority, item.due, item.id"

_LIST = text(f"SELECT {_COLUMNS} FROM work_item AS item WHERE {_WANTED} {_IN_ORDER} LIMIT :limit")  # noqa: S608  constants

_FIND = text(f"SELECT {_COLUMNS} FROM work_item AS item WHERE item.id = :id")  # noqa: S608  constants

# Whoever else is claiming at this moment has locked a row: it is passed over, not waited for. The row that is taken is
# judged again as it is once the lock is held.
_CLAIM_NEXT = text(f"""
UPDATE work_item AS item
SET claimed_by = :staff, claimed_until_real = clock_timestamp() + CAST(:lease AS interval)
WHERE item.id = (
    SELECT item.id FROM work_item AS item WHERE {_WANTED} AND {_FREE} AND item.id <> ALL (:passed_over)
    {_IN_ORDER} LIMIT 1 FOR UPDATE SKIP LOCKED
)
RETURNING {_COLUMNS}
""")  # noqa: S608  constants

_CLAIM = text(f"""
UPDATE work_item AS item
SET claimed_by = :staff, claimed_until_real = clock_timestamp() + CAST(:lease AS interval)
WHERE item.id = :id AND item.status = 'open' AND ({_FREE} OR item.claimed_by = :staff)
RETURNING {_COLUMNS}
""")  # noqa: S608  constants

_RELEASE = text("""
UPDATE work_item SET claimed_by = NULL, claimed_until_real = NULL
WHERE id = :id AND status = 'open' AND claimed_by = :staff AND claimed_until_real > clock_timestamp()
RETURNING 1
""")

_REPLIES_OF_CASE = text("""
SELECT id, channel, body, received_at FROM reply WHERE case_id = :case_id ORDER BY received_at, id
""")


async def save_work(session: Session, case_id: str, entries: Sequence[Entry]) -> None:
    """Copy what the entries say of work. A turn that says nothing of it costs nothing."""
    rows: dict[str, dict[str, Any]] = {}
    for entry in entries:
        match entry.event:
            case events.WorkItemOpened() as opened:
                rows[opened.item] = {
                    "id": opened.item,
                    "kind": opened.work,
                    "due": opened.due,
                    "priority": opened.priority,
                    "about": opened.about,
                    "opened_at": entry.at,
                    "status": WorkStatus.OPEN,
                }
            case events.WorkItemCompleted() as completed:
                rows[completed.item] = rows.get(completed.item, {"id": completed.item}) | {
                    "status": WorkStatus.COMPLETED,
                    "outcome": completed.outcome,
                    "completed_by": completed.completed_by,
                    "ended_at": entry.at,
                }
            case events.WorkItemWithdrawn() as withdrawn:
                rows[withdrawn.item] = rows.get(withdrawn.item, {"id": withdrawn.item}) | {
                    "status": WorkStatus.WITHDRAWN,
                    "ended_at": entry.at,
                }
            case _:
                pass
    if rows:
        await session.execute(_SAVE, {"case_id": case_id, "rows": to_json(list(rows.values())).decode()})


async def list_work(session: Session, which: WorkFilter, limit: int) -> tuple[WorkRow, ...]:
    """Open items, the most urgent first, and of those the ones that are due first."""
    rows = await session.execute(_LIST, {**_values(which), "limit": limit})
    return tuple(_ROW.validate_python(dict(row)) for row in rows)


async def find_work(session: Session, item_id: str) -> WorkRow | None:
    """One item, open or ended; None when there is none of that id."""
    row = (await session.execute(_FIND, {"id": item_id})).one_or_none()
    return None if row is None else _ROW.validate_python(dict(row))


async def claim_next(
    session: Session, which: WorkFilter, staff: str, lease: timedelta, passed_over: Sequence[str] = ()
) -> WorkRow | None:
    """Give the first free item to a staff member for the real time `lease`; None when there is none.

    Items that are `passed_over` stay free.
    """
    values = {**_values(which), "staff": staff, "lease": lease, "passed_over": list(passed_over)}
    row = (await session.execute(_CLAIM_NEXT, values)).one_or_none()
    return None if row is None else _ROW.validate_python(dict(row))


async def claim_work(session: Session, item_id: str, staff: str, lease: timedelta) -> WorkRow | None:
    """Give one item to a staff member, or prolong their lease; None when it is not open or is somebody else's."""
    row = (await session.execute(_CLAIM, {"id": item_id, "staff": staff, "lease": lease})).one_or_none()
    return None if row is None else _ROW.validate_python(dict(row))


async def release_work(session: Session, item_id: str, staff: str) -> bool:
    """Give an item back before the lease ends. False when the staff member doesn't hold it."""
    return (await session.execute(_RELEASE, {"id": item_id, "staff": staff})).one_or_none() is not None


async def replies_of_case(session: Session, case_id: str) -> tuple[ReplyRow, ...]:
    """Everything that the person wrote about a case, oldest first: for the person who does the work."""
    rows = await session.execute(_REPLIES_OF_CASE, {"case_id": case_id})
    return tuple(_REPLIES.validate_python([dict(row) for row in rows]))


def _values(which: WorkFilter) -> dict[str, Any]:
    return {"lender": which.lender, "kind": which.kind, "due_before": which.due_before}
