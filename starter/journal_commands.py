"""`dunlin journal`: reads what happened to a case, and verifies that nobody changed it."""

from __future__ import annotations

from typing import Annotated

import typer

from db.cases import find_case
from db.journal import BrokenLink, JournalLine, read
from db.journal import verify as verify_chain
from db.session import Database
from starter.arguments import CaseArgument, JsonOption, case_key
from starter.case_key import CaseKey
from starter.connection import with_database
from starter.console import REFUSED, instant_text, show_json, show_line, show_table
from starter.reading import words_of
from starter.refusals import unknown_account

app = typer.Typer()


@app.command()
def show(case: CaseArgument, as_json: JsonOption = False) -> None:
    """Show everything that happened to a case, oldest first."""
    lines = with_database(lambda database: _read(database, case))
    if as_json:
        show_json(lines)
        return
    show_table(
        ("Line", "At", "What happened", "Message"),
        [(str(line.sequence), instant_text(line.at), words_of(line), line.message_id or "") for line in lines],
        right=("Line",),
    )


@app.command()
def verify(
    case: Annotated[
        CaseKey | None,
        typer.Argument(metavar="[CASE]", help="The case, as LENDER:ACCOUNT; all cases if left out.", parser=case_key),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Recompute the hash chains, and name the first broken link of each case that has one."""
    broken = with_database(lambda database: _verify(database, case))
    if as_json:
        show_json(broken)
    else:
        for link in broken:
            show_line(str(link))
        if not broken:
            show_line("every hash chain is whole")
    if broken:
        raise typer.Exit(REFUSED)


async def _read(database: Database, case: CaseKey) -> tuple[JournalLine, ...]:
    async with database.transaction() as session:
        if await find_case(session, case.case_id) is None:
            raise unknown_account(case.case_id)
        return await read(session, case.case_id)


async def _verify(database: Database, case: CaseKey | None) -> list[BrokenLink]:
    async with database.transaction() as session:
        return await verify_chain(session, None if case is None else case.case_id)
