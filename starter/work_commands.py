"""`dunlin work`: what people are asked to do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated, TypeVar

import typer

from db.work import ReplyRow, WorkFilter, WorkRow
from domain.compliance.model import Effect, Verdict
from domain.events import WorkItemCompleted, WorkKind, WorkOutcome
from domain.names import Channel, Outcome
from rulebook.load import Rulebook
from starter.arguments import IdOption, JsonOption, new_message_id, opaque_id
from starter.connection import with_database
from starter.console import instant_text, show_facts, show_json, show_line, show_table
from starter.sending import send
from starter.work_queue import LEASE_REAL, WorkQueue, WorkSheet

app = typer.Typer()

Result = TypeVar("Result")

ItemArgument = Annotated[
    str, typer.Argument(metavar="ITEM", help="The work item's id, as `dunlin work list` shows it.")
]
StaffOption = Annotated[str, typer.Option("--by", metavar="STAFF", parser=opaque_id, help="Your opaque staff id.")]
LenderOption = Annotated[str | None, typer.Option(help="Only this lender's.")]
KindOption = Annotated[WorkKind | None, typer.Option(help="Only work of this kind.")]


@app.command("list")
def list_them(
    lender: LenderOption = None,
    kind: KindOption = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """List open work, the most urgent first."""
    rows = _with_queue(lambda queue: queue.list(WorkFilter(lender=lender, kind=kind), limit))
    if as_json:
        show_json(rows)
        return
    show_table(("Item", "Priority", "Due", "What", "Case", "Held by", "Until"), [_row(row) for row in rows])


@app.command()
def show(item: ItemArgument, as_json: JsonOption = False) -> None:
    """Show an item with the person, what they wrote, and whether they may be called now."""
    sheet = _with_queue(lambda queue: queue.show(item))
    if as_json:
        show_json(sheet)
        return
    show_facts(_facts(sheet))
    if sheet.replies:
        show_table(
            ("", "Received", "By", "What they wrote"),
            [_reply_row(reply, sheet) for reply in sheet.replies],
        )


@app.command()
def claim(
    staff: StaffOption,
    item: Annotated[
        str | None, typer.Argument(metavar="[ITEM]", help="This item; the most urgent free one if left out.")
    ] = None,
    lender: LenderOption = None,
    kind: KindOption = None,
    minutes: Annotated[int, typer.Option(min=1, max=1440, help="How long to keep it.")] = LEASE_REAL.seconds // 60,
    as_json: JsonOption = False,
) -> None:
    """Take an item to yourself. It returns to the queue when the time is over and it is not completed."""
    lease_real, which = timedelta(minutes=minutes), WorkFilter(lender=lender, kind=kind)

    async def take(queue: WorkQueue) -> WorkRow | None:
        if item is not None:
            return await queue.claim(item, staff, lease_real)
        return await queue.claim_next(which, staff, lease_real)

    claimed = _with_queue(take)
    if as_json:
        show_json(claimed)
    elif claimed is None:
        show_line("there is nothing to do")
    else:
        show_facts(_item_facts(claimed))


@app.command()
def release(item: ItemArgument, staff: StaffOption) -> None:
    """Give an item back for somebody else to take."""
    _with_queue(lambda queue: queue.release(item, staff))
    show_line(f"{item} is free again")


@app.command()
def complete(
    item: ItemArgument,
    outcome: Annotated[WorkOutcome, typer.Argument(help="What came of it.")],
    staff: StaffOption,
    call: Annotated[Outcome | None, typer.Option(help="How the telephone call ended, where one was made.")] = None,
    message: IdOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell the case what came of an item."""
    case = _with_queue(lambda queue: queue.case_of(item, staff))

    def done() -> WorkItemCompleted:
        return WorkItemCompleted(id=new_message_id(message), item=item, outcome=outcome, completed_by=staff, call=call)

    send(case, done, as_json)


def _with_queue(use: Callable[[WorkQueue], Awaitable[Result]]) -> Result:
    return with_database(lambda database: use(WorkQueue(database, Rulebook.load())))


def _row(row: WorkRow) -> tuple[str, ...]:
    return (
        row.id,
        str(row.priority),
        instant_text(row.due),
        row.kind.replace("_", " "),
        row.case_id,
        row.claimed_by or "-",
        instant_text(row.claimed_until_real),
    )


def _reply_row(reply: ReplyRow, sheet: WorkSheet) -> tuple[str, ...]:
    marked = ">" if reply.id == sheet.item.about else ""
    return marked, instant_text(reply.received_at), reply.channel, reply.body


def _item_facts(item: WorkRow) -> list[tuple[str, str]]:
    facts = [
        ("Item", item.id),
        ("What", item.kind.replace("_", " ")),
        ("Case", item.case_id),
        ("Due", instant_text(item.due)),
        ("Priority", str(item.priority)),
        ("Status", item.status),
    ]
    if item.about is not None:
        facts.append(("About", item.about))
    if item.claimed_by is not None:
        facts.append(("Held by", f"{item.claimed_by} until {instant_text(item.claimed_until_real)}"))
    return facts


def _facts(sheet: WorkSheet) -> list[tuple[str, str]]:
    numbers = [address.value for address in sheet.person.addresses if address.channel is Channel.VOICE]
    facts = [*_item_facts(sheet.item), ("Person", sheet.person.full_name)]
    if numbers:
        facts.append(("To call", ", ".join(numbers)))
    return facts if sheet.verdict is None else [*facts, *_verdict_facts(sheet.verdict)]


def _verdict_facts(verdict: Verdict) -> list[tuple[str, str]]:
    if verdict.verdict is Effect.ALLOW:
        return [("May be called", "now")]
    when = "not as things stand" if verdict.until is None else f"not before {instant_text(verdict.until)}"
    against = [reason for reason in verdict.reasons if reason.effect != Effect.ALLOW]
    return [("May be called", when), *((reason.rule, f"{reason.text} ({reason.cite})") for reason in against)]
