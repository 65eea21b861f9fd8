"""What lists and the live view show: counts and sums over all cases, and the newest journal lines. No personal data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import TextClause, text

from db.journal import JournalLine
from db.session import Session
from domain.money import Money
from domain.names import Channel, CloseReason, HoldKind, Outcome, ReferralStatus
from domain.state import CaseStatus, PromiseStatus

_Name = TypeVar("_Name", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class ContactCount:
    """How many contacts of a channel ended in an outcome; `outcome` is None while that is open."""

    channel: Channel
    outcome: Outcome | None
    contacts: int


@dataclass(frozen=True, slots=True)
class WithheldCount:
    """How often a rule deferred or suppressed a contact. `kind` is the journal's event."""

    kind: str
    rule: str
    contacts: int


@dataclass(frozen=True, slots=True)
class PromiseCount:
    status: PromiseStatus
    promises: int


@dataclass(frozen=True, slots=True)
class CurrencyTotals:
    """Outstanding and past due over open cases, and collected over all cases, reversed payments left out."""

    outstanding: Money
    past_due: Money
    collected: Money


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases to list: every condition that is not None must hold."""

    case_id: str | None = None
    lender: str | None = None
    status: CaseStatus | None = None
    stage: str | None = None
    hold: HoldKind | None = None
    after: str | None = None
    """The last case id of the page before."""


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case in a list."""

    case_id: str
    status: CaseStatus
    stage: str | None
    outstanding: Money
    past_due: Money
    credit: Money
    oldest_due: date | None
    holds: tuple[HoldKind, ...]
    promise_due: date | None
    next_action_at: datetime | None
    next_action: str | None
    referral_status: ReferralStatus | None
    policy_id: str
    policy_version: int
    opened_at: datetime
    updated_at: datetime
    close_reason: CloseReason | None


_CONTACTS = text("""
SELECT channel, outcome, count(*) AS contacts FROM contact GROUP BY channel, outcome ORDER BY channel, outcome
""")

_WITHHELD = text("""
SELECT j.kind, reason ->> 'rule' AS rule, count(*) AS contacts
FROM journal AS j, jsonb_array_elements(j.event -> 'reasons') AS reason
WHERE j.kind IN ('contact_deferred', 'contact_suppressed') AND reason ->> 'effect' IN ('defer', 'forbid')
GROUP BY j.kind, reason ->> 'rule'
ORDER BY contacts DESC, rule
""")

_PROMISES = text("SELECT status, count(*) AS promises FROM promise GROUP BY status ORDER BY status")

_TOTALS = text("""
SELECT
    owed.currency, owed.outstanding_minor, owed.past_due_minor, coalesce(paid.collected_minor, 0) AS collected_minor
FROM (
    SELECT
        currency,
        CAST(sum(outstanding_minor) FILTER (WHERE status = 'open') AS bigint) AS outstanding_minor,
        CAST(sum(past_due_minor) FILTER (WHERE status = 'open') AS bigint) AS past_due_minor
    FROM case_view GROUP BY currency
) AS owed
LEFT JOIN (
    SELECT currency, CAST(sum(amount_minor) AS bigint) AS collected_minor
    FROM payment WHERE reversed_because IS NULL GROUP BY currency
) AS paid ON paid.currency = owed.currency
ORDER BY owed.currency
""")

_NEWEST = text("""
SELECT case_id, sequence, at, recorded_at_real, kind, message_id, event, hash
FROM journal ORDER BY recorded_at_real DESC, sequence DESC LIMIT :limit
""")

_LIST = text("""
SELECT
    case_id, status, stage, currency, outstanding_minor, past_due_minor, credit_minor, oldest_due, holds, promise_due,
    next_action_at, next_action, referral_status, policy_id, policy_version, opened_at, updated_at, close_reason
FROM case_view
WHERE
    (CAST(:case_id AS text) IS NULL OR case_id = :case_id)
    AND (CAST(:lender AS text) IS NULL OR lender_id = :lender)
    AND (CAST(:status AS text) IS NULL OR status = :status)
    AND (CAST(:stage AS text) IS NULL OR stage = :stage)
    AND (CAST(:hold AS text) IS NULL OR :hold = ANY(holds))
    AND (CAST(:after AS text) IS NULL OR case_id > :after)
ORDER BY case_id
LIMIT :limit
""")


async def count_contacts(session: Session) -> tuple[ContactCount, ...]:
    """Contacts by channel and outcome."""
    rows = await _rows(session, _CONTACTS)
    return tuple(
        ContactCount(Channel(row["channel"]), _maybe(Outcome, row["outcome"]), row["contacts"]) for row in rows
    )


async def count_withheld(session: Session) -> tuple[WithheldCount, ...]:
    """Deferrals and suppressions by the rule that demanded them, the most frequent first."""
    return tuple(WithheldCount(**row) for row in await _rows(session, _WITHHELD))


async def count_promises(session: Session) -> tuple[PromiseCount, ...]:
    """Promises by whether they are open, kept or broken."""
    return tuple(PromiseCount(PromiseStatus(row["status"]), row["promises"]) for row in await _rows(session, _PROMISES))


async def totals_by_currency(session: Session) -> tuple[CurrencyTotals, ...]:
    """Money outstanding, past due and collected, for each currency that a case has."""
    return tuple(
        CurrencyTotals(
            outstanding=Money(row["outstanding_minor"] or 0, row["currency"]),
            past_due=Money(row["past_due_minor"] or 0, row["currency"]),
            collected=Money(row["collected_minor"], row["currency"]),
        )
        for row in await _rows(session, _TOTALS)
    )


async def newest_lines(session: Session, limit: int) -> tuple[JournalLine, ...]:
    """The newest journal lines of all cases, newest first."""
    return tuple(JournalLine(**row) for row in await _rows(session, _NEWEST, limit=limit))


async def list_cases(session: Session, which: CaseFilter, limit: int) -> tuple[CaseLine, ...]:
    """Opened cases in order of their id, at most `limit`. For the next page, give the last id as `after`."""
    rows = await _rows(
        session,
        _LIST,
        case_id=which.case_id,
        lender=which.lender,
        status=which.status,
        stage=which.stage,
        hold=which.hold,
        after=which.after,
        limit=limit,
    )
    return tuple(_case_line(row) for row in rows)


def _case_line(row: dict[str, Any]) -> CaseLine:
    currency = row["currency"]
    return CaseLine(
        case_id=row["case_id"],
        status=CaseStatus(row["status"]),
        stage=row["stage"],
        outstanding=Money(row["outstanding_minor"], currency),
        past_due=Money(row["past_due_minor"], currency),
        credit=Money(row["credit_minor"], currency),
        oldest_due=row["oldest_due"],
        holds=tuple(HoldKind(hold) for hold in row["holds"]),
        promise_due=row["promise_due"],
        next_action_at=row["next_action_at"],
        next_action=row["next_action"],
        referral_status=_maybe(ReferralStatus, row["referral_status"]),
        policy_id=row["policy_id"],
        policy_version=row["policy_version"],
        opened_at=row["opened_at"],
        updated_at=row["updated_at"],
        close_reason=_maybe(CloseReason, row["close_reason"]),
    )


def _maybe(kind: type[_Name], value: str | None) -> _Name | None:
    return None if value is None else kind(value)


async def _rows(session: Session, statement: TextClause, **values: object) -> list[dict[str, Any]]:
    return [dict(row) for row in await session.execute(statement, values)]
