"""Messages to send, and what went wrong when they were not."""

from __future__ import annotations

from collections.abc import Awaitable

from domain.messaging import Address, Rendered
from domain.names import Channel, Place
from providers.base import Outgoing, ProviderError

RECIPIENTS = {
    Channel.EMAIL: "borrower@example.com",
    Channel.SMS: "+14155550100",
    Channel.VOICE: "+14155550100",
    Channel.LETTER: "Example Borrower\n10 Sample Road\nSampletown",
}

PLACES = {
    Channel.EMAIL: Place.EMAIL,
    Channel.SMS: Place.MOBILE,
    Channel.VOICE: Place.MOBILE,
    Channel.LETTER: Place.HOME,
}


def outgoing(
    channel: Channel,
    *,
    reference: str = "claim-1",
    to: str | None = None,
    text: str = "Please pay 250.00.",
    subject: str = "Your account",
    html: str = "<p>Please pay 250.00.</p>",
    locale: str = "en-GB",
) -> Outgoing:
    address = Address("point-1", channel, PLACES[channel], RECIPIENTS[channel] if to is None else to)
    return Outgoing(reference, address, Rendered(channel, locale, text, subject, html))


async def error_of(sending: Awaitable[object]) -> ProviderError:
    """The error that an attempt ends in."""
    try:
        await sending
    except ProviderError as error:
        return error
    raise AssertionError("it did not fail")


def chain_of(error: BaseException) -> str:
    """Everything that a log with tracebacks could show of an error: its own words and those of what led to it."""
    words = []
    link: BaseException | None = error
    while link is not None:
        words.append(f"{link!s} {link!r}")
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return " ".join(words)
