"""A story: everything that comes to a case from outside in its life, and everything that breaks meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

from domain.money import Money

RawMessage = tuple[str, dict[str, Any]]


class Fate(StrEnum):
    """What becomes of one call of a provider, and of the worker that makes it."""

    SENT = "sent"
    REFUSED = "refused for good"
    UNUSABLE = "refused: the address does not work"
    OPTED_OUT = "refused: the person has opted out"
    DOWN = "the provider is down for an hour"
    KILLED_BEFORE = "the worker is killed before it sends"
    KILLED_AFTER = "the worker is killed after it sent"
    NOBODY_KNOWS = "the worker is killed after it sent, and the provider cannot be asked"


class ActKind(StrEnum):
    """What somebody does with what the case says then. `{number}` is how many, or which of the possible outcomes."""

    AGREE = "agrees to the plan of {number} instalments that is proposed"
    ASK_FOR_OFFER = "asks for the policy's settlement"
    ACCEPT_OFFER = "accepts the settlement that is offered, in {number} parts"
    PROMISE = "promises to pay half of it in {number} days"
    PAY_WHAT_IS_AGREED = "pays what comes next of what was agreed"
    PAY_EVERYTHING = "pays all that is outstanding"
    TAKE_BACK_PAYMENT = "the latest payment bounces"
    FINISH_WORK = "an agent finishes the most urgent work, outcome {number}"
    DECIDE_DISPUTE = "the oldest dispute is decided, outcome {number}"
    ANSWER_COMPLAINT = "the oldest complaint is answered, outcome {number}"


@dataclass(frozen=True, slots=True)
class Act:
    """A message whose content is worked out when it is sent: `simulation.acts`. With nothing to act on, none is."""

    kind: ActKind
    id: str
    number: int = 1

    def __str__(self) -> str:
        return f"{self.kind.format(number=self.number)} ({self.id})"


@dataclass(frozen=True, slots=True)
class Deed:
    """A message is accepted some minutes after the case was placed, and reaches its workflow `lag_minutes` later.

    With `twice` it comes by two ways.
    """

    minute: int
    message: RawMessage | Act
    lag_minutes: int = 0
    twice: bool = False

    def __str__(self) -> str:
        late = f", {self.lag_minutes} minutes late" if self.lag_minutes else ""
        return f"{self._said()}{late}{', twice' if self.twice else ''}"

    def _said(self) -> str:
        if isinstance(self.message, Act):
            return str(self.message)
        kind, payload = self.message
        said = ", ".join(f"{name} {_plain(value)}" for name, value in payload.items())
        return f"{kind}: {said}"


@dataclass(frozen=True, slots=True)
class Outage:
    """No worker runs for some time: timers fire and messages wait."""

    minute: int
    minutes: int

    def __str__(self) -> str:
        return f"no worker for {self.minutes} minutes"


@dataclass(frozen=True, slots=True)
class OtherContact:
    """Somebody else's contact with the same person, about another debt: it counts for the person."""

    minute: int
    channel: str
    outcome: str

    def __str__(self) -> str:
        return f"another case's {self.channel}: {self.outcome}"


@dataclass(frozen=True, slots=True)
class Story:
    """One life. `fates` befall the calls of providers in turn; after the last, everything is sent."""

    policy: str
    version: int
    account: str
    opened: datetime
    zone: str
    person_zones: tuple[str, ...]
    channels: tuple[str, ...]
    obligations: tuple[tuple[str, Money, date], ...]
    deeds: tuple[Deed, ...] = ()
    outages: tuple[Outage, ...] = ()
    others: tuple[OtherContact, ...] = ()
    fates: tuple[Fate, ...] = ()
    days: int = 180

    @property
    def end(self) -> datetime:
        return self.opened + timedelta(days=self.days)

    def at(self, minute: int) -> datetime:
        return self.opened + timedelta(minutes=minute)

    def told(self) -> str:
        """The story in lines that a person can follow."""
        owed = "; ".join(f"{name} {amount} due {due}" for name, amount, due in self.obligations)
        head = [
            f"policy {self.policy} v{self.version}, account {self.account} in {self.zone}",
            f"opened {_when(self.opened)}",
            f"owes {owed}",
            f"person in {' or '.join(self.person_zones) or 'an unknown place'}",
            f"reached by {', '.join(self.channels) or 'nothing'}",
        ]
        happens: list[Deed | Outage | OtherContact] = [*self.deeds, *self.outages, *self.others]
        happens.sort(key=lambda each: each.minute)
        lines = [f"{_when(self.at(each.minute))}  {each}" for each in happens]
        fates = [f"call {number}: {fate}" for number, fate in enumerate(self.fates, 1) if fate is not Fate.SENT]
        return "\n".join((*head, *lines, *fates))

    def without(self, part: str, index: int) -> Story:
        """The story with one of its deeds, outages, other contacts or obligations left out."""
        items = getattr(self, part)
        return replace(self, **{part: items[:index] + items[index + 1 :]})


def _when(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def _plain(value: Any) -> str:
    return f"{value['amount']} {value['currency']}" if isinstance(value, dict) and "amount" in value else str(value)
