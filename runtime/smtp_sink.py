"""A mail server that keeps every mail and delivers none: for tests, and for reading a demonstration's mail.

In a process of its own: `python -m runtime.smtp_sink --port 2525 --folder mails`. It says where it listens as one line
of JSON on standard output, and stops cleanly on SIGTERM.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import ssl
import sys
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from enum import StrEnum
from pathlib import Path
from typing import Self, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

MAILS_MAX = 10_000
"""How many mails are kept in memory; the oldest go first. Those in the folder stay."""


@dataclass(frozen=True, slots=True)
class StoredMail:
    """A mail as it was taken. `content` has the dots undoubled and CRLF line ends."""

    sender: str
    recipient: str
    content: bytes

    @property
    def message(self) -> EmailMessage:
        """The mail, parsed."""
        return message_from_bytes(self.content, policy=policy.SMTP)


class FaultPoint(StrEnum):
    """Where in the conversation a fault strikes."""

    MAIL = "mail"
    RCPT = "rcpt"
    BEFORE_TAKING = "before_taking"
    """At the final dot; the mail is not kept."""
    AFTER_TAKING = "after_taking"
    """At the final dot; the mail is kept, and only the answer is missing or wrong."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What to do once, `delay_s` late: say `reply`, such as "450 4.2.0 busy"; with no reply, cut the connection."""

    point: FaultPoint
    reply: str | None
    delay_s: float = 0.0


@dataclass(slots=True)
class SmtpSink:
    """Use as an asynchronous context manager, or `start` and `stop`. Port 0 takes a free one; `port` then says which.

    With `tls`, STARTTLS is offered and required; with `credentials` (user, password), AUTH is required.
    `faults` strike in order, each once, when the conversation reaches their point; `struck` has those that did.
    `reply_delay_s` delays the answer to the final dot. `journal`, a file, gets a line of JSON for each mail that was
    taken and each fault that struck, before anybody is answered.
    """

    host: str = "127.0.0.1"
    port: int = 0
    folder: Path | None = None
    tls: ssl.SSLContext | None = None
    credentials: tuple[str, str] | None = None
    journal: Path | None = None
    faults: deque[Fault] = field(default_factory=deque)
    struck: list[Fault] = field(default_factory=list)
    reply_delay_s: float = 0.0
    mails: deque[StoredMail] = field(default_factory=lambda: deque(maxlen=MAILS_MAX))
    connections_made: int = 0
    _open: set[_Conversation] = field(default_factory=set)
    _server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen. Raises OSError when the port is taken."""
        if self.folder is not None:
            self.folder.mkdir(parents=True, exist_ok=True)
        self._server = await asyncio.get_running_loop().create_server(lambda: _Conversation(self), self.host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening and cut what is open."""
        if self._server is not None:
            self._server.close()
            self.drop_connections()
            await self._server.wait_closed()
            self._server = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def drop_connections(self) -> None:
        """Cut every open connection, as a server does with those that have been idle for long."""
        for conversation in tuple(self._open):
            conversation.cut()

    def take(self, mail: StoredMail) -> None:
        """Keep a mail."""
        self.mails.append(mail)
        if self.journal is not None:
            reference = str(mail.message["Message-ID"] or "").strip("<> ")
            content = mail.content.decode("utf-8", "replace")
            facts: dict[str, object] = {
                "message_id": reference,
                "recipient": mail.recipient,
                "sender": mail.sender,
                "content": content,
            }
            self._write("mail", facts)
        if self.folder is not None:
            name = f"{time.time_ns()}-{len(self.mails)}"
            unfinished = self.folder / f"{name}.part"
            unfinished.write_bytes(mail.content)
            unfinished.rename(self.folder / f"{name}.eml")

    def next_fault(self, *points: FaultPoint) -> Fault | None:
        """The next fault, if it is meant for one of these points; it won't strike again."""
        if self.faults and self.faults[0].point in points:
            fault = self.faults.popleft()
            self.struck.append(fault)
            self._write("fault", {"point": fault.point, "reply": fault.reply, "delay_s": fault.delay_s})
            return fault
        return None

    def _write(self, kind: str, facts: dict[str, object]) -> None:
        if self.journal is None:
            return
        line = {"at": datetime.now(UTC).isoformat(), "kind": kind} | facts
        with self.journal.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


