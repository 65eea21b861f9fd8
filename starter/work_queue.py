"""The work that people do: given out to one person at a time, and shown with what it takes to do it.

A lease is real time, because the person who holds it lives in it; when work is due is business time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from activities.agent_calls import judge_call
from db.cases import CaseRecord, find_case
from db.persons import Recipient, load_debtor
from db.session import Database, Session
from db.work import (
    ReplyRow,
    WorkFilter,
    WorkRow,
    claim_next,
    claim_work,
    find_work,
    list_work,
    release_work,
    replies_of_case,
)
from domain.clock import PRODUCTION_CLOCK, Clock
from domain.compliance.model import Effect, Verdict
from domain.events import WorkKind
from rulebook.load import Rulebook
from starter.case_key import CaseKey
from starter.refusals import call_not_allowed, no_such_work_item, work_held_by_another

LEASE_REAL = timedelta(minutes=30)
"""How long whoever claims an item has it to themselves, unless they say otherwise."""


@dataclass(frozen=True, slots=True)
class WorkSheet:
    """An item with what a person needs to do it: personal data, for their eyes alone.

    `verdict` is the law's word on a call at this moment; None when no call is asked for.
    """

    item: WorkRow
    person: Recipient
    replies: tuple[ReplyRow, ...]
    verdict: Verdict | None


class WorkQueue:
    """Raises Refused where an item is not there to be worked on, or a call is not allowed now."""

    def __init__(self, database: Database, rulebook: Rulebook, *, clock: Clock = PRODUCTION_CLOCK) -> None:
        self._database = database
        self._rulebook = rulebook
        self._clock = clock

    async def list(self, which: WorkFilter, limit: int) -> tuple[WorkRow, ...]:
        """Open items, the most urgent first, held by somebody or not."""
        async with self._database.transaction() as session:
            return await list_work(session, which, limit)

    async def show(self, item_id: str) -> WorkSheet:
        """An item with the person, what they wrote, and whether they may be called now."""
        async with self._database.transaction() as session:
            item = await _find(session, item_id)
            record = await _record(session, item)
            return WorkSheet(
                item=item,
                person=await load_debtor(session, record.consumer_id),
                replies=await replies_of_case(session, item.case_id),
                verdict=await self._verdict(session, item, record),
            )

    async def claim(self, item_id: str, staff: str, lease_real: timedelta = LEASE_REAL) -> WorkRow:
        """Take an item for a while, or prolong the lease on it. A call is only given out while it may be made."""
        async with self._database.transaction() as session:
            claimed = await claim_work(session, item_id, staff, lease_real)
            if claimed is None:
                raise work_held_by_another((await _find(session, item_id)).claimed_until_real)
            verdict = await self._verdict(session, claimed, await _record(session, claimed))
            if verdict is not None and verdict.verdict is not Effect.ALLOW:
                raise call_not_allowed(verdict.until)
            return claimed

    async def claim_next(self, which: WorkFilter, staff: str, lease_real: timedelta = LEASE_REAL) -> WorkRow | None:
        """Take the most urgent free item, calls that may not be made now left out; None if there is none."""
        passed_over: list[str] = []
        async with self._database.transaction() as session:
            while True:
                claimed = await claim_next(session, which, staff, lease_real, passed_over)
                if claimed is None:
                    return None
                verdict = await self._verdict(session, claimed, await _record(session, claimed))
                if verdict is None or verdict.verdict is Effect.ALLOW:
                    return claimed
                await release_work(session, claimed.id, staff)
                passed_over.append(claimed.id)

    async def release(self, item_id: str, staff: str) -> None:
        """Give an item back for somebody else to take."""
        async with self._database.transaction() as session:
            if not await release_work(session, item_id, staff):
                raise work_held_by_another((await _find(session, item_id)).claimed_until_real)

    async def case_of(self, item_id: str, staff: str) -> CaseKey:
        """The case to tell of an item's completion. Who holds no lease may complete what nobody else holds."""
        async with self._database.transaction() as session:
            item = await _find(session, item_id)
        if item.claimed_by not in (None, staff):
            raise work_held_by_another(item.claimed_until_real)
        return CaseKey.parse(item.case_id)

    async def _verdict(self, session: Session, item: WorkRow, record: CaseRecord) -> Verdict | None:
        if item.kind is not WorkKind.CALL:
            return None
        return await judge_call(session, self._rulebook, record, self._clock.business(datetime.now(UTC)))


async def _find(session: Session, item_id: str) -> WorkRow:
    item = await find_work(session, item_id)
    if item is None:
        raise no_such_work_item()
    return item


async def _record(session: Session, item: WorkRow) -> CaseRecord:
    record = await find_case(session, item.case_id)
    assert record is not None, "an item refers to a case that is there"
    return record
