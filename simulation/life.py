"""A life so far, and what providers truly got in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from domain.balance import balance_of
from domain.casework import receive
from domain.compliance.model import Consumer, PastContact, RulePack, Verdict
from domain.decision import ActionDecision, Contact
from domain.events import Entry
from domain.localtime import local_date, zone_of
from domain.names import Channel, Place
from domain.person import Person
from domain.policy import Policy
from domain.state import CaseState
from simulation.story import Act, RawMessage, Story

LENDER = "simulated"
PLACES = {
    Channel.SMS: Place.MOBILE,
    Channel.VOICE: Place.MOBILE,
    Channel.EMAIL: Place.EMAIL,
    Channel.LETTER: Place.HOME,
}


@dataclass(frozen=True, slots=True)
class Sent:
    """One message that a provider got: the truth, whatever Dunlin knows of it.

    `rests` says why nothing of the treatment may be sent just then, by all that was accepted; None when it may.
    """

    at: datetime
    reference: str
    step: str
    channel: Channel
    place: Place
    owed: bool
    rests: str | None
    verdict: Verdict
    consumer: Consumer
    history: tuple[PastContact, ...]


@dataclass
class Lifetime:
    """A life so far. `watch` is told after each turn."""

    story: Story
    policy: Policy
    packs: Sequence[RulePack]
    now: datetime
    state: CaseState
    person: Person
    decision: ActionDecision
    journal: list[Entry]
    sent: list[Sent] = field(default_factory=list)
    planned: list[Contact] = field(default_factory=list)
    accepted: list[RawMessage] = field(default_factory=list)
    inbox: list[RawMessage] = field(default_factory=list)
    said: dict[Act, RawMessage] = field(default_factory=dict)
    turns: int = 0

    @property
    def case_id(self) -> str:
        return f"{LENDER}:{self.story.account}"

    @property
    def today(self) -> date:
        return local_date(self.now, zone_of(self.state.zone))

    @property
    def believed(self) -> CaseState:
        """The case by everything that was accepted, whether applied yet or not."""
        return receive(self.state, self.inbox, self.policy, self.now).state

    @property
    def owes(self) -> bool:
        return bool(balance_of(self.believed, self.policy.waterfall, self.today).outstanding)


Watch = Callable[[Lifetime], None]
"""Told of a life after each turn."""
