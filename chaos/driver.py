"""The senders: they open cases and send messages, again under the same id until they are accepted, and keep a log."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from chaos.deeds import Deed, Life, Way
from db.session import DatabaseFailure
from domain.events import AnyMessage, ReplyReceived
from domain.refusals import RefusalCode
from runtime.logging import logger
from starter.case_key import CaseKey
from starter.client import DunlinClient
from starter.refusals import ClientRefusalCode, NoAnswer, Refused

AGAIN_AFTER_SECONDS = 0.5
_ENDED = (RefusalCode.CASE_CLOSED, ClientRefusalCode.NOT_STARTED)
_log = logger(__name__)


@dataclass(slots=True)
class Sent:
    """What a sender knows of one message: when it began to send it, when it was accepted, or why it was refused.

    By the client a message is accepted once it is in Postgres: also when no worker answers, and when Temporal is away.
    Instants are real. `sends` counts the calls, those that failed included.
    """

    case_id: str
    message: AnyMessage
    way: Way
    began_at: datetime
    accepted_at: datetime | None = None
    accepted_by: Way | None = None
    refused: str | None = None
    sends: int = 0

    def accept(self, way: Way) -> None:
        """Note the first acceptance."""
        if self.accepted_at is None:
            self.accepted_at, self.accepted_by = datetime.now(UTC), way


@dataclass(slots=True)
class Driver:
    """`sent` is the log, in the order in which sending began; `log`, a file, gets the same at the end of each."""

    client: DunlinClient
    temporal: Client
    log: Path
    sent: list[Sent] = field(default_factory=list)

    async def live(self, lives: Sequence[Life], started: float) -> None:
        """Have everything happen that is planned, each at its instant of this loop's clock or as soon as it can be."""
        async with asyncio.TaskGroup() as group:
            for life in lives:
                group.create_task(self._live(life, started))

    async def _live(self, life: Life, started: float) -> None:
        await _until(started + life.opens_at_s)
        for _ in range(life.opened_times):
            await self._open(life)
        for deed in life.deeds:
            await _until(started + deed.at_s)
            await self._do(life.account.case_id, deed)

    async def _open(self, life: Life) -> None:
        while True:
            try:
                await self.client.open_case(life.account.registration)
            except (DatabaseFailure, RPCError):
                await asyncio.sleep(AGAIN_AFTER_SECONDS)
            else:
                return

    async def _do(self, case_id: str, deed: Deed) -> None:
        lender, account = case_id.split(":")
        record = Sent(case_id, deed.message, deed.way, datetime.now(UTC))
        self.sent.append(record)
        for _ in range(deed.times):
            await self._send_until_accepted(CaseKey(lender=lender, account=account), record)
        self._note(record)

    async def _send_until_accepted(self, case: CaseKey, record: Sent) -> None:
        """As docs/starting-cases.md tells senders: after an error, the same again."""
        while record.refused is None:
            record.sends += 1
            way = record.way
            try:
                way = await self._send(case, record)
            except Refused as refused:
                if record.accepted_at is not None and refused.code in _ENDED:
                    return  # it was accepted before, and the case has ended since, maybe by it
                record.refused = refused.code
            except NoAnswer:
                record.accept(Way.CLIENT)
            except RPCError:
                if way is not Way.BARE:
                    record.accept(way)
            except DatabaseFailure:
                _log.info("Postgres is away: the message is sent again")
            else:
                record.accept(way)
                return
            await asyncio.sleep(AGAIN_AFTER_SECONDS)

    async def _send(self, case: CaseKey, record: Sent) -> Way:
        """Send it once. Returns the way by which it went."""
        message = record.message
        if record.way is Way.BARE and await self._signal(case, message):
            return Way.BARE
        handed_over = record.way is Way.HANDED_OVER
        if isinstance(message, ReplyReceived):
            reply = self.client.pass_reply_on if handed_over else self.client.reply
            await reply(case, message.channel, message.intent.upper(), message_id=message.id)
        elif handed_over:
            await self.client.signal(case, message)
        else:
            await self.client.submit(case, message)
        return Way.HANDED_OVER if handed_over else Way.CLIENT

    async def _signal(self, case: CaseKey, message: AnyMessage) -> bool:
        """A bare signal. False for a case that has ended: the client knows what can reopen it."""
        try:
            await self.temporal.get_workflow_handle(case.workflow_id).signal(message.kind, message)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            return False
        return True

    def _note(self, record: Sent) -> None:
        line = {
            "case": record.case_id,
            "kind": record.message.kind,
            "message": record.message.model_dump(mode="json"),
            "way": record.way,
            "accepted_by": record.accepted_by,
            "began_at": record.began_at.isoformat(),
            "accepted_at": None if record.accepted_at is None else record.accepted_at.isoformat(),
            "refused": record.refused,
            "sends": record.sends,
        }
        with self.log.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


async def _until(instant: float) -> None:
    await asyncio.sleep(max(0.0, instant - asyncio.get_running_loop().time()))
