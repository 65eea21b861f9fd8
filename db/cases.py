"""A case's row: locked, read and saved under its sequence number, together with the journal and what reports read.

Locks are always taken in one order, the consumer and then the case, so that turns of several cases of one person wait
for each other and never deadlock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from pydantic_core import to_json
from sqlalchemy import text

from db.ledger import post
from db.projections import save_projections
from db.session import Row, Session
from domain.events import Entry, OpeningObligation
from domain.itemization import Itemization
from domain.journal import ChainedLine, chain
from domain.ledger import LedgerEntry
from domain.money import CurrencyMismatch, Money
from domain.names import HoldKind
from domain.state import CaseState


class UnknownCase(LookupError):
    """No account is registered under this case id."""

    def __init__(self, case_id: str) -> None:
        super().__init__(f"no account is registered for case {case_id}: register it first")
        self.case_id = case_id


class StaleCase(RuntimeError):
    """The case was saved by somebody else since it was read. Read it again and decide anew."""

    def __init__(self, case_id: str, sequence: int) -> None:
        super().__init__(f"case {case_id} is no longer at sequence {sequence}: read it again and decide anew")
        self.case_id = case_id
        self.sequence = sequence


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """A case as it is stored. `state` is None until it was opened; what it opens with is there only until then."""

    case_id: str
    consumer_id: str
    lender: str
    account: str
    sequence: int
    state: CaseState | None
    journal_length: int
    journal_hash: str
    product: str
    currency: str
    zone: str
    policy_id: str
    policy_version: int | None
    obligations: tuple[OpeningObligation, ...] = ()
    itemization: Itemization | None = None


@dataclass(frozen=True, slots=True)
class CaseView:
    """What lists and reports show of a case beyond its state, at the business instant `updated_at`."""

    outstanding: Money
    past_due: Money
    credit: Money
    oldest_due: date | None
    holds: tuple[HoldKind, ...]
    promise_due: date | None
    next_action_at: datetime | None
    next_action: str | None
    updated_at: datetime


_FIND = """
SELECT
    k.id AS case_id, k.consumer_id, k.lender_id AS lender, k.account_id AS account, k.sequence,
    CAST(k.state AS text) AS state, k.journal_length, k.journal_hash,
    a.product, a.currency, a.zone, a.policy_id, a.policy_version
