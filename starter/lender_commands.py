"""`dunlin lender`: says who collects."""

from __future__ import annotations

import typer

from db.registration import register_lender
from db.session import Database
from domain.registration import LenderRegistration
from starter.arguments import FileArgument
from starter.connection import with_database
from starter.console import read_model, show_line

app = typer.Typer()


@app.callback()
def group() -> None:
    """Say who collects."""


@app.command()
def register(file: FileArgument) -> None:
    """Register a lender from a JSON file, or change what its messages say of it."""
    lender = read_model(file, LenderRegistration, "lender_registration")
    with_database(lambda database: _register(database, lender))
    show_line(f"{lender.id} is registered")
    if lender.name_forbids_calls:
        show_line("No calls are made for it: its name tells of collection. Register it with a voice_name to have them.")


async def _register(database: Database, lender: LenderRegistration) -> None:
    async with database.transaction() as session:
        await register_lender(session, lender)
