"""A provider that has every message judged before it takes it, and fails or is gone where it is told to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from domain.names import Channel
from providers.base import (
    FinalProviderError,
    Outgoing,
    ProviderReceipt,
    RetryableProviderError,
    UncertainProviderError,
)


class Crashed(Exception):
    """The worker is gone, between the claim and the receipt."""


@dataclass
class Mailbox:
    """One channel. Like the real ones, it can be asked for a text message that it took, and not for a mail."""

    channel: Channel
    judge: Callable[[Outgoing, Channel], None]
    faults: list[str]
    meanwhile: list[Callable[[], Awaitable[None]]]
    taken: list[str] = field(default_factory=list)
    sends_at_once: int | None = None

    async def send(self, message: Outgoing) -> ProviderReceipt:
        self.judge(message, self.channel)
        while self.meanwhile:
            await self.meanwhile.pop()()
        fault = self.faults.pop() if self.faults else None
        if fault == "busy":
            raise RetryableProviderError(self.channel, "503")
        if fault == "opted out":
            raise FinalProviderError(self.channel, "21610", opted_out=True)
        if fault == "crash before":
            raise Crashed
        self.taken.append(message.reference)
        if fault == "crash after":
            raise Crashed
        if fault == "no answer":
            raise UncertainProviderError(self.channel, "timeout")
        return ProviderReceipt(f"P{len(self.taken)}")

    async def find(self, message: Outgoing, since: datetime) -> ProviderReceipt | None:
        if self.channel is Channel.EMAIL:
            raise UncertainProviderError(self.channel, "cannot_be_asked")
        return ProviderReceipt("found") if message.reference in self.taken else None

    async def close(self) -> None:
        pass
