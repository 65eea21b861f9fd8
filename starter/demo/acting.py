"""Carries out what was planned: each act at its business instant, through the client that everybody uses."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from temporalio.service import RPCError

from domain.clock import Clock
from domain.events import AnyMessage, ReplyReceived
from domain.names import Channel
from starter.case_key import CaseKey
from starter.demo.borrowers import Act
from starter.refusals import NoAnswer, Refused

AGAIN_AFTER = timedelta(seconds=1)
"""Real time. A message that nobody answered is sent again under the same id, which is harmless."""


class Sender(Protocol):
    """The part of the client that is used here."""

    async def submit(self, case: CaseKey, message: AnyMessage) -> object: ...

    async def reply(self, case: CaseKey, channel: Channel, text: str, *, message_id: str) -> object: ...


@dataclass(frozen=True, slots=True)
class RefusedAct:
    """An act that the case did not accept, and the contract's code for why."""

    act: Act
    code: str


async def act_out(acts: Iterable[Act], lender: str, sender: Sender, clock: Clock) -> tuple[RefusedAct, ...]:
    """Send every act's message when its instant has come, late ones at once. Returns the refused ones."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_act(act, lender, sender, clock)) for act in acts]
    return tuple(refused for task in tasks if (refused := task.result()) is not None)


async def _act(act: Act, lender: str, sender: Sender, clock: Clock) -> RefusedAct | None:
    await wait_until(act.at, clock)
    while True:
        try:
            await _send(act.message, CaseKey(lender=lender, account=act.account), sender)
        except Refused as refused:
            return RefusedAct(act, refused.code)
        except (NoAnswer, RPCError):
            await asyncio.sleep(AGAIN_AFTER.total_seconds())
        else:
            return None


async def _send(message: AnyMessage, case: CaseKey, sender: Sender) -> None:
    if isinstance(message, ReplyReceived):
        await sender.reply(case, message.channel, message.intent.upper(), message_id=message.id)
    else:
        await sender.submit(case, message)


async def wait_until(at: datetime, clock: Clock) -> None:
    """Sleep until a business instant has come."""
    while delay := clock.real_delay(clock.business(datetime.now(UTC)), at):  # noqa: ASYNC110 - time makes no events
        await asyncio.sleep(delay.total_seconds())
