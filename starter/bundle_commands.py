"""`dunlin case export`, `dunlin bundle verify` and `dunlin transfer`: an account goes elsewhere, with its record."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic_core import to_jsonable_python

from db.cases import find_case
from db.contacts import contacts_of_case
from db.journal import read
from db.persons import load_debtor
from db.session import Database
from domain import events
from domain.case_bundle import ExportedLine, bundle_of, problems_of
from starter.arguments import CaseArgument, JsonOption, case_key
from starter.case_key import CaseKey
from starter.client import DunlinClient
from starter.connection import with_client, with_database
from starter.console import REFUSED, CommandError, show_json, show_line
from starter.refusals import Refused, not_opened, unknown_account
from starter.sending import checked

export_app = typer.Typer()
bundle_app = typer.Typer(no_args_is_help=True)


@export_app.command("export")
def export_case(
    case: CaseArgument,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The ZIP file to write. It must not exist yet.")],
    with_personal_data: Annotated[
        bool, typer.Option("--with-personal-data", help="Add the name and the addresses of the person.")
    ] = False,
) -> None:
    """Write the record of a case to a file that `dunlin bundle verify` checks without a database."""
    bundle = with_database(lambda database: _bundle(database, case, with_personal_data))
    try:
        with file.open("xb") as out:
            out.write(bundle)
    except OSError as error:
        raise CommandError(f"{file} cannot be written ({error.strerror}): name a new file") from None
    show_line(f"{case.case_id} is in {file}, SHA-256 {hashlib.sha256(bundle).hexdigest()}")


@bundle_app.command()
def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file of `dunlin case export`.")],
    as_json: JsonOption = False,
) -> None:
    """Check a case's record: every file, the journal's hash chain, and that the state follows from the journal."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise CommandError(f"{file} cannot be read ({error.strerror})") from None
    problems = problems_of(content)
    digest = hashlib.sha256(content).hexdigest()
    if as_json:
        show_json({"sha256": digest, "problems": problems})
    else:
        for problem in problems:
            show_line(problem)
        if not problems:
            show_line(f"whole: compare its SHA-256 with the one you were told, {digest}")
    if problems:
        raise typer.Exit(REFUSED)


@bundle_app.callback()
def _bundles() -> None:
    """Check the records of cases."""


def transfer(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Case ids, LENDER:ACCOUNT, one a line.")],
    to: Annotated[str, typer.Option(help="The agency's opaque id.")],
    message: Annotated[str, typer.Option("--id", help="Your id of this transfer: sent again, it counts once a case.")],
    as_json: JsonOption = False,
) -> None:
    """Hand a portfolio to another agency: contact on each case ends at once."""
    try:
        lines = file.read_text(encoding="utf-8-sig").split()
    except (OSError, UnicodeDecodeError):
        raise CommandError(f"{file} cannot be read as UTF-8 text: name a file of case ids") from None
    cases = [case_key(line) for line in lines]
    transferred = checked(lambda: events.Transferred(id=message, to=to))
    became = with_client(lambda client: _transfer(client, cases, transferred))
    if as_json:
        show_json(became)
    else:
        for case, status in became.items():
            show_line(f"{case}: {status}")
    if any(status not in ("applied", "duplicate") for status in became.values()):
        raise typer.Exit(REFUSED)


async def _transfer(client: DunlinClient, cases: list[CaseKey], message: events.Transferred) -> dict[str, str]:
    """One refusal doesn't keep the others from ending."""
    became: dict[str, str] = {}
    for case in cases:
        try:
            became[case.case_id] = (await client.submit(case, message)).status
        except Refused as refused:
            became[case.case_id] = f"refused: {refused.code}"
    return became


async def _bundle(database: Database, case: CaseKey, with_personal_data: bool) -> bytes:
    async with database.transaction() as session:
        record = await find_case(session, case.case_id)
        if record is None:
            raise unknown_account(case.case_id)
        if record.state is None:
            raise not_opened(case.case_id)
        lines = await read(session, case.case_id)
        contacts = await contacts_of_case(session, case.case_id)
        debtor = await load_debtor(session, record.consumer_id) if with_personal_data else None
    person: dict[str, Any] | None = None
    if debtor is not None:
        addresses = [{"id": each.id, "value": each.value} for each in debtor.addresses]
        person = {"full_name": debtor.full_name, "locale": debtor.locale, "addresses": addresses}
    return bundle_of(
        case.case_id,
        [ExportedLine(line.sequence, line.at, line.event, line.hash) for line in lines],
        record.state,
        [to_jsonable_python(contact) for contact in contacts],
        person,
    )
