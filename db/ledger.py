"""The ledger of each case: posted with the journal, read as a statement, and checked against states and journals."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError
from pydantic_core import to_json
from sqlalchemy import text

from db.session import Row, Session
from domain.events import Entry
from domain.evolve import evolve
from domain.ledger import Balances, LedgerAccount, LedgerEntry, Posting, WaterfallOf, added, balances_of
from domain.money import Money
from domain.state import CaseState

ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A case whose journal, state, ledger and read model do not say the same, and where they part."""

    case_id: str
    difference: str

    def __str__(self) -> str:
        return f"case {self.case_id}: {self.difference}"


_POST = text("""
WITH entry AS (
    INSERT INTO ledger_entry (case_id, sequence, at, kind, message_id)
    SELECT :case_id, * FROM jsonb_to_recordset(CAST(:entries AS jsonb)) AS row (
        sequence bigint, at timestamptz, kind text, message_id text
    )
)
INSERT INTO ledger_posting (case_id, sequence, account, amount_minor, currency)
SELECT :case_id, * FROM jsonb_to_recordset(CAST(:postings AS jsonb)) AS row (
    sequence bigint, account text, amount_minor bigint, currency text
)
""")

_READ = text("""
SELECT e.sequence, e.at, e.kind, e.message_id, p.account, p.amount_minor, p.currency
FROM ledger_entry AS e JOIN ledger_posting AS p USING (case_id, sequence)
WHERE e.case_id = :case_id ORDER BY e.sequence
""")

_OUTSTANDING_DIFFERS = text("""
SELECT k.id AS case_id, k.currency, k.outstanding_minor, k.credit_minor,
    CAST(coalesce(p.receivable_minor, 0) AS bigint) AS receivable_minor,
    CAST(coalesce(p.owed_back_minor, 0) AS bigint) AS owed_back_minor,
    coalesce(p.currencies, ARRAY[k.currency]) AS currencies
FROM collection_case AS k
LEFT JOIN (
    SELECT
        case_id,
        sum(amount_minor) FILTER (WHERE account LIKE '%_receivable') AS receivable_minor,
        -sum(amount_minor) FILTER (WHERE account = 'credit') AS owed_back_minor,
        array_agg(DISTINCT currency) AS currencies
    FROM ledger_posting GROUP BY case_id
) AS p ON p.case_id = k.id
WHERE k.status <> 'registered' AND (
    k.outstanding_minor <> coalesce(p.receivable_minor, 0)
    OR k.credit_minor <> coalesce(p.owed_back_minor, 0)
    OR p.currencies <> ARRAY[k.currency]
)
ORDER BY k.id
""")

_UNBALANCED = text("""
SELECT e.case_id, e.sequence
FROM ledger_entry AS e LEFT JOIN ledger_posting AS p USING (case_id, sequence)
GROUP BY e.case_id, e.sequence
HAVING coalesce(sum(p.amount_minor), 0) <> 0 OR count(p.account) < 2
ORDER BY e.case_id, e.sequence
""")

_REPLAY = text("""
SELECT k.id AS case_id, k.currency, CAST(k.state AS text) AS state, j.sequence, j.at, CAST(j.event AS text) AS event,
    (
        SELECT jsonb_object_agg(p.account, p.amount_minor) FROM ledger_posting AS p
        WHERE p.case_id = j.case_id AND p.sequence = j.sequence
    ) AS posted
FROM collection_case AS k LEFT JOIN journal AS j ON j.case_id = k.id
WHERE k.status <> 'registered'
ORDER BY k.id, j.sequence
""")


# A portfolio of millions takes longer than any statement of a turn may.
_WITHOUT_TIMEOUT = text("SET LOCAL statement_timeout = 0")


async def post(session: Session, case_id: str, entries: Sequence[LedgerEntry]) -> None:
    """Append entries to a case's ledger; nothing is asked of Postgres when there are none.

    The commit fails when an entry's debits and credits don't cancel out.
    """
    if not entries:
        return
    lines = [
        {"sequence": entry.sequence, "at": entry.at, "kind": entry.kind, "message_id": entry.message_id}
        for entry in entries
    ]
    postings = [
        {
            "sequence": entry.sequence,
            "account": posting.account,
            "amount_minor": posting.amount.minor,
            "currency": posting.amount.currency,
        }
        for entry in entries
        for posting in entry.postings
    ]
    values = {"case_id": case_id, "entries": to_json(lines).decode(), "postings": to_json(postings).decode()}
    await session.execute(_POST, values)


