"""What borrowers, payment systems and agents are to do, and when: all of it from a seed, before anything runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from random import Random
from zoneinfo import ZoneInfo

from chaos.portfolio import Account, make_account
from domain import events
from domain.events import AnyMessage, DisputeCategory, DisputeOutcome, ReversalReason
from domain.money import Money
from domain.names import Channel, HoldKind, ReplyIntent
from rulebook.load import Rulebook

SECONDS_PER_DAY = 86_400
_OPENED_WITHIN = 0.85
_HAS_ANOTHER, _OPENED_TOGETHER = 0.2, 0.6
"""How often the next account belongs to the person of the one before, and how often both are opened at once."""


class Way(StrEnum):
    """How a message is sent. By the client it is in Postgres before Temporal hears of it."""

    CLIENT = "client, with an answer"
    HANDED_OVER = "client, without an answer"
    BARE = "bare Temporal signal"


@dataclass(frozen=True, slots=True)
class Deed:
    """A message that is sent `at_s` real seconds after the start, `times` times in all under the same id."""

    at_s: float
    message: AnyMessage
    way: Way
    times: int


@dataclass(frozen=True, slots=True)
class Life:
    """An account, when its case is opened (and how often it is tried), and what then comes to it, in order of time."""

    account: Account
    opens_at_s: float
    opened_times: int
    deeds: tuple[Deed, ...]


@dataclass(frozen=True, slots=True)
class Pace:
    """How business time runs: it shows `start` when the run starts."""

    start: datetime
    seconds_per_day: float

    def business(self, at_s: float) -> datetime:
        return self.start + timedelta(seconds=at_s * SECONDS_PER_DAY / self.seconds_per_day)


def plan_lives(seed: int, count: int, within_s: float, pace: Pace, rulebook: Rulebook) -> tuple[Life, ...]:
    """That many lives. Cases are opened until shortly before its end."""
    random = Random(f"lives {seed}")
    lives: list[Life] = []
    for index in range(count):
        is_another = bool(lives) and random.random() < _HAS_ANOTHER
        lives.append(_life(random, index, within_s, pace, rulebook, lives[-1] if is_another else None))
    return tuple(lives)


def _life(random: Random, index: int, within_s: float, pace: Pace, rulebook: Rulebook, sibling: Life | None) -> Life:
    opens_at_s = round(random.uniform(0, within_s * _OPENED_WITHIN), 3)
    if sibling is not None and random.random() < _OPENED_TOGETHER:
        opens_at_s = sibling.opens_at_s
    opened_on = pace.business(opens_at_s).date()
    account = make_account(random, index, rulebook, opened_on, None if sibling is None else sibling.account)
    teller = _Teller(random, account, opens_at_s, within_s, pace)
    story = random.choices(list(STORIES), list(STORIES.values()))[0]
    story(teller)
    return Life(account, opens_at_s, random.choice((1, 1, 2)), tuple(sorted(teller.deeds, key=lambda deed: deed.at_s)))


class _Teller:
    """Collects the deeds of one life. Instants are drawn by `at`, in order."""

    def __init__(self, random: Random, account: Account, opens_at_s: float, within_s: float, pace: Pace) -> None:
        self.random = random
        self.account = account
        self.deeds: list[Deed] = []
        self._last_s = opens_at_s
        self._within_s = within_s
        self._pace = pace

    def does(self, make: Callable[[str, date], AnyMessage], name: str, *, way: Way | None = None) -> None:
        """The next deed: what `make` makes of an id and the day on which it happens."""
        self._last_s = self.random.uniform(self._last_s, self._last_s + 0.7 * (self._within_s - self._last_s))
        day = self._pace.business(self._last_s).astimezone(ZoneInfo(self.account.registration.zone)).date()
        message = make(f"{self.account.registration.account}-{name}", day)
        chosen = way or self.random.choices(tuple(Way), (6, 2, 2))[0]
        self.deeds.append(Deed(round(self._last_s, 3), message, chosen, self.random.choice((1, 1, 1, 2, 3))))

    def pays(self, amount: Money, name: str = "payment", way: Way | None = None) -> None:
        self.does(lambda id, _: events.PaymentReceived(id=id, amount=amount), name, way=way)


def _stays_silent(teller: _Teller) -> None:
    """Nothing."""


def _pays(teller: _Teller) -> None:
    teller.pays(teller.account.owed)


def _pays_by_bare_signal(teller: _Teller) -> None:
    teller.pays(teller.account.owed, way=Way.BARE)


def _pays_too_much(teller: _Teller) -> None:
    teller.pays(teller.account.owed + Money(12_34, teller.account.owed.currency))


def _pays_in_parts(teller: _Teller) -> None:
    for number, part in enumerate(teller.account.owed.split((1, 2, 1))):
        teller.pays(part, f"part-{number}")


def _pays_and_bounces(teller: _Teller) -> None:
    teller.pays(teller.account.owed, "first")
    paid = teller.deeds[-1].message.id
    teller.does(lambda id, _: events.PaymentReversed(id=id, payment=paid, reason=ReversalReason.BOUNCED), "bounced")
    teller.pays(teller.account.owed, "again")


def _promises(teller: _Teller) -> None:
    owed, days = teller.account.owed, teller.random.randint(1, 5)
    teller.does(lambda id, day: events.PromiseMade(id=id, amount=owed, due=day + timedelta(days=days)), "promise")
    if teller.random.random() < 0.6:
        teller.pays(owed)


def _asks_for_time(teller: _Teller) -> None:
    kind, days = teller.random.choice((HoldKind.HARDSHIP, HoldKind.BREATHING_SPACE)), teller.random.randint(3, 6)
    teller.does(lambda id, day: events.HoldPlaced(id=id, hold=kind, until=day + timedelta(days=days)), "hold")
    if teller.random.random() < 0.5:
        teller.pays(teller.account.owed)


def _is_held_and_released(teller: _Teller) -> None:
    teller.does(lambda id, _: events.HoldPlaced(id=id, hold=HoldKind.FRAUD), "fraud")
    teller.does(lambda id, _: events.HoldLifted(id=id, hold=HoldKind.FRAUD), "no-fraud")


def _disputes(teller: _Teller) -> None:
    teller.does(lambda id, _: events.DisputeOpened(id=id, category=DisputeCategory.AMOUNT), "dispute")
    disputed = teller.deeds[-1].message.id
    teller.does(
        lambda id, _: events.DisputeResolved(id=id, dispute=disputed, outcome=DisputeOutcome.REJECTED), "resolved"
    )


def _stops_texts(teller: _Teller) -> None:
    teller.does(
        lambda id, _: events.ReplyReceived(id=id, channel=Channel.SMS, intent=ReplyIntent.STOP),
        "stop",
        way=teller.random.choice((Way.CLIENT, Way.HANDED_OVER)),
    )
    if teller.random.random() < 0.4:
        teller.pays(teller.account.owed)


def _owes_more(teller: _Teller) -> None:
    more = Money(45_00, teller.account.owed.currency)
    teller.does(lambda id, day: events.ObligationDue(id=id, amount=more, due=day), "bill")
    teller.pays(teller.account.owed)
    teller.pays(more, "rest")


def _is_recalled(teller: _Teller) -> None:
    teller.does(lambda id, _: events.Recalled(id=id), "recalled")


STORIES: Mapping[Callable[[_Teller], None], int] = {
    _stays_silent: 16,
    _pays: 22,
    _pays_by_bare_signal: 10,
    _pays_too_much: 4,
    _pays_in_parts: 10,
    _pays_and_bounces: 10,
    _promises: 8,
    _asks_for_time: 7,
    _is_held_and_released: 4,
    _disputes: 5,
    _stops_texts: 9,
    _owes_more: 5,
    _is_recalled: 3,
}
"""What can become of an account, and how many of about a hundred do so."""
