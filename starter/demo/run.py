"""One run of the demonstration: the portfolio is opened, everybody acts, and what must hold is checked."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from db import journal
from db.ledger import disagreements
from db.session import Database
from domain.policy import Policy
from domain.registration import AccountRegistration, case_id_of
from runtime.processes import LeashedProcess
from starter.client import DunlinClient
from starter.demo.acting import RefusedAct, act_out, wait_until
from starter.demo.agent import decisions
from starter.demo.borrowers import Act, behaviours, plan
from starter.demo.checks import contacts_after_cure
from starter.demo.live import Display
from starter.demo.portfolio import LENDER, Handover, handovers, lender
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
        self._handovers = handovers(draw(committed_sample(), terms.accounts), terms.opening)
        self._acts: list[Act] = [
            act
            for handover, behaviour in zip(
                self._handovers, behaviours(handover.account for handover in self._handovers), strict=True
            )
            for act in plan(behaviour, handover.registration, policy, handover.at)
        ]
        self._refused: tuple[RefusedAct, ...] = ()

    async def live(self, shown: Display) -> str:
        """Hand the accounts over, let everybody act, and show it, until all cases or the time have ended.

        Returns why it ended, in words.
        """
        await self._client.register_lender(lender())
        async with asyncio.TaskGroup() as group:
            handing_over = [group.create_task(self._hand_over(each)) for each in self._handovers]
            acting = group.create_task(act_out(self._acts, LENDER, self._client, self._clock))
            decided: set[str] = set()
            while True:
                now = self._now()
                portfolio = await read_portfolio(self._database, self._policy, len(self._handovers))
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
            for task in (acting, *handing_over):
                task.cancel()
        return ending

    async def result(self, ending: str) -> Result:
        """Where the portfolio stands, and whether everything that must hold does."""
        portfolio = await read_portfolio(self._database, self._policy, len(self._handovers))
        async with self._database.transaction() as session:
            failures = [f"journal: {broken}" for broken in await journal.verify(session)]
            failures += [f"ledger: {found}" for found in await disagreements(session, lambda _: self._policy.waterfall)]
        if self._worker.exit_code is not None:
            failures.append(f"the worker ended with code {self._worker.exit_code}, see {self._worker.log}")
        lines = 0
        for handover in self._handovers:
            entries_read, contacted = await self._check_case(handover.registration)
            lines += entries_read
            failures += contacted
        return Result(ending, portfolio, self._refused, lines, tuple(failures))

    async def _hand_over(self, handover: Handover) -> None:
        """Open the account's case when its time has come. One that is open already stays as it is."""
        await wait_until(handover.at, self._clock)
        await self._client.open_case(handover.registration)

    async def _check_case(self, registration: AccountRegistration) -> tuple[int, Sequence[str]]:
        case_id = case_id_of(registration.lender, registration.account)
        async with self._database.transaction() as session:
            stored = await journal.read(session, case_id)
        late = contacts_after_cure((entry_of(line) for line in stored), self._policy)
        return len(stored), [f"case {case_id}: contact {each.step} was made after the debt was paid" for each in late]

    def _ending(self, portfolio: Portfolio, now: datetime, *, everybody_has_acted: bool) -> str:
        if self._worker.exit_code is not None:
            return "The worker has ended."
        if everybody_has_acted and portfolio.snapshot.ended == len(self._handovers):
            return "Every case has ended."
        if now >= self._terms.end:
            return f"The {self._terms.days} days are over."
        return ""

    def _now(self) -> datetime:
        return self._clock.business(datetime.now(UTC))
