"""`dunlin arrangement` and `dunlin settlement`: what the borrower agrees to pay instead of all at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

import typer

from domain import events
from domain.events import Instalment
from domain.names import AgreedBy, Channel
from domain.proposals import Proposal, Shape
from starter.arguments import CaseArgument, IdOption, JsonOption, day, money, new_message_id
from starter.case_key import CaseKey
from starter.client import DunlinClient
from starter.connection import with_client
from starter.console import CommandError, day_text, money_text, show_facts, show_json, show_table
from starter.sending import checked, send, show_result
from workflows.inputs import MessageResult

arrangement = typer.Typer()
settlement = typer.Typer()


@dataclass(frozen=True, slots=True)
class _Dated:
    """An amount and its day as they were written; the currency is the account's."""

    due: date
    amount: str


def _dated(text: str) -> _Dated:
    """Read DAY=AMOUNT. Raises typer.BadParameter."""
    due, equals, amount = text.partition("=")
    if not equals:
        raise typer.BadParameter("write the day and the amount as 2026-06-15=125.00")
    return _Dated(day(due), amount)


_Number = Annotated[int, typer.Option("--instalments", min=1, help="How many.")]
_First = Annotated[
    date | None,
    typer.Option(
        metavar="DAY", parser=day, help="The first one's day; one interval from today, within the policy, if left out."
    ),
]
_PastDueOnly = Annotated[bool, typer.Option("--past-due", help="Divide only what is past due, not all that is owed.")]
_OfferArgument = Annotated[str, typer.Argument(metavar="OFFER", help="The offer's id in the policy of the case.")]


@arrangement.command()
def propose(
    case: CaseArgument,
    number: _Number,
    first: _First = None,
    past_due_only: _PastDueOnly = False,
    as_json: JsonOption = False,
) -> None:
    """Print a plan that the policy accepts and that adds up exactly. The case is not told of it."""
    shape = Shape(number, first, past_due_only)
    proposal = with_client(lambda client: client.propose_arrangement(case, shape))
    if as_json:
        show_json(proposal)
        return
    _show_plan(proposal.instalments)
    facts = [("Adds up to", money_text(proposal.owed)), ("Agreed by", " or ".join(proposal.agreed_by))]
    show_facts([*facts, ("Agree", _command_of(case, proposal, shape))])


@arrangement.command()
def agree(
    case: CaseArgument,
    agreed_by: Annotated[AgreedBy, typer.Option("--by", help="Who agreed for the borrower.")],
    number: Annotated[
        int | None, typer.Option("--instalments", min=1, help="How many, worked out as propose does.")
    ] = None,
    first: _First = None,
    past_due_only: _PastDueOnly = False,
    instalment: Annotated[
        list[_Dated] | None,
        typer.Option(metavar="DAY=AMOUNT", parser=_dated, help="One of a plan of your own. Name it for each of them."),
    ] = None,
    channel: Annotated[Channel | None, typer.Option(help="How it was agreed.")] = None,
    replaces: Annotated[
        str | None, typer.Option(metavar="ARRANGEMENT", help="The id of the one in force that gives way to it.")
    ] = None,
    message: IdOption = None,
    as_json: JsonOption = False,
) -> None:
    """Agree to a plan of instalments. While it is kept, treatment stops. The message's id names the arrangement."""
    if (number is None) == (not instalment):
        raise CommandError("say how many --instalments to divide the debt into, or name each --instalment")
    if instalment and (first is not None or past_due_only):
        raise CommandError("--first and --past-due go with --instalments: each --instalment names its own day")
    arrangement_id = new_message_id(message)

    async def sent(client: DunlinClient) -> MessageResult:
        if number is None:
            plan = await _in_currency(client, case, instalment or ())
        else:
            plan = (await client.divide_debt(case, Shape(number, first, past_due_only))).instalments
        agreed = checked(
            lambda: events.ArrangementAgreed(
                id=arrangement_id, instalments=plan, agreed_by=agreed_by, channel=channel, replaces=replaces
            )
        )
        return await client.submit(case, agreed)

    show_result(with_client(sent), as_json)


@settlement.command()
def offer(case: CaseArgument, offer: _OfferArgument, message: IdOption = None, as_json: JsonOption = False) -> None:
    """Have a settlement of the policy offered now, before or without its day. The borrower is written to."""
    send(case, lambda: events.SettlementRequested(id=new_message_id(message), offer=offer), as_json)


@settlement.command()
def accept(
    case: CaseArgument,
    offer: _OfferArgument,
    part: Annotated[
        list[_Dated] | None,
        typer.Option(metavar="DAY=AMOUNT", parser=_dated, help="One of several parts. Name it for each of them."),
    ] = None,
    message: IdOption = None,
    as_json: JsonOption = False,
) -> None:
    """The borrower accepts an open offer: without parts, all of it is due by the offer's last day."""
    message_id = new_message_id(message)

    async def sent(client: DunlinClient) -> MessageResult:
        parts = await _in_currency(client, case, part or ())
        return await client.submit(
            case, checked(lambda: events.SettlementAccepted(id=message_id, offer=offer, parts=parts))
        )

    show_result(with_client(sent), as_json)


async def _in_currency(client: DunlinClient, case: CaseKey, dated: Sequence[_Dated]) -> tuple[Instalment, ...]:
    """The amounts in the account's currency. Raises CommandError and Refused."""
    if not dated:
        return ()
    currency = (await client.sheet(case)).outstanding.currency
    return checked(lambda: tuple(Instalment(due=each.due, amount=money(each.amount, currency)) for each in dated))


def _show_plan(instalments: Sequence[Instalment]) -> None:
    rows = [
        (str(number), day_text(each.due), money_text(each.amount)) for number, each in enumerate(instalments, start=1)
    ]
    show_table(("Instalment", "Due", "Amount"), rows, right=("Instalment", "Amount"))


def _command_of(case: CaseKey, proposal: Proposal, shape: Shape) -> str:
    """What agrees to just this plan, as long as what is owed does not change."""
    words = [
        f"dunlin arrangement agree {case.case_id} --by {proposal.agreed_by[0]}",
        f"--instalments {shape.number} --first {proposal.instalments[0].due}",
    ]
    if shape.past_due_only:
        words.append("--past-due")
    if proposal.replaces is not None:
        words.append(f"--replaces {proposal.replaces}")
    return " ".join(words)