class _Conversation(SMTP):
    """One connection: aiosmtpd's protocol, with this sink's faults and memory as its handler."""

    def __init__(self, sink: SmtpSink) -> None:
        super().__init__(
            _Handler(sink),
            hostname="sink.localhost",
            ident="sink",
            tls_context=sink.tls,
            require_starttls=sink.tls is not None,
            auth_required=sink.credentials is not None,
            auth_require_tls=sink.tls is not None,
            authenticator=_Authenticator(sink.credentials),
            loop=asyncio.get_running_loop(),
        )
        self._sink = sink

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if self not in self._sink._open:
            self._sink._open.add(self)
            self._sink.connections_made += 1
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._sink._open.discard(self)
        super().connection_lost(error)

    def cut(self) -> None:
        """End the connection without a word."""
        if self.transport is not None:
            transport = cast(asyncio.Transport, self.transport)
            if not transport.is_closing():  # Python 3.11.2 can't abort what it has closed already
                transport.abort()

    async def suffer(self, fault: Fault) -> str:
        """Let a fault strike: the reply to give, or the end of the connection."""
        await asyncio.sleep(fault.delay_s)
        if fault.reply is not None:
            return fault.reply
        self.cut()
        # Losing the connection cancels this task; an answer in the meantime would only fail.
        never: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        return await never


class _Authenticator:
    def __init__(self, credentials: tuple[str, str] | None) -> None:
        self._credentials = credentials

    def __call__(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, login: LoginPassword
    ) -> AuthResult:
        given = (login.login.decode("utf-8", "replace"), login.password.decode("utf-8", "replace"))
        # With handled=True, aiosmtpd would leave the answer to us, and the client would wait for it for ever.
        return AuthResult(success=given == self._credentials, handled=False)


class _Handler:
    """aiosmtpd's hooks: it calls these by name, with these arguments."""

    def __init__(self, sink: SmtpSink) -> None:
        self._sink = sink

    async def handle_MAIL(
        self, server: _Conversation, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if fault := self._sink.next_fault(FaultPoint.MAIL):
            return await server.suffer(fault)
        envelope.mail_from = address
        return "250 2.1.0 sender ok"

    async def handle_RCPT(
        self, server: _Conversation, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if fault := self._sink.next_fault(FaultPoint.RCPT):
            return await server.suffer(fault)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 recipient ok"

    async def handle_DATA(self, server: _Conversation, session: Session, envelope: Envelope) -> str:
        fault = self._sink.next_fault(FaultPoint.BEFORE_TAKING, FaultPoint.AFTER_TAKING)
        if fault is None or fault.point is FaultPoint.AFTER_TAKING:
            for recipient in envelope.rcpt_tos:
                self._sink.take(StoredMail(envelope.mail_from or "", recipient, cast(bytes, envelope.content)))
        if self._sink.reply_delay_s:
            await asyncio.sleep(self._sink.reply_delay_s)
        if fault is not None:
            return await server.suffer(fault)
        return "250 2.0.0 taken"


async def _serve(sink: SmtpSink) -> None:
    stop = asyncio.Event()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signal_number, stop.set)
    async with sink:
        sys.stdout.write(json.dumps({"host": sink.host, "port": sink.port}) + "\n")
        sys.stdout.flush()
        await stop.wait()


def main(arguments: list[str] | None = None) -> None:
    """Run a sink until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m runtime.smtp_sink", description="A mail server that keeps mail.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free port")
    parser.add_argument("--folder", type=Path, help="write each mail there as an .eml file")
    chosen = parser.parse_args(arguments)
    asyncio.run(_serve(SmtpSink(host=chosen.host, port=chosen.port, folder=chosen.folder)))


if __name__ == "__main__":
    main()
