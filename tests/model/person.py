"""A slow person, written from docs/holds.md and the law's texts alone: what is in force for each of their accounts.

It shares no code with the domain but its vocabularies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from domain.compliance.model import Consumer, ContactRequest, PastContact
from domain.names import Channel, Collector, HoldKind, Outcome, Place
from tests.domain.compliance.checker import is_lawful

LONDON = ZoneInfo("Europe/London")
PLACES = {Channel.SMS: Place.MOBILE, Channel.EMAIL: Place.EMAIL}

OF_THE_PERSON = {
    HoldKind.BANKRUPTCY,
    HoldKind.DECEASED,
    HoldKind.BREATHING_SPACE,
    HoldKind.MENTAL_HEALTH_CRISIS,
    HoldKind.MILITARY,
    HoldKind.VULNERABILITY,
    HoldKind.ATTORNEY,
    HoldKind.CEASE_CONTACT,
}
SPARES_CONTACT = {HoldKind.MILITARY, HoldKind.COMPLAINT, HoldKind.REFUSAL_TO_PAY}
"""What these stop is charges and courts, or nothing where no law silences a collector."""


@dataclass(frozen=True)
class Hold:
    """A hold on the days until `until`, the first without it. `alone`: about one account, whatever its kind."""

    kind: HoldKind
    until: date | None
    alone: bool

    @property
    def is_of_the_person(self) -> bool:
        return self.kind in OF_THE_PERSON and not self.alone


@dataclass
class Debt:
    """One account: what is owed in minor units, and its holds."""

    owed: int
    holds: list[Hold] = field(default_factory=list)

    def held_on(self, day: date) -> set[HoldKind]:
        return {hold.kind for hold in self.holds if hold.until is None or day < hold.until}


@dataclass(frozen=True)
class Told:
    """A contact that reached the person, or may have."""

    at: datetime
    channel: Channel
    debts: frozenset[str]


@dataclass
class SlowPerson:
    """`law` are the packs that bind every contact with them, all by original creditors."""

    law: Sequence[str]
    debts: dict[str, Debt] = field(default_factory=dict)
    refused: set[Channel] = field(default_factory=set)

    def opens(self, case_id: str, owed: int, day: date) -> None:
        """Another account: what is in force for the person is in force for it too."""
        taken_over = {hold for debt in self.debts.values() for hold in debt.holds if hold.is_of_the_person}
        self.debts[case_id] = Debt(owed, [hold for hold in taken_over if hold.until is None or day < hold.until])

    def is_held(self, case_id: str, hold: Hold) -> None:
        for each in self.debts if hold.is_of_the_person else [case_id]:
            self.debts[each].holds.append(hold)

    def is_released(self, case_id: str, kind: HoldKind, *, alone: bool) -> None:
        """In one account whatever it has of that kind; in all of them what is about the person."""
        if alone or kind not in OF_THE_PERSON:
            debt = self.debts[case_id]
            debt.holds = [hold for hold in debt.holds if hold.kind is not kind]
            return
        for debt in self.debts.values():
            debt.holds = [hold for hold in debt.holds if hold.kind is not kind or hold.alone]

    def objection(self, case_id: str, channel: Channel, at: datetime, told: Sequence[Told]) -> str | None:
        """Why nobody may write to them about this account at this instant; None if it is allowed."""
        debt = self.debts[case_id]
        held = debt.held_on(at.astimezone(LONDON).date())
        if held - SPARES_CONTACT:
            return f"{case_id} is on hold: {sorted(held)}"
        if channel in self.refused:
            return f"{channel} was refused"
        history = [
            PastContact(
                at=past.at,
                channel=past.channel,
                outcome=Outcome.SENT,
                debts=tuple(past.debts),
                to=PLACES[past.channel],
            )
            for past in told
        ]
        consumer = Consumer(zones=(LONDON.key,), holds=tuple(held), opt_outs=tuple(self.refused))
        request = ContactRequest(channel=channel, debt=case_id, to=PLACES[channel])
        if not is_lawful(request, consumer, history, self.law, Collector.ORIGINAL_CREDITOR, at):
            return f"{channel} about {case_id} is unlawful under {self.law}, after {len(history)} contacts"
        return None
