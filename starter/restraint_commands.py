"""`dunlin case dispute`, `complain`, `hardship`, `hold` and so on: what must stop, and why."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from domain import events
from domain.events import ComplaintCategory, ComplaintOutcome, DisputeCategory, DisputeOutcome, HardshipCategory
from domain.money import Money
from domain.names import HoldKind
from starter.arguments import CaseArgument, IdOption, JsonOption, day, money, new_message_id
from starter.sending import send

app = typer.Typer()

_AmountOption = Annotated[
    tuple[str, str] | None, typer.Option("--amount", metavar="AMOUNT CURRENCY", help="Such as 40.00 GBP.")
]
_OnlyThisAccount = Annotated[
    bool, typer.Option("--only-this-account", help="The person's other cases are not concerned.")
]


@app.command()
def dispute(
    case: CaseArgument,
    category: Annotated[DisputeCategory, typer.Argument(help="What is disputed.")],
    in_writing: Annotated[bool, typer.Option("--in-writing", help="It came in writing.")] = False,
    amount: _AmountOption = None,
    repeats: Annotated[
        str | None, typer.Option(metavar="DISPUTE", help="A rejected dispute that this one repeats with nothing new.")
    ] = None,
    message: IdOption = None,
    as_json: JsonOption = False,
) -> None:
    """The borrower disputes the debt, or an amount of it: that is not collected. The message's id names the dispute."""
    send(
        case,
        lambda: events.DisputeOpened(
            id=new_message_id(message),
            category=category,
            in_writing=in_writing,
            amount=_money(amount),
            repeats=repeats,
        ),
        as_json,
    )


@app.command()
def resolve(
    case: CaseArgument,
    disputed: Annotated[str, typer.Argument(metavar="DISPUTE", help="The id of the dispute.")],
    outcome: Annotated[DisputeOutcome, typer.Argument(help="How it was decided.")],
    message: IdOption = None,
    as_json: JsonOption = False,
) -> None:
    """A dispute was decided. Its amount is credited when it was upheld; one about all needs `adjust`."""
    send(case, lambda: events.DisputeResolved(id=new_message_id(message), dispute=disputed, outcome=outcome), as_json)


@app.command()
def complain(
    case: CaseArgument,
    category: Annotated[ComplaintCategory, typer.Argument(help="What the complaint is about.")],
    owner: Annotated[str, typer.Option(help="Who answers for it: an opaque staff or team id.")],
    message: IdOption = None,
    as_json: JsonOption = False,
) -> None:
    """The borrower complains: nothing goes to court until it is settled. The message's id is the complaint's number."""
    send(
        case,
        lambda: events.ComplaintOpened(id=new_message_id(message), category=category, owner=owner),
        as_json,
    )


@app.command()
def answer_complaint(
    case: CaseArgument,
    complaint: Annotated[str, typer.Argument(metavar="COMPLAINT", help="The complaint's number.")],
    outcome: Annotated[ComplaintOutcome, typer.Argument(help="How it was answered.")],
    message: IdOption = None,
    as_json: JsonOption = False,
) -> None:
    """A complaint got its final answer."""
    send(
        case,
        lambda: events.ComplaintResolved(id=new_message_id(message), complaint=complaint, outcome=outcome),
        as_json,
    )


@app.command()
def hardship(
    case: CaseArgument,
    category: Annotated[HardshipCategory, typer.Argument(help="Why, in one word; health is `other`.")],
    affordable: Annotated[
        tuple[str, str] | None,
        typer.Option("--affordable", metavar="AMOUNT CURRENCY", help="What they can pay a month, if they said so."),
    ] = None,
    message: IdOption = None,
    as_json: JsonOption = False,
) -> None:
    """The borrower cannot pay as agreed: they get time, where to find free advice, and a person to talk to."""
    send(
        case,
        lambda: events.HardshipStated(id=new_message_id(message), category=category, affordable=_money(affordable)),
        as_json,
    )


@app.command()
def vulnerable(case: CaseArgument, message: IdOption = None, as_json: JsonOption = False) -> None:
    """The borrower may be vulnerable: all of their cases stop until a person has decided and `release`s them."""
    send(case, lambda: events.VulnerabilityStated(id=new_message_id(message)), as_json)


@app.command()
def hold(
    case: CaseArgument,
    kind: Annotated[HoldKind, typer.Argument(help="Why: each kind stops something else.")],
    since: Annotated[
        date | None,
        typer.Option(metavar="DAY", parser=day, help="The first day on hold, as notified; today if left out."),
    ] = None,
    until: Annotated[
        date | None,
        typer.Option(metavar="DAY", parser=day, help="The first day without the hold; open-ended if left out."),
    ] = None,
    only_this_account: _OnlyThisAccount = False,
    message: IdOption = None,
    as_json: JsonOption = False,
) -> None:
    """Something must stop. A hold about the person reaches all of their cases."""
    send(
        case,
        lambda: events.HoldPlaced(
            id=new_message_id(message), hold=kind, since=since, until=until, only_this_account=only_this_account
        ),
        as_json,
    )


@app.command()
def release(
    case: CaseArgument,
    kind: Annotated[HoldKind, typer.Argument(help="Which holds end.")],
    until: Annotated[
        date | None,
        typer.Option(metavar="DAY", parser=day, help="The first day without the hold, as notified; today if left out."),
    ] = None,
    only_this_account: _OnlyThisAccount = False,
    message: IdOption = None,
    as_json: JsonOption = False,
) -> None:
    """Every hold of a kind ends."""
    send(
        case,
        lambda: events.HoldLifted(
            id=new_message_id(message), hold=kind, until=until, only_this_account=only_this_account
        ),
        as_json,
    )


def _money(amount: tuple[str, str] | None) -> Money | None:
    return None if amount is None else money(*amount)
