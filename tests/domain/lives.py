"""Whole lives of cases on a virtual clock, which jumps from one thing that happens to the next."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from domain.accept import Situation, is_duplicate, refusal_of
from domain.advance import Advanced, advance
from domain.balance import Balance, balance_of
from domain.compliance.model import RulePack
from domain.decision import ActionDecision, Close, Contact, ProposeReferral, Wait
from domain.events import (
    AnyMessage,
    AnyOccurrence,
    CaseClosed,
    CaseReopened,
    ContactDeferred,
    Entry,
    ReferralProposed,
)
from domain.evolve import evolve
from domain.localtime import local_date, zone_of
from domain.person import Person
from domain.policy import Policy
from domain.state import CaseState, CaseStatus
from tests.domain.builders import failed, made

MAKES, FAILS, DEFERS = "makes", "fails", "defers"
TURNS_MAX = 2_000


@dataclass(frozen=True, slots=True)
class Happening:
    """A message that comes some time after what happened before. It is made of the date on which it comes."""

    delay: timedelta
    message_on: Callable[[date], AnyMessage]


@dataclass(frozen=True, slots=True)
class Turn:
    """One moment of a life: where the case stood, and what was decided."""

    now: datetime
    before: CaseState
    advanced: Advanced


@dataclass
class Life:
    """Drives `advance` as the workflow does: sleep until the decision is due or a message comes, then act on it.

    `outcomes` say how the attempts at contact end, in order; after the last one every contact is made.
    """

    state: CaseState
    person: Person
    policy: Policy
    packs: Sequence[RulePack]
    now: datetime
    outcomes: list[str]
    turns: list[Turn] = field(default_factory=list)
    journal: list[Entry] = field(default_factory=list)
    watch: Callable[[Turn], None] = lambda turn: None

    def live(self, happenings: Iterable[Happening]) -> None:
        """Live until nothing more can happen."""
        to_come = list(happenings)
        decision = self.decide()
        while True:
            assert len(self.turns) < TURNS_MAX, "the case finds no end"
            due = _due(decision)
            if to_come and (due is None or self.now + to_come[0].delay < due):
                happening = to_come.pop(0)
                self.now += happening.delay
                self.receive(happening.message_on(self.today))
            elif due is None:
                return
            else:
                planned = decision
                self.now = max(self.now, due)
                decision = self.decide()
                if not isinstance(planned, Wait):
                    assert decision == planned, "nothing happened but time, and another thing is done than was planned"
                    self.act(decision)
            if self.state.status is CaseStatus.CLOSED:
                if not to_come:
                    return
                decision = Wait(until=None, reason="closed")
            else:
                decision = self.decide()

    def decide(self) -> ActionDecision:
        before = self.state
        advanced = advance(before, self.person, self.policy, self.packs, self.now)
        self.state = advanced.state
        self.journal += advanced.entries
        turn = Turn(self.now, before, advanced)
        self.turns.append(turn)
        self.watch(turn)
        return advanced.decision

    def receive(self, message: AnyMessage) -> None:
        """Apply a message as the activity does: unless it is refused, and open a closed case that owes again."""
        situation = Situation(state=self.state, policy=self.policy, balance=self.balance, today=self.today)
        if refusal_of(message, situation) is not None or is_duplicate(self.state, message):
            return
        self.record(message)
        if self.state.status is CaseStatus.CLOSED and self.balance.outstanding and not self.state.recalled:
            self.record(CaseReopened())

    def act(self, decision: ActionDecision) -> None:
        if isinstance(decision, Contact):
            outcome = self.outcomes.pop(0) if self.outcomes else MAKES
            if outcome == DEFERS:
                self.record(
                    ContactDeferred(
                        step=decision.step,
                        obligation=decision.obligation,
                        channel=decision.channel,
                        until=self.now + timedelta(hours=30),
                        reasons=(),
                    )
                )
            else:
                self.record(made(decision) if outcome == MAKES else failed(decision))
        elif isinstance(decision, ProposeReferral):
            self.record(ReferralProposed(referral="r-1", outstanding=self.balance.outstanding))
        elif isinstance(decision, Close):
            self.record(CaseClosed(reason=decision.because))

    def record(self, event: AnyMessage | AnyOccurrence) -> None:
        entry = Entry(at=self.now, event=event)
        self.journal.append(entry)
        self.state = evolve(self.state, entry)

    @property
    def today(self) -> date:
        return local_date(self.now, zone_of(self.state.zone))

    @property
    def balance(self) -> Balance:
        return balance_of(self.state, self.policy.waterfall, self.today)


def _due(decision: ActionDecision) -> datetime | None:
    return decision.until if isinstance(decision, Wait) else decision.at