async def read_ledger(session: Session, case_id: str) -> tuple[LedgerEntry, ...]:
    """The ledger of a case, oldest entry first, postings in the order of the chart of accounts."""
    heads: dict[int, tuple[datetime, str, str | None]] = {}
    postings: dict[int, dict[LedgerAccount, Money]] = {}
    for row in await session.execute(_READ, {"case_id": case_id}):
        heads[row.sequence] = (row.at, row.kind, row.message_id)
        amounts = postings.setdefault(row.sequence, {})
        amounts[LedgerAccount(row.account)] = Money(row.amount_minor, row.currency)
    return tuple(
        LedgerEntry(
            sequence,
            *heads[sequence],
            tuple(Posting(account, amounts[account]) for account in LedgerAccount if account in amounts),
        )
        for sequence, amounts in postings.items()
    )


async def disagreements(session: Session, waterfall_of: WaterfallOf) -> list[Disagreement]:
    """Every case of which journal, state, ledger and read model do not say the same: there must be none.

    Each journal is replayed; at each line the ledger must stand where the state does. Rows are streamed, so the memory
    that it takes does not grow with the journal.
    """
    await session.execute(_WITHOUT_TIMEOUT)
    found = [_outstanding_differs(row) for row in await session.execute(_OUTSTANDING_DIFFERS)]
    found += [
        Disagreement(row.case_id, f"the postings of line {row.sequence} do not cancel out")
        for row in await session.execute(_UNBALANCED)
    ]
    lines = session.stream(_REPLAY, {}, rows_at_once=ROWS_AT_ONCE)
    return found + [different async for different in _replays_that_differ(lines, waterfall_of)]


def _outstanding_differs(row: Row) -> Disagreement:
    if row.currencies != [row.currency]:
        return Disagreement(row.case_id, f"the ledger is in {', '.join(row.currencies)}, the account in {row.currency}")
    shown = f"{Money(row.outstanding_minor, row.currency)} outstanding and {Money(row.credit_minor, row.currency)}"
    posted = f"{Money(row.receivable_minor, row.currency)} and {Money(row.owed_back_minor, row.currency)}"
    return Disagreement(row.case_id, f"lists show {shown} in credit, the ledger has {posted}")


async def _replays_that_differ(rows: AsyncIterator[Row], waterfall_of: WaterfallOf) -> AsyncIterator[Disagreement]:
    replay = None
    async for row in rows:
        if replay is None or replay.case_id != row.case_id:
            if replay is not None and (found := replay.end()) is not None:
                yield found
            replay = _Replay(row, waterfall_of)
        replay.add(row)
    if replay is not None and (found := replay.end()) is not None:
        yield found


class _Replay:
    """Follows the journal of one case, and remembers the first line at which something differs."""

    def __init__(self, row: Row, waterfall_of: WaterfallOf) -> None:
        self.case_id: str = row.case_id
        self._stored: str = row.state
        self._waterfall_of = waterfall_of
        self._state: CaseState | None = None
        self._posted: Balances = {}
        self._found: Disagreement | None = None

    def add(self, row: Row) -> None:
        if self._found is None and row.sequence is not None:
            difference = self._difference(row)
            self._found = None if difference is None else self._at(row.sequence, difference)

    def end(self) -> Disagreement | None:
        if self._found is None and self._state != CaseState.model_validate_json(self._stored):
            return Disagreement(self.case_id, "its state is not the one that its journal adds up to")
        return self._found

    def _difference(self, row: Row) -> str | None:
        try:
            entry = Entry.model_validate_json(f'{{"at": "{row.at.isoformat()}", "event": {row.event}}}')
            self._state = evolve(self._state, entry)
        except ValidationError:
            return "the event is not one that this release knows"
        except ValueError as error:
            return str(error)
        posted = {LedgerAccount(account): minor for account, minor in (row.posted or {}).items()}
        self._posted = added(self._posted, posted)
        if self._posted != balances_of(self._state, self._waterfall_of(self._state.policy)):
            return "the ledger does not stand where the state does"
        return None

    def _at(self, sequence: int, difference: str) -> Disagreement:
        return Disagreement(self.case_id, f"line {sequence}: {difference}")
