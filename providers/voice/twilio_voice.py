"""Telephone calls by Twilio."""

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
from providers.voice.twiml import twiml
from providers.webhooks import CALL_DIGIT_PATH, CALL_STATUS_PATH, webhook_url


class TwilioVoiceProvider:
    """Places calls that say a text and take a digit, and has Twilio report how each ended.

    Make it inside a running event loop.
    """

    channel = Channel.VOICE
    sends_at_once: int | None = CONNECTIONS_MAX

    def __init__(self, settings: TwilioSettings) -> None:
        self._account = TwilioAccount(settings)

    async def send(self, message: Outgoing) -> ProviderReceipt:
        settings = self._account.settings
        base = settings.public_base_url
        digit_url = base and webhook_url(base, CALL_DIGIT_PATH, message.reference)
        document = twiml(message.content.text, message.content.locale, digit_url)
        callback = base and webhook_url(base, CALL_STATUS_PATH, message.reference)
        return await self._account.create(
            self.channel,
            self._account.calls.create_async(
                to=message.to.value,
                from_=settings.from_number,
                twiml=document,
                status_callback=callback or values.unset,
                status_callback_event=["completed"] if callback else values.unset,
                status_callback_method="POST" if callback else values.unset,
            ),
        )

    async def find(self, message: Outgoing, since: datetime) -> ProviderReceipt | None:
        """The call to this number, if Twilio has placed or queued one at `since` or later.

        Twilio keeps neither a reference of ours nor what a call says, so two calls to one number in that time can't be
        told apart. Its list may lag behind by some seconds. It is not asked to filter by date, because a call that is
        still queued has no start yet.
        """
        records = await self._account.read(
            self.channel,
            self._account.calls.list_async(
                to=message.to.value, from_=self._account.settings.from_number, limit=RECORDS_READ_MAX
            ),
        )
        return earliest_since(self.channel, records, len(records), since)

    async def close(self) -> None:
        await self._account.close()
