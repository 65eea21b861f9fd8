"""`dunlin migrate`: brings the database up to date."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from db.migrate import upgrade
from db.roles import Role, grant_roles
from db.session import Database
from runtime.settings import ClientSettings, load_settings
from starter.connection import postgres_answers
from starter.console import show_line


def migrate(
    roles: Annotated[
        bool, typer.Option("--roles", help="Make the group roles, and grant each the least that it needs.")
    ] = False,
) -> None:
    """Apply every migration that the database does not have yet. Safe to run by several processes at once."""
    url = load_settings(ClientSettings).database_url.get_secret_value()
    with postgres_answers(url):
        asyncio.run(upgrade(url))
        if roles:
            asyncio.run(_grant(url))
    show_line("the database is up to date")
    if roles:
        show_line(f"granted to {', '.join(Role)}: make users, and make each a member of one")


async def _grant(url: str) -> None:
    database = Database(url)
    try:
        await grant_roles(database)
    finally:
        await database.close()
