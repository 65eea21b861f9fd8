"""A turn of a case that makes no contact: up to date with every message, decided, and recorded, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from activities.claim import Telling
from activities.desk import HISTORY_LOOKBACK, Desk, Standing
from activities.settlement import Attempt, cases_to_journal, entries_of, write_receipt
from activities.signatures import CaseRef, RawMessage, Turn
from activities.turn import sheet_of
from db.cases import CaseRecord, lock_case
from db.contacts import ContactRow, claims_left_open
from db.inbox import unapplied
from db.persons import load_person
from db.session import Session
from db.shared_contacts import NamedCase, cases_named
from db.siblings import take_over_holds
from domain.decision import ActionDecision, Contact, Wait
from domain.localtime import local_date, zone_of
from domain.person import Person
from providers.base import UncertainProviderError


async def take_turn(
    desk: Desk,
    case: CaseRef,
    sequence: int,
    *,
    messages: Sequence[RawMessage] = (),
    not_before: datetime | None = None,
) -> Turn:
    """Bring a case up to date, decide, and record it."""
    now = desk.now(case, not_before)
    async with desk.database.transaction() as session:
        record = await desk.locked(session, case, sequence)
        if record.state is None:
            await take_over_holds(session, record, local_date(now, zone_of(record.zone)))
        inbox = await unapplied(session, record.case_id)
        person = await load_person(session, record.consumer_id, now - HISTORY_LOOKBACK)
        if record.state is not None:
            record = await _settle_left_open(desk, session, record, person, now, is_told=bool(inbox or messages))
        standing = await desk.stand(session, record, person, inbox, messages, now)
        return await desk.save(session, standing)


async def _settle_left_open(
    desk: Desk, session: Session, record: CaseRecord, person: Person, now: datetime, *, is_told: bool
) -> CaseRecord:
    """Journal the contacts that were claimed, may have left, and that nobody will come back to.

    The provider or Postgres stayed away over every try of such a contact. While it is still what the case does next, it
    stays open: its next try asks the provider. But where a message may change that (`is_told`), or time has, it counts
    as sent from now on, and the journal says that it is not known.
    """
    for claimed in await claims_left_open(session, record.case_id):
        if not is_told and _is_next(desk.after(_as_recorded(desk, record, person, now), ()).decision, claimed):
            continue
        record = await _count_as_sent(desk, session, record, person, claimed, now)
    return record


def _is_next(decision: ActionDecision, claimed: ContactRow) -> bool:
    return isinstance(decision, Contact) and (
        (decision.step, decision.obligation, decision.attempt) == (claimed.step, claimed.obligation, claimed.attempt)
    )


async def _count_as_sent(
    desk: Desk, session: Session, record: CaseRecord, person: Person, claimed: ContactRow, now: datetime
) -> CaseRecord:
    """Settle it for each case that its message names. Returns the record of the one that claimed it."""
    named = await cases_named(session, claimed.id) or (NamedCase.of_claim(claimed),)
    assert claimed.template is not None, "only what Dunlin sends is claimed"
    attempt = Attempt(
        contact=claimed.id,
        channel=claimed.channel,
        point=claimed.contact_point_id,
        template=claimed.template,
        at=claimed.claimed_at,
        tellings=tuple(map(Telling, named)),
    )
    unknown = UncertainProviderError(claimed.channel, "given_up")
    to_journal = await cases_to_journal(session, attempt)
    await write_receipt(session, attempt, unknown)
    records = {record.case_id: record}
    for case_id in sorted(to_journal | {record.case_id}):
        if case_id not in records:
            records[case_id] = await lock_case(session, case_id)
        standing = _as_recorded(desk, records[case_id], person, now)
        records[case_id] = await _write(
            desk, session, desk.after(standing, entries_of(attempt, unknown, to_journal & {case_id}))
        )
    return records[record.case_id]


def _as_recorded(desk: Desk, record: CaseRecord, person: Person, now: datetime) -> Standing:
    return desk.as_recorded(record, person, Wait(until=None, reason="to be decided"), now)


async def _write(desk: Desk, session: Session, standing: Standing) -> CaseRecord:
    sheet = sheet_of(standing.state, standing.policy, standing.packs, standing.now, standing.entries)
    return await desk.write(session, standing, sheet)
