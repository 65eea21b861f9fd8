"""`dunlin migrate`: brings the database up to date."""

from __future__ import annotations

import asyncio

from db.migrate import upgrade
from runtime.settings import ClientSettings, load_settings
from starter.connection import postgres_answers
from starter.console import show_line


def migrate() -> None:
    """Apply every migration that the database does not have yet. Safe to run by several processes at once."""
    url = load_settings(ClientSettings).database_url.get_secret_value()
    with postgres_answers(url):
        asyncio.run(upgrade(url))
    show_line("the database is up to date")
