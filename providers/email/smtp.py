"""E-mails to borrowers and to counsel, through one mail server."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote

from domain.names import Channel
from providers.base import FinalProviderError, Outgoing, ProviderReceipt, UncertainProviderError
from providers.email.connections import MailConnections, MailServer
from providers.email.message import Mail, Sender, mailbox_of, message_id, wire_bytes
from providers.webhooks import UNSUBSCRIBE_PATH, sealed, webhook_url


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """The server, whom mails come from, and how they are stopped.

    `public_base_url` is where mail programs reach Dunlin's HTTP door. Only an https address is offered to them, because
    one-click unsubscribing (RFC 8058) needs it, and only with a `link_secret`, so that nobody can make up links that
    stop other people's mails; a mail to the reply address stops messages in any case.
    """

    server: MailServer
    sender: Sender
    public_base_url: str | None = None
    link_secret: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        for address in filter(None, (self.sender.address, self.sender.reply_to)):
            try:
                known = mailbox_of(address)
            except FinalProviderError:
                known = ""
            if known != address:
                raise ValueError(f"not a plain e-mail address: {address!r}: write it like collections@example.com")


class SmtpEmailProvider:
    """Sends e-mails as multipart text and HTML.

    SMTP has no question "did you get this?", so `find` always raises UncertainProviderError.
    """

    channel = Channel.EMAIL

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings
        self._connections = MailConnections(settings.server)

    @property
    def sends_at_once(self) -> int | None:
        return self._settings.server.connections_max

    async def send(self, message: Outgoing) -> ProviderReceipt:
        """Hand a message to a borrower over, with the means to stop such messages in its headers."""
        return await self.send_mail(
            Mail(
                reference=message.reference,
                to=message.to.value,
                subject=message.content.subject,
                text=message.content.text,
                html=message.content.html,
                unsubscribe=self._unsubscribe(message.reference),
            )
        )

    async def send_mail(self, mail: Mail) -> ProviderReceipt:
        """Hand any mail over, attachments and all. The receipt's id is the Message-ID, which bounces refer to."""
        sender = self._settings.sender
        recipient = mailbox_of(mail.to)
        await self._connections.deliver(
            sender=sender.address,
            recipient=recipient,
            content=wire_bytes(mail, recipient, sender, datetime.now(UTC)),
        )
        return ProviderReceipt(message_id(mail.reference, sender))

    async def find(self, message: Outgoing, since: datetime) -> ProviderReceipt | None:
        raise UncertainProviderError(Channel.EMAIL, "cannot_be_asked")

    async def close(self) -> None:
        await self._connections.close()

    def _unsubscribe(self, reference: str) -> tuple[str, ...]:
        sender = self._settings.sender
        by_mail = f"mailto:{quote(sender.reply_to or sender.address, safe='@')}?subject={quote(f'stop {reference}')}"
        base, secret = self._settings.public_base_url, self._settings.link_secret
        if base is None or secret is None or not base.startswith("https://"):
            return (by_mail,)
        return (webhook_url(base, UNSUBSCRIBE_PATH, sealed(reference, secret)), by_mail)
