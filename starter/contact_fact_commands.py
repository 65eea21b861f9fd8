"""`dunlin case consent`, `requests` and `call`: what the law needs to know of contact with a person."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

import typer

from domain import events
from domain.names import Channel, ConsentMeans, Direction, Outcome, Place
from domain.preferences import InconvenientTime
from starter.arguments import CaseArgument, IdOption, JsonOption, day, instant, new_message_id
from starter.sending import send

app = typer.Typer()


@app.command()
def consent(
    case: CaseArgument,
    channel: Annotated[Channel, typer.Argument(help="Which channel.")],
    refused: Annotated[bool, typer.Option("--refused", help="The borrower opted out of it.")] = False,
    given_on: Annotated[
        date | None, typer.Option("--on", metavar="DAY", parser=day, help="When they said so; today if left out.")
    ] = None,
    given_how: Annotated[ConsentMeans, typer.Option("--how", help="How they said so.")] = ConsentMeans.UNSTATED,
    message: IdOption = None,
    as_json: JsonOption = False,
) -> None:
    """The borrower allowed or refused a channel."""
    send(
        case,
        lambda: events.ConsentChanged(
            id=new_message_id(message),
            channel=channel,
            consented=not refused,
            given_on=given_on,
            given_how=given_how,
        ),
        as_json,
    )


@app.command()
def requests(
    case: CaseArgument,
    not_at: Annotated[list[Place] | None, typer.Option("--not-at", help="A place; may be given again.")] = None,
    not_from: Annotated[
        list[str] | None,
        typer.Option("--not-from", metavar="HH:MM-HH:MM", help="A time of every day; may be given again."),
    ] = None,
    message: IdOption = None,
    as_json: JsonOption = False,
) -> None:
    """Where and when the borrower does not want to be contacted: all of it, as it is known now."""
    send(
        case,
        lambda: events.ContactPreferencesChanged(
            id=new_message_id(message),
            refused_places=tuple(not_at or ()),
            inconvenient_times=tuple(map(_time_of_day, not_from or ())),
        ),
        as_json,
    )


@app.command()
def call(
    case: CaseArgument,
    outcome: Annotated[Outcome, typer.Argument(help="How the call ended.")],
    inbound: Annotated[bool, typer.Option("--inbound", help="The borrower called.")] = False,
    contact: Annotated[str | None, typer.Option(help="The contact that it belongs to, if Dunlin placed it.")] = None,
    debt: Annotated[
        list[str] | None,
        typer.Option(metavar="CASE", help="A further case of the person that was talked about; may be given again."),
    ] = None,
    place: Annotated[Place | None, typer.Option(help="Where it reached the borrower.")] = None,
    at: Annotated[
        datetime | None,
        typer.Option(metavar="INSTANT", parser=instant, help="When it was made; now if left out."),
    ] = None,
    message: IdOption = None,
    as_json: JsonOption = False,
) -> None:
    """A telephone call ended."""
    report: dict[str, Any] = {
        "id": new_message_id(message),
        "outcome": outcome,
        "direction": Direction.INBOUND if inbound else Direction.OUTBOUND,
        "contact": contact,
        "debts": tuple(debt or ()),
        "place": place,
        "at": at,
    }
    send(case, lambda: events.CallOutcomeRecorded.model_validate(report), as_json)


def _time_of_day(text: str) -> InconvenientTime:
    start, _, end = text.partition("-")
    return InconvenientTime.model_validate({"start": start, "end": end})
