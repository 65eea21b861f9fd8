"""How the peers that bring no mail module send: one connection a thread, kept open, as their documents advise."""

from __future__ import annotations

import os
import smtplib
import threading
from pathlib import Path

from bench.peers.reminder import Reminder


class Outbox:
    """Sends the reminder from many threads. Reads PEER_SMTP_PORT and PEER_REMINDER."""

    def __init__(self) -> None:
        self._port = int(os.environ["PEER_SMTP_PORT"])
        self._reminder = Reminder.load(Path(os.environ["PEER_REMINDER"]))
        self._own = threading.local()

    def send(self, account: str) -> None:
        """Raises smtplib.SMTPException or OSError when the mail was not taken, or nobody can know."""
        connection: smtplib.SMTP | None = getattr(self._own, "connection", None)
        if connection is None:
            connection = self._own.connection = smtplib.SMTP("127.0.0.1", self._port)
        connection.send_message(self._reminder.message(account))
