"""Registers accounts so that those which are asked for at the same time share one transaction: opening must be fast."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from db.registration import BATCH_LENGTH_MAX, RegistrationOutcome, register_accounts
from db.registration_rows import Locate
from db.session import Database
from domain.registration import AccountRegistration


@dataclass(frozen=True, slots=True)
class _Waiting:
    account: AccountRegistration
    outcome: asyncio.Future[RegistrationOutcome]


CROWD = 5
"""So many accounts on their way at once make it worthwhile to wait for company."""

COMPANY_WITHIN_SECONDS = 0.02
"""How long to wait for company. A transaction costs as much as a quarter of a start; five share one then."""


class Registrar:
    """One batch is written at a time; what is asked for meanwhile makes up the next. Use it in one event loop.

    `locate` finds where people may be, before anything is written. `on_their_way` counts the accounts that are being
    opened, of which some will be back with another one soon.
    """

    def __init__(self, database: Database, locate: Locate, on_their_way: Callable[[], int]) -> None:
        self._database = database
        self._locate = locate
        self._on_their_way = on_their_way
        self._waiting: list[_Waiting] = []
        self._writer: asyncio.Task[None] | None = None

    async def register(self, account: AccountRegistration) -> RegistrationOutcome:
        """Register one account, and say what became of it. Raises DatabaseFailure: to do it again is safe."""
        waiting = _Waiting(account, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_all())
        return await waiting.outcome

    async def _write_all(self) -> None:
        while self._waiting:
            if self._on_their_way() >= CROWD:
                await asyncio.sleep(COMPANY_WITHIN_SECONDS)
            batch = self._next_batch()
            try:
                async with self._database.transaction() as session:
                    registered = await register_accounts(session, [each.account for each in batch], self._locate)
            except BaseException as error:
                _fail(batch, error)
                if not isinstance(error, Exception):
                    raise
            else:
                for waiting, result in zip(batch, registered, strict=True):
                    if not waiting.outcome.done():
                        waiting.outcome.set_result(result.outcome)

    def _next_batch(self) -> list[_Waiting]:
        """The first that wait, each account once: the second of two for one account goes into a later batch."""
        batch: dict[str, _Waiting] = {}
        later: list[_Waiting] = []
        for waiting in self._waiting:
            fits = len(batch) < BATCH_LENGTH_MAX and waiting.account.case_id not in batch
            if fits:
                batch[waiting.account.case_id] = waiting
            else:
                later.append(waiting)
        self._waiting = later
        return list(batch.values())


def _fail(batch: list[_Waiting], error: BaseException) -> None:
    for waiting in batch:
        if waiting.outcome.done():
            continue
        if isinstance(error, Exception):
            waiting.outcome.set_exception(error)
        else:
            waiting.outcome.cancel()
