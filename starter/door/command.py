"""`dunlin door`: runs the HTTP door that providers report to."""

from __future__ import annotations

import asyncio
import signal

from rulebook.load import Rulebook
from runtime.logging import configure_logging
from runtime.settings import DoorSettings, load_settings
from runtime.temporal import connect
from starter.client import DunlinClient
from starter.connection import opened_database
from starter.console import REFUSED, CommandError, show_line
from starter.door.application import Door, serving
from starter.door.receiver import Receiver


def door() -> None:
    """Take providers' reports and borrowers' replies by HTTP, until SIGTERM or Ctrl-C."""
    settings = load_settings(DoorSettings)
    configure_logging(level=settings.log_level, log_format=settings.log_format)
    asyncio.run(_serve(settings))


async def _serve(settings: DoorSettings) -> None:
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    temporal = await connect(settings)
    async with opened_database(settings) as database:
        client = DunlinClient(temporal, database, Rulebook.load())
        opened = Door(
            Receiver(client, database),
            public_base_url=str(settings.public_base_url),
            twilio_auth_token=settings.twilio_auth_token.get_secret_value(),
            link_secret=settings.link_secret.get_secret_value() if settings.link_secret else None,
        )
        try:
            async with serving(opened, settings.bind_address, settings.callback_port):
                show_line(f"the door is open on {settings.bind_address}:{settings.callback_port}")
                await stopping.wait()
        except OSError as error:
            raise CommandError(
                f"{settings.bind_address}:{settings.callback_port} cannot be listened on ({error.strerror}): "
                "set DUNLIN_CALLBACK_PORT",
                REFUSED,
            ) from None
