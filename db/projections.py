"""Payments, promises, holds and referrals as tables, for reports: copied from a case's state whenever they change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from pydantic_core import to_json
from sqlalchemy import TextClause, text

from db.session import Session
from db.work import save_work
from domain import events
from domain.events import Entry, Event
from domain.state import CaseState

_Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class _Projection:
    """One table: after which events it changes, what it then holds of a case's state, and how that is written."""

    after: tuple[type[Event], ...]
    rows: Callable[[CaseState], _Rows]
    write: TextClause


def _payments(state: CaseState) -> _Rows:
    return [
        {
            "id": payment.id,
            "amount_minor": payment.amount.minor,
            "currency": payment.amount.currency,
            "received_on": payment.on,
            "reversed_because": payment.reversed_because,
        }
        for payment in state.payments
    ]


def _promises(state: CaseState) -> _Rows:
    return [
        {
            "id": promise.id,
            "amount_minor": promise.amount.minor,
            "currency": promise.amount.currency,
            "due": promise.due,
            "made_on": promise.made_on,
            "status": promise.status,
        }
        for promise in state.promises
    ]


def _holds(state: CaseState) -> _Rows:
    return [
        {"id": hold.id, "kind": hold.kind, "placed_on": hold.placed_on, "ends_on": hold.ends_on} for hold in state.holds
    ]


def _referrals(state: CaseState) -> _Rows:
    referral = state.referral
    if referral is None:
        return []
    return [{"id": referral.id, "status": referral.status, "proposed_on": referral.proposed_on}]


_PROJECTIONS = (
    _Projection(
        (events.PaymentReceived, events.PaymentReversed),
        _payments,
        text("""
        INSERT INTO payment (case_id, id, amount_minor, currency, received_on, reversed_because)
        SELECT :case_id, * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS row (
            id text, amount_minor bigint, currency text, received_on date, reversed_because text
        )
        ON CONFLICT (case_id, id) DO UPDATE SET reversed_because = excluded.reversed_because
        WHERE payment.reversed_because IS DISTINCT FROM excluded.reversed_because
        """),
    ),
    _Projection(
        (events.PromiseMade, events.PromiseKept, events.PromiseBroken),
        _promises,
        text("""
        INSERT INTO promise (case_id, id, amount_minor, currency, due, made_on, status)
        SELECT :case_id, * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS row (
            id text, amount_minor bigint, currency text, due date, made_on date, status text
        )
        ON CONFLICT (case_id, id) DO UPDATE SET status = excluded.status
        WHERE promise.status <> excluded.status
        """),
    ),
    _Projection(
        (*get_args(events.RestraintMessage), events.RestraintOccurrence),
        _holds,
        text("""
        INSERT INTO hold (case_id, id, kind, placed_on, ends_on)
        SELECT :case_id, * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS row (
            id text, kind text, placed_on date, ends_on date
        )
        ON CONFLICT (case_id, id) DO UPDATE SET ends_on = excluded.ends_on
        WHERE hold.ends_on IS DISTINCT FROM excluded.ends_on
        """),
    ),
    _Projection(
        (events.ReferralProposed, events.ReferralDecided, events.ReferralStatusChanged, events.ReferralRecalled),
        _referrals,
        text("""
        INSERT INTO referral (case_id, id, status, proposed_on)
        SELECT :case_id, * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS row (
            id text, status text, proposed_on date
        )
        ON CONFLICT (case_id, id) DO UPDATE SET status = excluded.status, proposed_on = excluded.proposed_on
        WHERE (referral.status, referral.proposed_on) IS DISTINCT FROM (excluded.status, excluded.proposed_on)
        """),
    ),
)


async def save_projections(session: Session, case_id: str, state: CaseState, entries: Sequence[Entry]) -> None:
    """Bring those tables up to the state that the entries led to. Tables that no entry touches cost nothing."""
    for projection in _PROJECTIONS:
        if any(isinstance(entry.event, projection.after) for entry in entries):
            rows = to_json(projection.rows(state)).decode()
            await session.execute(projection.write, {"case_id": case_id, "rows": rows})
    await save_work(session, case_id, entries)
