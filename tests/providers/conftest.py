"""Real servers for the providers to talk to, in the test's own process."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from providers.email.connections import MailServer
from providers.email.message import Sender
from providers.email.smtp import SmtpEmailProvider, SmtpSettings
from providers.twilio_api.account import TwilioSettings
from runtime.smtp_sink import SmtpSink
from runtime.twilio_stand_in import TwilioStandIn

LINK_SECRET = "a-secret-of-the-tests"
SENDER = Sender("collections@lender.example", "Example Collections", "help@lender.example")
OUR_NUMBER = "+15005550006"


@pytest_asyncio.fixture
async def sink() -> AsyncIterator[SmtpSink]:
    async with SmtpSink() as running:
        yield running


@pytest_asyncio.fixture
async def email(sink: SmtpSink) -> AsyncIterator[SmtpEmailProvider]:
    provider = SmtpEmailProvider(
        SmtpSettings(MailServer("127.0.0.1", sink.port, starttls=False), SENDER, "https://dunlin.example", LINK_SECRET)
    )
    yield provider
    await provider.close()


@pytest_asyncio.fixture
async def stand_in() -> AsyncIterator[TwilioStandIn]:
    async with TwilioStandIn() as running:
        yield running


@pytest_asyncio.fixture
async def twilio_settings(stand_in: TwilioStandIn) -> TwilioSettings:
    return TwilioSettings(
        stand_in.account_sid, stand_in.auth_token, OUR_NUMBER, stand_in.base_url, "https://dunlin.example"
    )
