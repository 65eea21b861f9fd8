"""A lender's open accounts beside Dunlin's cases, compared in one statement."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence

from sqlalchemy import text

from db.session import Row, Session
from domain.money import Money
from domain.reconciliation import Discrepancy, Finding, LenderBalance, finding_of

ROWS_AT_ONCE = 1_000

_BOTH = text("""
SELECT
    coalesce(theirs.account, ours.account_id) AS account,
    theirs.currency AS their_currency, theirs.minor AS their_minor,
    ours.currency AS our_currency, ours.minor AS our_minor, coalesce(ours.status = 'open', false) AS is_open
FROM unnest(
    CAST(:accounts AS text[]), CAST(:currencies AS text[]), CAST(:amounts AS bigint[])
) AS theirs (account, currency, minor)
FULL JOIN (
    SELECT account_id, currency, status, outstanding_minor - credit_minor AS minor
    FROM collection_case WHERE lender_id = :lender AND sequence > 0
) AS ours ON ours.account_id = theirs.account
WHERE
    (theirs.account IS NULL AND ours.status = 'open')
    OR (theirs.account IS NOT NULL AND (
        ours.status IS DISTINCT FROM 'open' OR ours.currency <> theirs.currency OR ours.minor <> theirs.minor
    ))
ORDER BY account
""")

_NOT_RUNNING = text("""
SELECT account_id AS account, currency, outstanding_minor - credit_minor AS minor
FROM collection_case
WHERE lender_id = :lender AND status = 'open' AND NOT account_id = ANY(CAST(:running AS text[]))
ORDER BY account_id
""")


async def discrepancies(session: Session, lender: str, theirs: Sequence[LenderBalance]) -> AsyncIterator[Discrepancy]:
    """Each account about which the lender's books and ours differ, in order of its id. An account is named once."""
    values = {
        "lender": lender,
        "accounts": [each.account for each in theirs],
        "currencies": [each.outstanding.currency for each in theirs],
        "amounts": [each.outstanding.minor for each in theirs],
    }
    async for row in session.stream(_BOTH, values, rows_at_once=ROWS_AT_ONCE):
        lenders, ours = _money(row, "their"), _money(row, "our")
        finding = finding_of(lenders, ours, is_open=row.is_open)
        assert finding is not None, "the statement selects what differs"
        yield Discrepancy(row.account, finding, lenders, ours)


async def cases_not_running(session: Session, lender: str, running: Collection[str]) -> list[Discrepancy]:
    """Open cases whose account is not among those for which a workflow runs."""
    rows = await session.execute(_NOT_RUNNING, {"lender": lender, "running": list(running)})
    return [Discrepancy(row.account, Finding.NOT_RUNNING, None, Money(row.minor, row.currency)) for row in rows]


def _money(row: Row, whose: str) -> Money | None:
    minor = row[f"{whose}_minor"]
    return None if minor is None else Money(minor, row[f"{whose}_currency"])
