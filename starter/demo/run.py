"""One run of the demonstration: the portfolio is opened, everybody acts, and what must hold is checked."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from db import journal
from db.session import Database
from domain.policy import Policy
from domain.registration import AccountRegistration, case_id_of
from runtime.processes import LeashedProcess
from starter.client import DunlinClient
from starter.demo.acting import RefusedAct, act_out
from starter.demo.agent import decisions
from starter.demo.borrowers import Act, behaviours, plan
from starter.demo.checks import contacts_after_cure
from starter.demo.live import Display
from starter.demo.portfolio import LENDER, ZONE, lender, registrations
from starter.demo.sample import committed_sample, draw
from starter.demo.snapshot import Portfolio, entry_of, read_portfolio
from starter.demo.terms import Terms

REFRESH_SECONDS = 1.0
"""The view and the agent look this often: each look costs six small queries."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a run. `failures` are the checks that did not hold, each with its reason."""

    ending: str
    portfolio: Portfolio
    refused: tuple[RefusedAct, ...]
    journal_lines: int
    failures: tuple[str, ...]


class Demonstration:
    """The portfolio on a running stack."""

    def __init__(
        self, client: DunlinClient, database: Database, policy: Policy, terms: Terms, worker: LeashedProcess
    ) -> None:
        self._client = client
        self._database = database
        self._worker = worker
        self._policy = policy
        self._terms = terms
        self._clock = terms.clock
        accounts = draw(committed_sample(), terms.accounts)
        opening_day = terms.opening.astimezone(ZoneInfo(ZONE)).date()
        self._registrations = registrations(accounts, opening_day)
        self._acts: list[Act] = [
            act
            for registration, behaviour in zip(self._registrations, behaviours(accounts), strict=True)
            for act in plan(behaviour, registration, policy, terms.opening)
        ]
        self._refused: tuple[RefusedAct, ...] = ()

    async def open(self) -> None:
        """Register the lender and open every case; those that are open already stay as they are."""
        await self._client.register_lender(lender())
        async with asyncio.TaskGroup() as group:
            for registration in self._registrations:
                group.create_task(self._client.open_case(registration))

    async def live(self, shown: Display) -> str:
        """Let everybody act, and show it, until the portfolio or the time ends. Returns why it ended, in words."""
        async with asyncio.TaskGroup() as group:
            acting = group.create_task(act_out(self._acts, LENDER, self._client, self._clock))
            decided: set[str] = set()
            while True:
                now = self._now()
                portfolio = await read_portfolio(self._database, self._policy)
                shown.show(portfolio.snapshot, now)
                ending = self._ending(portfolio, now, everybody_has_acted=acting.done())
                if ending:
                    break
                for act in decisions(portfolio.cases, now):
                    if act.message.id not in decided:
                        decided.add(act.message.id)
                        group.create_task(act_out([act], LENDER, self._client, self._clock))
                await asyncio.sleep(REFRESH_SECONDS)
            self._refused = acting.result() if acting.done() else ()
            acting.cancel()
        return ending

    async def result(self, ending: str) -> Result:
        """Where the portfolio stands, and whether everything that must hold does."""
        portfolio = await read_portfolio(self._database, self._policy)
        async with self._database.transaction() as session:
            failures = [f"journal: {broken}" for broken in await journal.verify(session)]
        if self._worker.exit_code is not None:
            failures.append(f"the worker ended with code {self._worker.exit_code}, see {self._worker.log}")
        lines = 0
        for registration in self._registrations:
            entries_read, contacted = await self._check_case(registration)
            lines += entries_read
            failures += contacted
        return Result(ending, portfolio, self._refused, lines, tuple(failures))

    async def _check_case(self, registration: AccountRegistration) -> tuple[int, Sequence[str]]:
        case_id = case_id_of(registration.lender, registration.account)
        async with self._database.transaction() as session:
            stored = await journal.read(session, case_id)
        late = contacts_after_cure((entry_of(line) for line in stored), self._policy)
        return len(stored), [f"case {case_id}: contact {each.step} was made after the debt was paid" for each in late]

    def _ending(self, portfolio: Portfolio, now: datetime, *, everybody_has_acted: bool) -> str:
        if self._worker.exit_code is not None:
            return "The worker has ended."
        if everybody_has_acted and portfolio.snapshot.ended == len(self._registrations):
            return "Every case has ended."
        if now >= self._terms.end:
            return f"The {self._terms.days} days are over."
        return ""

    def _now(self) -> datetime:
        return self._clock.business(datetime.now(UTC))
