"""Requests to a Twilio account, with a timeout that holds and errors that say whether Twilio may have acted."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Protocol, TypeVar

import aiohttp
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client
from twilio.rest.api.v2010.account.call import CallList
from twilio.rest.api.v2010.account.message import MessageList

from domain.names import Channel
from providers.base import ProviderError, ProviderReceipt, RetryableProviderError, UncertainProviderError
from providers.twilio_api.refusals import refusal

T = TypeVar("T")

RECORDS_READ_MAX = 1_000
"""How many records of one recipient are read when Twilio is asked: more than the caps allow in years."""

CONNECTIONS_MAX = 100
"""aiohttp opens no more at once, and the client that Twilio makes of it leaves that as it is."""

CLOCK_SKEW_MAX = timedelta(minutes=1)
"""How far Twilio's clock may lag behind ours. Its records also have whole seconds only."""

_ACCOUNT_SID = re.compile(r"AC[0-9a-fA-F]{32}", re.ASCII)
_E164 = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)

# The client logs each request with its numbers and texts. A logger that is not in the tree can't be turned on.
_SILENCE = logging.Logger("silence", level=logging.CRITICAL + 1)


@dataclass(frozen=True, slots=True)
class TwilioSettings:
    """One account, the number that it sends from (E.164), and where Twilio reports to.

    `base_url` puts another server in Twilio's place. Without a `public_base_url` no reports are asked for.
    """

    account_sid: str
    auth_token: str = field(repr=False)
    from_number: str
    base_url: str | None = None
    public_base_url: str | None = None
    timeout_s: float = 20.0

    def __post_init__(self) -> None:
        if not _ACCOUNT_SID.fullmatch(self.account_sid):
            raise ValueError("not a Twilio account SID: it is AC and 32 hexadecimal digits")
        if not _E164.fullmatch(self.from_number):
            raise ValueError("not a number to send from: write it in E.164, like +15005550006")


@dataclass(slots=True)
class _Flight:
    """Whether the request in the air has begun to be written."""

    written: bool = False


_flight: ContextVar[_Flight] = ContextVar("_flight")


async def _note_writing(session: aiohttp.ClientSession, context: SimpleNamespace, params: object) -> None:
    _flight.get(_Flight()).written = True


class Record(Protocol):
    """What Twilio keeps of a message or call."""

    sid: str | None
    date_created: datetime | None


class TwilioAccount:
    """A client of one account. Make it inside a running event loop."""

    def __init__(self, settings: TwilioSettings) -> None:
        self.settings = settings
        writing = aiohttp.TraceConfig()
        writing.on_request_headers_sent.append(_note_writing)
        self._http = AsyncTwilioHttpClient(logger=_SILENCE, trace_configs=[writing])
        client = Client(settings.account_sid, settings.auth_token, http_client=self._http)
        if settings.base_url is not None:
            client.api.base_url = settings.base_url.rstrip("/")
        # Looked up here, because the client imports half a second's worth of modules when it is first asked for them.
        self.messages: MessageList = client.messages
        self.calls: CallList = client.calls

    async def create(self, channel: Channel, request: Awaitable[Record]) -> ProviderReceipt:
        """Make a request that creates something.

        Raises RetryableProviderError or FinalProviderError as `refusals` says; UncertainProviderError when the request
        had begun to be written and no answer came that could be understood.
        """
        record = await self._answer(channel, request)
        if record.sid is None:
            raise UncertainProviderError(channel, "answer_without_sid")
        return ProviderReceipt(record.sid)

    async def read(self, channel: Channel, request: Awaitable[T]) -> T:
        """Make a request that reads. Raises RetryableProviderError when there was no answer, whatever the reason."""
        try:
            return await self._answer(channel, request)
        except ProviderError as error:
            code = error.code
        raise RetryableProviderError(channel, code)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()

    async def _answer(self, channel: Channel, request: Awaitable[T]) -> T:
        flight = _Flight()
        _flight.set(flight)
        try:
            # The client has a timeout of its own, and ignores it.
            async with asyncio.timeout(self.settings.timeout_s):
                return await request
        except (TwilioRestException, TwilioServiceException) as error:
            failure = refusal(channel, error.status, error.code)
        except TwilioException as error:
            # What the client raises for a list, with the whole answer in its arguments.
            statuses = [str(part.status_code) for part in error.args if isinstance(part, Response)]
            failure = _no_answer(channel, "".join(statuses) or "unreadable_answer", flight)
        except TimeoutError:
            failure = _no_answer(channel, "timeout", flight)
        except (aiohttp.ClientError, OSError):
            failure = _no_answer(channel, "connection_lost" if flight.written else "connect_failed", flight)
        except ValueError:
            failure = _no_answer(channel, "unreadable_answer", flight)
        # Raised here and not above, so that the vendor's error, which quotes numbers, is not chained to it.
        raise failure


def _no_answer(channel: Channel, code: str, flight: _Flight) -> ProviderError:
    kind = UncertainProviderError if flight.written else RetryableProviderError
    return kind(channel, code)


def earliest_since(channel: Channel, records: Iterable[Record], read: int, since: datetime) -> ProviderReceipt | None:
    """The first of the records that was created at or after `since`, by Twilio's clock.

    `read` is how many records Twilio returned before they were narrowed down. Raises UncertainProviderError when that
    is as many as were asked for, so that what is sought may be among those that were not returned.
    """
    found = [
        (record.date_created, record.sid)
        for record in records
        if record.sid is not None and record.date_created is not None and record.date_created >= since - CLOCK_SKEW_MAX
    ]
    if found:
        return ProviderReceipt(min(found)[1])
    if read >= RECORDS_READ_MAX:
        raise UncertainProviderError(channel, "too_many_records")
    return None
