"""Connections to one mail server, kept open between mails: connecting for each would cost more than the mail."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiosmtplib
from aiosmtplib import SMTP

from domain.names import Channel
from providers.base import ProviderError, RetryableProviderError, UncertainProviderError
from providers.email.refusals import SERVICE_CLOSING, Stage, refusal

_OK = frozenset({250, 251, 252})
_SEND_CONTENT = frozenset({354})
_CRLF = b"\r\n"


@dataclass(frozen=True, slots=True)
class MailServer:
    """The server that takes the mails. `ca_file` names further authorities to trust (PEM).

    `client_name` is how we introduce ourselves (EHLO): this machine's name, where nothing better is known.
    `timeout_s` is how long the server may take until it wants a mail's content, and then again until it has it. A
    connection that has been idle for longer than `idle_s_max` is not used again: servers drop them, and a firewall does
    so without a word.
    """

    host: str
    port: int
    starttls: bool = True
    username: str | None = None
    password: str | None = None
    ca_file: Path | None = None
    client_name: str = field(default_factory=socket.gethostname)
    connections_max: int = 10
    idle_s_max: float = 30.0
    timeout_s: float = 60.0

    def __repr__(self) -> str:
        return f"MailServer({self.host}:{self.port})"


class _StaleConnection(Exception):
    """A connection that was open while idle turns out to be closed. Nothing has been handed over on it."""


@dataclass(frozen=True, slots=True)
class _Idle:
    client: SMTP
    since_s: float


class MailConnections:
    """Hands mails over on at most `connections_max` connections at once; further mails wait for a free one.

    Raises, from `deliver`: RetryableProviderError or FinalProviderError as `refusals` says; UncertainProviderError when
    the connection ended or fell silent after the content had been written.
    """

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._tls = ssl.create_default_context(cafile=server.ca_file) if server.starttls else None
        self._turns = asyncio.Semaphore(server.connections_max)
        self._idle: list[_Idle] = []

    async def deliver(self, *, sender: str, recipient: str, content: bytes) -> None:
        """Hand one mail over. Mailboxes are ASCII and checked; the content has CRLF line ends."""
        async with self._turns:
            try:
                async with asyncio.timeout(self._server.timeout_s):
                    client = await self._ready_for_content(sender, recipient)
            except TimeoutError:
                raise RetryableProviderError(Channel.EMAIL, "timeout") from None
            with _closed_unless_done(client):
                await _content(client, content, self._server.timeout_s)
            self._idle.append(_Idle(client, asyncio.get_running_loop().time()))

    async def close(self) -> None:
        """Say goodbye on the connections that are idle."""
        while self._idle:
            client = self._idle.pop().client
            try:
                await client.quit(timeout=1.0)
            except (aiosmtplib.SMTPException, OSError):
                client.close()  # the server had gone first

    async def _ready_for_content(self, sender: str, recipient: str) -> SMTP:
        client = self._take_idle()
        if client is not None:
            try:
                await _envelope(client, sender, recipient, reused=True)
            except _StaleConnection:
                pass
            else:
                return client
        client = await self._connect()
        await _envelope(client, sender, recipient, reused=False)
        return client

    def _take_idle(self) -> SMTP | None:
        now_s = asyncio.get_running_loop().time()
        while self._idle:
            idle = self._idle.pop()
            if idle.client.is_connected and now_s - idle.since_s <= self._server.idle_s_max:
                return idle.client
            idle.client.close()
        return None

    async def _connect(self) -> SMTP:
        server = self._server
        client = SMTP(
            hostname=server.host,
            port=server.port,
            local_hostname=server.client_name,
            timeout=None,
            start_tls=server.starttls,
            tls_context=self._tls,
            username=server.username,
            password=server.password,
        )
        with _closed_unless_done(client):
            try:
                await client.connect()
                if client.is_ehlo_or_helo_needed:
                    await client.ehlo()
            except aiosmtplib.SMTPResponseException as error:
                raise refusal(Stage.CONNECTING, error.code, error.message) from None
            except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
                raise RetryableProviderError(Channel.EMAIL, _cannot_connect(error)) from None
        return client


@contextmanager
def _closed_unless_done(client: SMTP) -> Iterator[None]:
    """After a refusal the server may hold half an envelope, and a cancelled read leaves a reply unread."""
    try:
        yield
    except BaseException:
        client.close()
        raise


async def _envelope(client: SMTP, sender: str, recipient: str, *, reused: bool) -> None:
    with _closed_unless_done(client):
        await _command(client, Stage.SENDER, b"MAIL FROM:<%s>" % sender.encode("ascii"), reused=reused)
        await _command(client, Stage.RECIPIENT, b"RCPT TO:<%s>" % recipient.encode("ascii"))
        await _command(client, Stage.CONTENT, b"DATA", expected=_SEND_CONTENT)


async def _command(
    client: SMTP, stage: Stage, command: bytes, *, expected: frozenset[int] = _OK, reused: bool = False
) -> None:
    """Say one command. On a reused connection the first one finds out whether the server is still there."""
    try:
        code, text = await client.execute_command(command)
    except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
        if reused and isinstance(error, ConnectionError):
            raise _StaleConnection from None
        raise RetryableProviderError(Channel.EMAIL, _broke_off(error)) from None
    if reused and code == SERVICE_CLOSING:
        raise _StaleConnection
    if code not in expected:
        raise refusal(stage, code, text)


async def _content(client: SMTP, content: bytes, timeout_s: float) -> None:
    """Write the content and its final dot at once, then read what became of it.

    `SMTP.data` is not used because its errors don't tell whether they came before the content was written or after.
    """
    protocol = client.protocol
    if protocol is None or not protocol.is_connected:
        raise RetryableProviderError(Channel.EMAIL, "connection_lost")
    end = b".\r\n" if content.endswith(_CRLF) else b"\r\n.\r\n"
    protocol.write(content.replace(b"\r\n.", b"\r\n..") + end)
    try:
        code, text = await protocol.read_response(timeout=timeout_s)
    except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
        raise UncertainProviderError(Channel.EMAIL, _broke_off(error)) from None
    if code not in _OK:
        raise _content_refusal(code, text)


def _content_refusal(code: int, text: str) -> ProviderError:
    if code in range(400, 600):
        return refusal(Stage.CONTENT, code, text)
    return UncertainProviderError(Channel.EMAIL, f"unexpected_reply {code}")


def _cannot_connect(error: Exception) -> str:
    if isinstance(error, ssl.SSLError | ssl.CertificateError):
        return "tls_failed"
    if isinstance(error, TimeoutError):
        return "connect_timeout"
    return "connect_failed" if isinstance(error, OSError) else "starttls_or_auth_not_offered"


def _broke_off(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "timeout"
    return "connection_lost" if isinstance(error, OSError) else "unreadable_reply"
