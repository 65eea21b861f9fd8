"""Makes the planned faults, each at its instant, and counts those that came to pass."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from chaos.plan import FaultKind, PlannedFault
from chaos.servers import WORKERS, Servers
from runtime import smtp_sink, twilio_stand_in
from runtime.smtp_sink import FaultPoint
from runtime.twilio_stand_in import FaultKind as TwilioFault

_SLOW_ENOUGH_SECONDS = 8.0
"""How long a provider keeps a worker waiting that is to be killed meanwhile."""

_POLL_SECONDS = 0.02

_SMTP: dict[FaultKind, tuple[FaultPoint, str | None]] = {
    FaultKind.SMTP_SENDER_REFUSED: (FaultPoint.MAIL, "450 4.2.0 busy"),
    FaultKind.SMTP_RECIPIENT_REFUSED: (FaultPoint.RCPT, "451 4.3.0 later"),
    FaultKind.SMTP_CONTENT_REFUSED: (FaultPoint.BEFORE_TAKING, "452 4.3.1 full"),
    FaultKind.SMTP_CLOSING: (FaultPoint.MAIL, "421 4.3.2 closing"),
    FaultKind.SMTP_SLOW: (FaultPoint.AFTER_TAKING, "250 2.0.0 taken"),
    FaultKind.SMTP_CUT_BEFORE: (FaultPoint.BEFORE_TAKING, None),
    FaultKind.SMTP_CUT_AFTER: (FaultPoint.AFTER_TAKING, None),
}
_TWILIO: dict[FaultKind, TwilioFault] = {
    FaultKind.TWILIO_RATE_LIMITED: TwilioFault.RATE_LIMITED,
    FaultKind.TWILIO_SERVER_ERROR: TwilioFault.SERVER_ERROR,
    FaultKind.TWILIO_BAD_GATEWAY: TwilioFault.BAD_GATEWAY,
    FaultKind.TWILIO_SLOW: TwilioFault.SLOW,
    FaultKind.TWILIO_CUT_BEFORE: TwilioFault.CUT_BEFORE_TAKING,
    FaultKind.TWILIO_CUT_AFTER: TwilioFault.CUT_AFTER_TAKING,
    FaultKind.TWILIO_UNREADABLE: TwilioFault.UNREADABLE,
}
_POSTGRES: dict[FaultKind, signal.Signals] = {
    FaultKind.POSTGRES_STOPPED: signal.SIGINT,
    FaultKind.POSTGRES_IMMEDIATE: signal.SIGQUIT,
    FaultKind.POSTGRES_KILLED: signal.SIGKILL,
}


_PATIENCE_SECONDS = 8.0
"""How long a fault that needs a victim waits for one after the last instant of the plan."""


@dataclass(slots=True)
class FaultMaker:
    """`made` counts the faults that came to pass: a server that was down, an answer that somebody really got."""

    servers: Servers
    made: Counter[FaultKind] = field(default_factory=Counter)
    _temporal_is_down: asyncio.Lock = field(default_factory=asyncio.Lock)
    _postgres_is_down: asyncio.Lock = field(default_factory=asyncio.Lock)
    _smtp_is_down: asyncio.Lock = field(default_factory=asyncio.Lock)
    _twilio_is_down: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def make(self, plan: Sequence[PlannedFault], started: float) -> None:
        """Make each at its instant by this loop's clock. Ends when all are made, or have waited long for a victim."""
        last = max((fault.at_s for fault in plan), default=0.0) + _PATIENCE_SECONDS
        tasks = [asyncio.create_task(self._make_in_time(fault, started, last)) for fault in plan]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            self.servers.smtp.faults.clear()
            self.servers.twilio.faults.clear()

    async def _make_in_time(self, fault: PlannedFault, started: float, last: float) -> None:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(max(0.0, started + fault.at_s - loop.time()))
        if await self._make(fault, started + last):
            self.made[fault.kind] += 1

    async def _make(self, fault: PlannedFault, until: float) -> bool:
        """Whether it came to pass."""
        match fault.kind:
            case FaultKind.WORKER_KILLED:
                number = int(fault.seconds * 1000) % WORKERS
                workers = self.servers.workers
                return await _in_time(lambda: workers.is_up(number), until) and await workers.kill(
                    number, fault.seconds
                )
            case FaultKind.KILLED_WHILE_MAILING | FaultKind.KILLED_WHILE_TEXTING:
                return await self._kill_while_sending(fault, until)
            case FaultKind.TEMPORAL_KILLED:
                async with self._temporal_is_down:
                    await self.servers.temporal_server.kill()
                    await asyncio.sleep(fault.seconds)
                    await self.servers.temporal_server.start()
            case FaultKind.POSTGRES_STOPPED | FaultKind.POSTGRES_IMMEDIATE | FaultKind.POSTGRES_KILLED:
                async with self._postgres_is_down:
                    await asyncio.to_thread(self.servers.postgres.server.crash, _POSTGRES[fault.kind])
                    await asyncio.sleep(fault.seconds)
                    await self.servers.postgres.start()
            case FaultKind.SMTP_REFUSED:
                async with self._smtp_is_down:
                    await _be_away(self.servers.smtp, fault.seconds)
            case FaultKind.TWILIO_REFUSED:
                async with self._twilio_is_down:
                    await _be_away(self.servers.twilio, fault.seconds)
            case _:
                return await self._misbehave_once(fault, until)
        return True

    async def _kill_while_sending(self, fault: PlannedFault, until: float) -> bool:
        """Have a provider keep somebody waiting, and kill every worker while it does."""
        if fault.kind is FaultKind.KILLED_WHILE_TEXTING:
            has_struck = self._next_on_twilio(twilio_stand_in.Fault(TwilioFault.SLOW, _SLOW_ENOUGH_SECONDS))
        elif fault.seconds < 1.0:
            has_struck = self._next_on_smtp(
                smtp_sink.Fault(FaultPoint.BEFORE_TAKING, "451 4.3.0 later", _SLOW_ENOUGH_SECONDS)
            )
        else:
            has_struck = self._next_on_smtp(
                smtp_sink.Fault(FaultPoint.AFTER_TAKING, "250 2.0.0 taken", _SLOW_ENOUGH_SECONDS)
            )
        if not await _in_time(has_struck, until):
            return False
        workers = self.servers.workers
        return any(await asyncio.gather(*(workers.kill(number, fault.seconds) for number in range(WORKERS))))

    async def _misbehave_once(self, fault: PlannedFault, until: float) -> bool:
        if fault.kind in _SMTP:
            point, reply = _SMTP[fault.kind]
            delay_s = fault.seconds if fault.kind is FaultKind.SMTP_SLOW else 0.0
            return await _in_time(self._next_on_smtp(smtp_sink.Fault(point, reply, delay_s)), until)
        return await _in_time(self._next_on_twilio(twilio_stand_in.Fault(_TWILIO[fault.kind], fault.seconds)), until)

    def _next_on_smtp(self, fault: smtp_sink.Fault) -> Callable[[], bool]:
        sink = self.servers.smtp
        sink.faults.append(fault)
        return lambda: any(each is fault for each in sink.struck)

    def _next_on_twilio(self, fault: twilio_stand_in.Fault) -> Callable[[], bool]:
        stand_in = self.servers.twilio
        stand_in.faults.append(fault)
        return lambda: any(each is fault for each in stand_in.struck)


class _Sink(Protocol):
    async def start(self) -> None: ...

    async def stop(self) -> None: ...


async def _be_away(sink: _Sink, seconds: float) -> None:
    await sink.stop()
    await asyncio.sleep(seconds)
    await sink.start()


async def _in_time(has_struck: Callable[[], bool], until: float) -> bool:
    loop = asyncio.get_running_loop()
    while not has_struck():
        if loop.time() > until:
            return False
        await asyncio.sleep(_POLL_SECONDS)
    return True