FROM collection_case AS k
JOIN consumer AS c ON c.id = k.consumer_id
JOIN account AS a ON a.lender_id = k.lender_id AND a.id = k.account_id
WHERE k.id = :case_id
"""

_FIND_CASE = text(_FIND)

# Postgres locks the rows in the order in which OF names the tables, and reads them anew after it had to wait.
# NO KEY UPDATE lets others insert rows that refer to these ones meanwhile.
_LOCK_CASE = text(_FIND + "FOR NO KEY UPDATE OF c, k")

_OBLIGATIONS = text("""
SELECT o.id, o.amount_minor, o.currency, o.due, o.component, CAST(a.itemization AS text) AS itemization
FROM obligation AS o
JOIN collection_case AS k ON k.id = o.case_id
JOIN account AS a ON a.lender_id = k.lender_id AND a.id = k.account_id
WHERE o.case_id = :case_id ORDER BY o.due, o.id
""")

_SAVE_CASE = text("""
WITH saved AS (
    UPDATE collection_case SET
        sequence = sequence + 1,
        state = CAST(:state AS jsonb),
        journal_length = :journal_length,
        journal_hash = :journal_hash,
        status = CAST(:status AS text),
        stage = :stage,
        outstanding_minor = :outstanding_minor,
        past_due_minor = :past_due_minor,
        credit_minor = :credit_minor,
        oldest_due = :oldest_due,
        holds = :holds,
        promise_due = :promise_due,
        next_action_at = :next_action_at,
        next_action = :next_action,
        referral_status = :referral_status,
        policy_id = :policy_id,
        policy_version = :policy_version,
        opened_at = coalesce(opened_at, :updated_at),
        updated_at = :updated_at,
        closed_at = CASE WHEN CAST(:status AS text) = 'closed' THEN coalesce(closed_at, :updated_at) END,
        close_reason = :close_reason
    WHERE id = :case_id AND sequence = :sequence
    RETURNING id
), appended AS (
    INSERT INTO journal (case_id, sequence, at, kind, message_id, event, previous_hash, hash)
    SELECT saved.id, line.sequence, line.at, line.kind, line.message_id, line.event, line.previous_hash, line.hash
    FROM saved, jsonb_to_recordset(CAST(:lines AS jsonb)) AS line (
        sequence bigint, at timestamptz, kind text, message_id text, event jsonb, previous_hash text, hash text
    )
)
SELECT count(*) FROM saved
""")


async def find_case(session: Session, case_id: str) -> CaseRecord | None:
    """A case without locking it, for showing it; None when no account is registered under this id."""
    row = (await session.execute(_FIND_CASE, {"case_id": case_id})).one_or_none()
    return None if row is None else await _record(session, row)


async def lock_case(session: Session, case_id: str) -> CaseRecord:
    """A case, with its consumer and itself locked until the transaction ends. Raises UnknownCase."""
    row = (await session.execute(_LOCK_CASE, {"case_id": case_id})).one_or_none()
    if row is None:
        raise UnknownCase(case_id)
    return await _record(session, row)


async def save_case(
    session: Session,
    record: CaseRecord,
    state: CaseState,
    entries: Sequence[Entry],
    moved: Sequence[LedgerEntry],
    view: CaseView,
) -> CaseRecord:
    """Write a case's new state under the next sequence number, and append the entries that led to it to its journal.

    `moved` is what these entries moved, for the ledger.

    Raises StaleCase when it is not at `record.sequence` any more, and CurrencyMismatch when the view is in another
    currency than the account; then nothing was written.
    """
    lines = chain(record.case_id, record.journal_length, record.journal_hash, entries)
    saved = replace(
        record,
        sequence=record.sequence + 1,
        state=state,
        journal_length=record.journal_length + len(lines),
        journal_hash=lines[-1].hash if lines else record.journal_hash,
        obligations=(),
        itemization=None,
    )
    values = _state_values(state) | _view_values(view, record.currency)
    values |= {"case_id": record.case_id, "sequence": record.sequence, "lines": _lines_json(lines)}
    values |= {"journal_length": saved.journal_length, "journal_hash": saved.journal_hash}
    if (await session.execute(_SAVE_CASE, values)).scalar_one() == 0:
        raise StaleCase(record.case_id, record.sequence)
    await post(session, record.case_id, moved)
    await save_projections(session, record.case_id, state, entries)
    return saved


async def _record(session: Session, row: Row) -> CaseRecord:
    facts = dict(row)
    if row.state is not None:
        return CaseRecord(**facts | {"state": CaseState.model_validate_json(row.state)})
    # Read apart, after the lock: a registration that held the lock before may have added some.
    found = tuple(await session.execute(_OBLIGATIONS, {"case_id": row.case_id}))
    obligations = tuple(
        OpeningObligation(
            id=each.id, amount=Money(each.amount_minor, each.currency), due=each.due, component=each.component
        )
        for each in found
    )
    itemized = [Itemization.model_validate_json(each.itemization) for each in found[:1] if each.itemization is not None]
    return CaseRecord(**facts, obligations=obligations, itemization=itemized[0] if itemized else None)


def _lines_json(lines: Sequence[ChainedLine]) -> str:
    rows = [
        {
            "sequence": chained.line.sequence,
            "at": chained.line.at,
            "kind": chained.kind,
            "message_id": chained.message_id,
            "event": chained.line.event,
            "previous_hash": chained.previous_hash,
            "hash": chained.hash,
        }
        for chained in lines
    ]
    return to_json(rows).decode()


def _state_values(state: CaseState) -> dict[str, Any]:
    return {
        "state": state.model_dump_json(),
        "status": state.status,
        "stage": state.stage,
        "referral_status": state.referral.status if state.referral is not None else None,
        "policy_id": state.policy.id,
        "policy_version": state.policy.version,
        "close_reason": state.closed_because,
    }


def _view_values(view: CaseView, currency: str) -> dict[str, Any]:
    for amount in (view.outstanding, view.past_due, view.credit):
        if amount.currency != currency:
            raise CurrencyMismatch(amount.currency, currency)
    return {
        "outstanding_minor": view.outstanding.minor,
        "past_due_minor": view.past_due.minor,
        "credit_minor": view.credit.minor,
        "oldest_due": view.oldest_due,
        "holds": list(view.holds),
        "promise_due": view.promise_due,
        "next_action_at": view.next_action_at,
        "next_action": view.next_action,
        "updated_at": view.updated_at,
    }
