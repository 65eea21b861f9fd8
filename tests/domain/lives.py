"""Whole lives of cases on a virtual clock, which jumps from one thing that happens to the next."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from domain.balance import Balance, balance_of
from domain.casework import AnswerStatus, Judged, receive
from domain.compliance.model import RulePack
from domain.conduct import conduct
from domain.decision import ActionDecision, AskForCall, Close, Contact, ProposeReferral, Wait
from domain.events import (
    AnyOccurrence,
    CaseClosed,
    ConsentChanged,
    ContactDeferred,
    Entry,
    Message,
    ReferralProposed,
)
from domain.evolve import evolve
from domain.localtime import local_date, zone_of
from domain.names import Channel
from domain.person import Person
from domain.policy import Policy
from domain.state import CaseState, CaseStatus
from tests.domain.builders import failed, made

MAKES, FAILS, DEFERS, DOWN = "makes", "fails", "defers", "down"
TRIED_AGAIN_AFTER = timedelta(hours=1)
TURNS_MAX = 2_000

RawMessage = tuple[str, Any]
"""A message as it comes from outside: its kind, and JSON that nobody has checked."""


def as_sent(message: Message) -> RawMessage:
    """A message as a well-behaved sender writes it."""
    return message.kind, message.model_dump(mode="json")


@dataclass(frozen=True, slots=True)
class Happening:
    """Messages that come together, some time after what happened before. They are made of the date of that time."""

    delay: timedelta
    messages_on: Callable[[date], Sequence[RawMessage]]


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a case: where it stood, what came, what was journaled, where it stands, and what comes next."""

    now: datetime
    before: CaseState
    judged: tuple[Judged, ...]
    entries: tuple[Entry, ...]
    after: CaseState
    decision: ActionDecision


@dataclass
class Life:
    """Drives `receive` and `conduct` as workflow and activities do: sleep until the decision is due or messages come.

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
        decision = self.turn()
        while True:
            assert len(self.turns) < TURNS_MAX, "the case finds no end"
            due = None if self.state.status is CaseStatus.CLOSED else _due(decision)
            if to_come and (due is None or self.now + to_come[0].delay < due):
                happening = to_come.pop(0)
                self.now += happening.delay
                decision = self.turn(happening.messages_on(self.today))
            elif due is None:
                return
            else:
                self.now = max(self.now, due)
                decision = self.carry_out(decision)

    def turn(self, messages: Sequence[RawMessage] = (), done: Sequence[AnyOccurrence] = ()) -> ActionDecision:
        """One transaction of an activity: journal what was done, take messages in, and decide what follows."""
        before = self.state
        entries = [Entry(at=self.now, event=event) for event in done]
        for entry in entries:
            before = evolve(before, entry)
        received = receive(before, messages, self.policy, self.now)
        self.person = _person_after(self.person, received.judged)
        conducted = conduct(received.state, self.person, self.policy, self.packs, self.now)
        entries += [*received.entries, *conducted.entries]
        self.journal += entries
        turn = Turn(self.now, self.state, received.judged, tuple(entries), conducted.state, conducted.decision)
        self.state = conducted.state
        self.turns.append(turn)
        self.watch(turn)
        return conducted.decision

    def carry_out(self, planned: ActionDecision) -> ActionDecision:
        """Do what was planned, at its instant. Nothing happened meanwhile but time, so it must still be wanted."""
        decision = self.turn()
        new = [entry.event for entry in self.turns[-1].entries]
        if isinstance(planned, Contact):
            assert decision == planned
            return self.contact(planned)
        if isinstance(planned, ProposeReferral):
            assert any(isinstance(event, ReferralProposed) for event in new)
        if isinstance(planned, AskForCall):
            assert isinstance(decision, Wait)
            assert decision.awaits is not None
        if isinstance(planned, Close):
            assert CaseClosed(reason=planned.because) in new
        return decision

    def contact(self, planned: Contact) -> ActionDecision:
        outcome = self.outcomes.pop(0) if self.outcomes else MAKES
        if outcome == DOWN:
            self.now += TRIED_AGAIN_AFTER
            return self.turn()
        if outcome == DEFERS:
            deferral = ContactDeferred(
                step=planned.step,
                obligation=planned.obligation,
                channel=planned.channel,
                until=self.now + timedelta(hours=30),
                reasons=(),
            )
            return self.turn(done=[deferral])
        return self.turn(done=[made(planned) if outcome == MAKES else failed(planned)])

    @property
    def today(self) -> date:
        return local_date(self.now, zone_of(self.state.zone))

    @property
    def balance(self) -> Balance:
        return balance_of(self.state, self.policy.waterfall, self.today)


def _due(decision: ActionDecision) -> datetime | None:
    return decision.until if isinstance(decision, Wait) else decision.at


def _person_after(person: Person, judged: Sequence[Judged]) -> Person:
    """What applied messages change about the person: the channels that they refuse."""
    refused = set(person.consumer.opt_outs)
    for one in judged:
        if one.status is AnswerStatus.APPLIED and isinstance(one.message, ConsentChanged):
            refused = refused - {one.message.channel} if one.message.consented else refused | {one.message.channel}
    opt_outs = tuple(channel for channel in Channel if channel in refused)
    return person.model_copy(update={"consumer": person.consumer.model_copy(update={"opt_outs": opt_outs})})
