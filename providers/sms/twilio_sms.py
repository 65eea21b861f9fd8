"""Text messages by Twilio."""

from __future__ import annotations

from datetime import datetime

from twilio.base import values

from domain.names import Channel
from providers.base import Outgoing, ProviderReceipt
from providers.twilio_api.account import (
    CONNECTIONS_MAX,
    RECORDS_READ_MAX,
    TwilioAccount,
    TwilioSettings,
    earliest_since,
)
from providers.webhooks import MESSAGE_STATUS_PATH, webhook_url


class TwilioSmsProvider:
    """Sends text messages, and has Twilio report on each. Make it inside a running event loop."""

    channel = Channel.SMS
    sends_at_once: int | None = CONNECTIONS_MAX

    def __init__(self, settings: TwilioSettings) -> None:
        self._account = TwilioAccount(settings)

    async def send(self, message: Outgoing) -> ProviderReceipt:
        settings = self._account.settings
        callback = settings.public_base_url and webhook_url(
            settings.public_base_url, MESSAGE_STATUS_PATH, message.reference
        )
        return await self._account.create(
            self.channel,
            self._account.messages.create_async(
                to=message.to.value,
                from_=settings.from_number,
                body=message.content.text,
                status_callback=callback or values.unset,
            ),
        )

    async def find(self, message: Outgoing, since: datetime) -> ProviderReceipt | None:
        """The message of this text to this number, if Twilio has one of `since` or later.

        Twilio keeps no reference of ours, so two messages of the same text to one number in that time can't be told
        apart. Its list may lag behind by some seconds. It is not asked to filter by date, because what is still queued
        has no date of sending yet.
        """
        records = await self._account.read(
            self.channel,
            self._account.messages.list_async(
                to=message.to.value, from_=self._account.settings.from_number, limit=RECORDS_READ_MAX
            ),
        )
        same_text = [record for record in records if (record.body or "").strip() == message.content.text.strip()]
        return earliest_since(self.channel, same_text, len(records), since)

    async def close(self) -> None:
        await self._account.close()
