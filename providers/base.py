"""The small base that each channel's provider has, and the three ways in which a provider can fail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.messaging import Address, Rendered
from domain.names import Channel


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message on its way. `reference` is the claim's id: opaque, unique, and the same on every retry."""

    reference: str
    to: Address
    content: Rendered


@dataclass(frozen=True, slots=True)
class ProviderReceipt:
    """The provider took the message. `provider_id` is its own id of it."""

    provider_id: str


class ProviderError(Exception):
    """A provider did not take a message. `code` is the provider's or protocol's code; no text of theirs is kept."""

    def __init__(self, channel: Channel, code: str) -> None:
        super().__init__(f"{channel} provider: {code}")
        self.channel = channel
        self.code = code


class RetryableProviderError(ProviderError):
    """It was certainly not taken, and the same message may be taken later."""


class FinalProviderError(ProviderError):
    """It was not taken and never will be: a wrong number, an unknown mailbox, a recipient who has opted out."""

    def __init__(self, channel: Channel, code: str, *, opted_out: bool = False, unusable: bool = False) -> None:
        super().__init__(channel, code)
        self.opted_out = opted_out
        self.unusable = unusable


class UncertainProviderError(ProviderError):
    """It may have been taken: the connection ended or timed out after the message had gone out."""


class ChannelProvider(Protocol):
    """Sends on one channel."""

    @property
    def channel(self) -> Channel: ...

    @property
    def sends_at_once(self) -> int | None:
        """How many messages it hands over at the same time; further ones would wait. None: as many as it is given."""
        ...

    async def send(self, message: Outgoing) -> ProviderReceipt:
        """Hand the message over once. Raises RetryableProviderError, FinalProviderError or UncertainProviderError."""
        ...

    async def find(self, message: Outgoing, since: datetime) -> ProviderReceipt | None:
        """Ask the provider whether it took this message at or after the real instant `since`.

        None: it certainly did not. Raises UncertainProviderError where the provider cannot be asked, and
        RetryableProviderError where it did not answer.
        """
        ...

    async def close(self) -> None:
        """Let connections go."""
        ...
