"""`dunlin ledger`: reads the account of a case, and checks that journals, states, ledgers and lists agree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import typer

from db.cases import find_case
from db.journal import JournalLine, read
from db.ledger import Disagreement, disagreements, read_ledger
from db.session import Database
from domain.ledger import RECEIVABLES, Balances, LedgerAccount, LedgerEntry, added
from domain.money import Money
from rulebook.load import Rulebook
from starter.arguments import CaseArgument, JsonOption
from starter.case_key import CaseKey
from starter.connection import with_database
from starter.console import REFUSED, instant_text, money_text, show_json, show_line, show_table
from starter.reading import words_of
from starter.refusals import unknown_account

app = typer.Typer()

_OWED_FOR = (LedgerAccount.OBLIGATIONS, LedgerAccount.INTEREST, LedgerAccount.CHARGES)
_SETTLED_BY = (
    LedgerAccount.PAYMENTS,
    LedgerAccount.ADJUSTMENTS,
    LedgerAccount.SETTLEMENT_DISCOUNT,
    LedgerAccount.WRITE_OFF,
)
_AMOUNTS = ("Owed more", "Settled", "Principal", "Interest", "Fees", "Outstanding", "Credit")


@app.command()
def show(case: CaseArgument, as_json: JsonOption = False) -> None:
    """Show a case's account: what each event moved, and what was outstanding after it."""
    entries, lines = with_database(lambda database: _read(database, case))
    if as_json:
        show_json(entries)
        return
    words = {line.sequence: words_of(line) for line in lines}
    show_table(("Line", "At", "What happened", *_AMOUNTS), list(_statement(entries, words)), right=("Line", *_AMOUNTS))


@app.command()
def check(as_json: JsonOption = False) -> None:
    """Replay every journal, and name each case whose journal, state, ledger and lists do not say the same."""
    found = with_database(_check)
    if as_json:
        show_json(found)
    else:
        for disagreement in found:
            show_line(str(disagreement))
        if not found:
            show_line("journals, states, ledgers and lists agree")
    if found:
        raise typer.Exit(REFUSED)


async def _check(database: Database) -> list[Disagreement]:
    rulebook = Rulebook.load()
    async with database.transaction() as session:
        return await disagreements(session, rulebook.waterfall)


async def _read(database: Database, case: CaseKey) -> tuple[tuple[LedgerEntry, ...], tuple[JournalLine, ...]]:
    async with database.transaction() as session:
        if await find_case(session, case.case_id) is None:
            raise unknown_account(case.case_id)
        return await read_ledger(session, case.case_id), await read(session, case.case_id)


def _statement(entries: Sequence[LedgerEntry], words: dict[int, str]) -> Iterator[tuple[str, ...]]:
    """A row for each entry: what it moved, and where the account stood after it."""
    stands: Balances = {}
    for entry in entries:
        stands = added(stands, entry.moved)
        currency = entry.postings[0].amount.currency
        receivables = [stands.get(account, 0) for account in RECEIVABLES.values()]
        amounts = [
            -sum(entry.moved.get(account, 0) for account in _OWED_FOR),
            sum(entry.moved.get(account, 0) for account in _SETTLED_BY),
            *receivables,
            sum(receivables),
            -stands.get(LedgerAccount.CREDIT, 0),
        ]
        shown = (money_text(Money(minor, currency)) if minor else "" for minor in amounts)
        yield str(entry.sequence), instant_text(entry.at), words[entry.sequence], *shown
