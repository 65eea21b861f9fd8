"""`dunlin case`: opens cases and shows them. The messages of message_commands.py are commands of the same group."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from db.cases import CaseRecord, find_case
from db.journal import JournalLine, read
from db.reports import CaseFilter, CaseLine, list_cases
from db.session import Database
from domain.ageing import days_past_due
from domain.holds import holds_on, stops_in_words
from domain.localtime import local_date, zone_of
from domain.names import HoldKind
from domain.registration import AccountRegistration
from domain.state import CaseStatus
from starter import bundle_commands, contact_fact_commands, explain_commands, message_commands, restraint_commands
from starter.agreement_facts import agreement_facts
from starter.arguments import CaseArgument, FileArgument, JsonOption
from starter.case_key import CaseKey
from starter.connection import with_client, with_database
from starter.console import day_text, instant_text, money_text, read_model, show_facts, show_json, show_line, show_table
from starter.reading import words_of
from starter.refusals import not_opened, unknown_account

app = typer.Typer()

NEWEST_LINES = 5


@app.command("open")
def open_case(
    file: FileArgument,
    register_only: Annotated[
        bool, typer.Option("--register-only", help="Make the account known; start its case later.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Register an account from a JSON file and start its case. Done again, it changes nothing."""
    account = read_model(file, AccountRegistration, "account_registration")
    if register_only:
        outcome = with_client(lambda client: client.register(account))
        _say(
            {"case": account.case_id, "registration": outcome}, f"{account.case_id} is registered ({outcome})", as_json
        )
        return
    workflow = with_client(lambda client: client.open_case(account))
    _say({"case": account.case_id, "workflow": workflow}, f"{account.case_id} is open, workflow {workflow}", as_json)


@app.command()
def start(case: CaseArgument, as_json: JsonOption = False) -> None:
    """Start the case of an account that is registered. One that runs already goes on as it is."""
    workflow = with_client(lambda client: client.start_case(case.lender, case.account))
    _say({"case": case.case_id, "workflow": workflow}, f"{case.case_id} is open, workflow {workflow}", as_json)


@app.command("list")
def list_them(
    lender: Annotated[str | None, typer.Option(help="Only this lender's.")] = None,
    status: Annotated[CaseStatus | None, typer.Option(help="Only open or only closed ones.")] = None,
    stage: Annotated[str | None, typer.Option(help="Only those in this stage.")] = None,
    hold: Annotated[HoldKind | None, typer.Option(help="Only those under this hold.")] = None,
    after: Annotated[str | None, typer.Option(help="The last case of the page before.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """List opened cases in order of their ids."""
    which = CaseFilter(lender=lender, status=status, stage=stage, hold=hold, after=after)
    lines = with_database(lambda database: _list(database, which, limit))
    if as_json:
        show_json(lines)
        return
    show_table(
        ("Case", "Status", "Stage", "Outstanding", "Past due", "Oldest due", "Next", "At"),
        [_row(line) for line in lines],
        right=("Outstanding", "Past due"),
    )
    if len(lines) == limit:
        show_line(f"There may be more: dunlin case list --after {lines[-1].case_id}")


@app.command()
def show(case: CaseArgument, as_json: JsonOption = False) -> None:
    """Show where a case stands, what it will do next, and what happened last."""
    record, line, journal = with_database(lambda database: _load(database, case))
    if as_json:
        show_json({"case": line, "state": record.state, "newest": journal[-NEWEST_LINES:]})
        return
    work = ", ".join(item.work.replace("_", " ") for item in record.state.work) if record.state else ""
    show_facts(
        [
            *_facts(line, record.zone),
            *agreement_facts(record),
            *_holds(record, line),
            ("Work for people", work or "none"),
        ]
    )
    show_table(("At", "What happened"), [(instant_text(each.at), words_of(each)) for each in journal[-NEWEST_LINES:]])


def _say(facts: dict[str, Any], words: str, as_json: bool) -> None:
    if as_json:
        show_json(facts)
    else:
        show_line(words)


app.add_typer(bundle_commands.export_app)
app.add_typer(explain_commands.app)
app.add_typer(message_commands.app)
app.add_typer(contact_fact_commands.app)
app.add_typer(restraint_commands.app)


async def _list(database: Database, which: CaseFilter, limit: int) -> tuple[CaseLine, ...]:
    async with database.transaction() as session:
        return await list_cases(session, which, limit)


async def _load(database: Database, case: CaseKey) -> tuple[CaseRecord, CaseLine, tuple[JournalLine, ...]]:
    async with database.transaction() as session:
        record = await find_case(session, case.case_id)
        if record is None:
            raise unknown_account(case.case_id)
        lines = await list_cases(session, CaseFilter(case_id=case.case_id), 1)
        if not lines:
            raise not_opened(case.case_id)
        return record, lines[0], await read(session, case.case_id)


def _row(line: CaseLine) -> tuple[str, ...]:
    return (
        line.case_id,
        _status(line),
        line.stage or "-",
        money_text(line.outstanding),
        money_text(line.past_due),
        day_text(line.oldest_due),
        line.next_action or "-",
        instant_text(line.next_action_at),
    )


def _facts(line: CaseLine, zone: str) -> list[tuple[str, str]]:
    facts = [
        ("Case", line.case_id),
        ("Status", _status(line)),
        ("Stage", line.stage or "none yet"),
        ("Outstanding", money_text(line.outstanding)),
        ("Past due", money_text(line.past_due)),
        ("Oldest due", _oldest_due(line, zone)),
        ("Holds", ", ".join(line.holds) or "none"),
        ("Promise by", day_text(line.promise_due)),
        ("Referral", line.referral_status or "none"),
        ("Policy", f"{line.policy_id} v{line.policy_version}"),
        ("Next", f"{line.next_action or 'nothing'}, {instant_text(line.next_action_at)}"),
        ("As of", instant_text(line.updated_at)),
    ]
    if line.credit:
        facts.insert(5, ("Credit", money_text(line.credit)))
    return facts


def _holds(record: CaseRecord, line: CaseLine) -> list[tuple[str, str]]:
    """Each hold in force: since when, until when, and what it stops by itself."""
    state = record.state
    assert state is not None, "an opened case has a state"
    today = local_date(line.updated_at, zone_of(record.zone))
    return [
        (
            f"Hold: {hold.kind}",
            f"since {hold.placed_on}, until {hold.ends_on or 'it is lifted'}; stops "
            + (", ".join(stops_in_words(hold, (), None, today)) or "what the law says"),
        )
        for hold in holds_on(state, today)
    ]


def _status(line: CaseLine) -> str:
    return line.status if line.close_reason is None else f"{line.status}: {line.close_reason}"


def _oldest_due(line: CaseLine, zone: str) -> str:
    if line.oldest_due is None:
        return "nothing is owed"
    days = days_past_due(line.oldest_due, local_date(line.updated_at, zone_of(zone)))
    return f"{day_text(line.oldest_due)} ({days} days past due)" if days > 0 else day_text(line.oldest_due)
