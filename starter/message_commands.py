"""`dunlin case pay`, `promise`, `hold` and so on: each tells a case what happened, and shows what it did."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import typer

from domain import events
from domain.events import AdjustmentReason, ReversalReason
from domain.names import Channel, Component, Place, ReferralStatus
from domain.registration import ContactPointRegistration
from starter.arguments import (
    AmountArgument,
    CaseArgument,
    CurrencyArgument,
    IdOption,
    JsonOption,
    day,
    money,
    new_message_id,
)
from starter.connection import with_client
from starter.sending import checked, send, show_result

app = typer.Typer()

# A negative amount looks like an option: it must arrive, so that it can be refused for what it is.
_AMOUNTS: dict[str, Any] = {"ignore_unknown_options": True}


@app.command(context_settings=_AMOUNTS)
def pay(
    case: CaseArgument,
    amount: AmountArgument,
    currency: CurrencyArgument,
    payment: Annotated[str, typer.Option("--id", help="The payment's own id: sent again, it counts once.")],
    as_json: JsonOption = False,
) -> None:
    """Money arrived."""
    send(case, lambda: events.PaymentReceived(id=payment, amount=money(amount, currency)), as_json)


@app.command()
def reverse(
    case: CaseArgument,
    payment: Annotated[str, typer.Argument(metavar="PAYMENT", help="The id of the payment that did not stand.")],
    reason: Annotated[ReversalReason, typer.Option(help="Why it did not.")],
    message: IdOption = None,
    as_json: JsonOption = False,
) -> None:
    """A payment that had been counted did not stand."""
    send(case, lambda: events.PaymentReversed(id=new_message_id(message), payment=payment, reason=reason), as_json)


@app.command(context_settings=_AMOUNTS)
def bill(
    case: CaseArgument,
    amount: AmountArgument,
    currency: CurrencyArgument,
    due: Annotated[date, typer.Option(metavar="DAY", parser=day, help="The last day on which it can be paid on time.")],
    obligation: Annotated[str, typer.Option("--id", help="The obligation's own id.")],
    component: Annotated[Component, typer.Option(help="What it consists of.")] = Component.PRINCIPAL,
    as_json: JsonOption = False,
) -> None:
    """A further instalment, statement balance or charge falls due."""
    send(
        case,
        lambda: events.ObligationDue(id=obligation, amount=money(amount, currency), due=due, component=component),
        as_json,
    )


@app.command(context_settings=_AMOUNTS)
def adjust(
    case: CaseArgument,
    amount: AmountArgument,
    currency: CurrencyArgument,
    reason: Annotated[AdjustmentReason, typer.Option(help="Why the balance is corrected.")],
    due: Annotated[
        date | None, typer.Option(metavar="DAY", parser=day, help="When a charge falls due; today if left out.")
    ] = None,
    message: IdOption = None,
    as_json: JsonOption = False,
) -> None:
    """The lender corrects the balance: a negative amount is credited, a positive one is a new charge."""
    send(
        case,
        lambda: events.BalanceAdjusted(
            id=new_message_id(message), amount=money(amount, currency), reason=reason, due=due
        ),
        as_json,
    )


@app.command(context_settings=_AMOUNTS)
def promise(
    case: CaseArgument,
    amount: AmountArgument,
    currency: CurrencyArgument,
    due: Annotated[
        date, typer.Option("--by", metavar="DAY", parser=day, help="The day by whose end it is to be paid.")
    ],
    channel: Annotated[Channel | None, typer.Option(help="How they said so.")] = None,
    message: IdOption = None,
    as_json: JsonOption = False,
) -> None:
    """The borrower promises to pay."""
    send(
        case,
        lambda: events.PromiseMade(
            id=new_message_id(message), amount=money(amount, currency), due=due, channel=channel
        ),
        as_json,
    )


@app.command()
def contact_point(
    case: CaseArgument,
    point: Annotated[str, typer.Argument(metavar="POINT", help="The contact point's opaque id, such as sms-1.")],
    channel: Annotated[Channel, typer.Argument(help="What it is for.")],
    place: Annotated[Place, typer.Option(help="Where it reaches the person.")] = Place.MOBILE,
    unusable: Annotated[bool, typer.Option(help="It was found not to work.")] = False,
    message: IdOption = None,
    as_json: JsonOption = False,
) -> None:
    """A number or an address was added, changed or found unusable. Its value is asked for, or read from input."""
    message_id = new_message_id(message)
    if unusable:
        send(
            case,
            lambda: events.ContactPointChanged(id=message_id, contact_point=point, channel=channel, usable=False),
            as_json,
        )
        return
    value = typer.prompt("Value (kept in Postgres alone)", err=True)
    registration = checked(
        lambda: ContactPointRegistration(id=point, channel=channel, place=place, value=value),
    )
    show_result(
        with_client(lambda client: client.change_contact_point(case, registration, message_id=message_id)), as_json
    )


@app.command()
def reply(
    case: CaseArgument,
    channel: Annotated[Channel, typer.Argument(help="How the borrower answered.")],
    message: IdOption = None,
    as_json: JsonOption = False,
) -> None:
    """The borrower answered. The text is asked for, or read from input, and kept in Postgres alone."""
    text = typer.prompt("Text", err=True)
    message_id = new_message_id(message)
    show_result(with_client(lambda client: client.reply(case, channel, text, message_id=message_id)), as_json)


ReferralOption = Annotated[
    str | None, typer.Option(help="Its id: refused when another was proposed since. The latest if left out.")
]


@app.command()
def decide_referral(
    case: CaseArgument,
    approved: Annotated[bool, typer.Option("--approve/--decline", help="Whether it goes to counsel.")],
    decided_by: Annotated[str, typer.Option("--by", help="Your opaque staff id.")],
    referral: ReferralOption = None,
    message: IdOption = None,
    as_json: JsonOption = False,
) -> None:
    """A person approves or declines the proposed legal referral."""
    send(
        case,
        lambda: events.ReferralDecided(
            id=new_message_id(message), referral=referral, approved=approved, decided_by=decided_by
        ),
        as_json,
    )


@app.command()
def referral_status(
    case: CaseArgument,
    status: Annotated[ReferralStatus, typer.Argument(help="What counsel reports.")],
    reference: Annotated[str | None, typer.Option(help="Counsel's reference: it comes with acknowledged.")] = None,
    referral: ReferralOption = None,
    message: IdOption = None,
    as_json: JsonOption = False,
) -> None:
    """Counsel reports how the referral stands."""
    report: dict[str, Any] = {
        "id": new_message_id(message),
        "referral": referral,
        "status": status,
        "reference": reference,
    }
    send(case, lambda: events.ReferralStatusChanged.model_validate(report), as_json)


@app.command()
def limitation(
    case: CaseArgument,
    last_day: Annotated[date, typer.Argument(metavar="DAY", parser=day, help="The last day on which it can be.")],
    message: IdOption = None,
    as_json: JsonOption = False,
) -> None:
    """The lender says until when the debt can be sued for."""
    send(case, lambda: events.LimitationNoted(id=new_message_id(message), last_day=last_day), as_json)


@app.command()
def transfer(
    case: CaseArgument,
    to: Annotated[str, typer.Option(help="The agency's opaque id.")],
    message: IdOption = None,
    as_json: JsonOption = False,
) -> None:
    """The lender hands the account to another agency: all contact ends. `dunlin transfer` takes a list of them."""
    send(case, lambda: events.Transferred(id=new_message_id(message), to=to), as_json)


@app.command()
def recall(case: CaseArgument, message: IdOption = None, as_json: JsonOption = False) -> None:
    """The lender takes the account back: all contact ends."""
    send(case, lambda: events.Recalled(id=new_message_id(message)), as_json)
