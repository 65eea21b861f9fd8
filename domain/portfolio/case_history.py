"""One case as a report sees it, read from its journal alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from domain import events
from domain.balance import balance_of, paid_in_all
from domain.events import Entry, PolicyRef
from domain.evolve import evolve
from domain.localtime import local_date, zone_of
from domain.money import Money
from domain.names import Channel, Component, Direction, Outcome
from domain.portfolio.buckets import Bucket, standing_on
from domain.state import CaseState

Waterfalls = Callable[[PolicyRef], tuple[Component, ...]]
"""The waterfall of a policy."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a case stood at the end of a day."""

    on: date
    bucket: Bucket
    outstanding: Money


@dataclass(slots=True)
class CaseHistory:
    """What a case adds to the figures of its portfolio.

    `month_ends` has the end of each whole month since it was placed, oldest first; `collected` what came in net of
    reversals, by months since the month of placement. Calls are outbound ones.
    """

    currency: str
    placed_on: date
    placed: Money
    month_ends: list[Standing] = field(default_factory=list)
    now: Standing | None = None
    collected: dict[int, Money] = field(default_factory=dict)
    promises_kept: int = 0
    promises_not_kept: int = 0
    contacts: Counter[Channel] = field(default_factory=Counter)
    calls: int = 0
    conversations: int = 0


def read_history(journal: Iterable[Entry], as_of: date, waterfalls: Waterfalls) -> CaseHistory | None:
    """Read a journal up to the end of the day `as_of` where the account lives. None if it opened later."""
    state: CaseState | None = None
    history: CaseHistory | None = None
    for entry in journal:
        if state is None:
            assert isinstance(entry.event, events.CaseOpened), "a journal begins with the opening"
            day = local_date(entry.at, zone_of(entry.event.zone))
            if day > as_of:
                return None
            state = evolve(None, entry)
            history = _placed(entry.event, day)
            continue
        assert history is not None, "an opened case has a history"
        day = local_date(entry.at, zone_of(state.zone))
        if day > as_of:
            break
        _close_months(history, state, day, waterfalls)
        before, state = state, evolve(state, entry)
        _add_money(history, before, state, day)
        _count(history, entry)
    if state is None or history is None:
        return None
    _close_months(history, state, as_of + timedelta(days=1), waterfalls)
    history.now = _standing(state, as_of, waterfalls)
    return history


def _placed(opening: events.CaseOpened, day: date) -> CaseHistory:
    placed = Money.total((obligation.amount for obligation in opening.obligations), opening.currency)
    return CaseHistory(currency=opening.currency, placed_on=day, placed=placed)


def _close_months(history: CaseHistory, state: CaseState, day: date, waterfalls: Waterfalls) -> None:
    """Note where the case stood at each month's end before `day` that is not noted yet."""
    last = history.month_ends[-1].on if history.month_ends else None
    end = month_end(history.placed_on if last is None else last + timedelta(days=1))
    while end < day:
        history.month_ends.append(_standing(state, end, waterfalls))
        end = month_end(end + timedelta(days=1))


def _standing(state: CaseState, day: date, waterfalls: Waterfalls) -> Standing:
    waterfall = waterfalls(state.policy)
    outstanding = balance_of(state, waterfall, day).outstanding
    return Standing(on=day, bucket=standing_on(state, waterfall, day), outstanding=outstanding)


def _add_money(history: CaseHistory, before: CaseState, after: CaseState, day: date) -> None:
    came_in = paid_in_all(after) - paid_in_all(before)
    if came_in:
        month = months_between(history.placed_on, day)
        history.collected[month] = history.collected.get(month, Money.zero(history.currency)) + came_in


def _count(history: CaseHistory, entry: Entry) -> None:
    match entry.event:
        case events.PromiseKept():
            history.promises_kept += 1
        case events.PromiseBroken() | events.PromisePartlyKept():
            history.promises_not_kept += 1
        case events.ContactMade(channel=channel):
            history.contacts[channel] += 1
            history.calls += channel is Channel.VOICE
        case events.CallOutcomeRecorded(direction=Direction.OUTBOUND, contact=contact, outcome=outcome):
            history.calls += contact is None
            history.conversations += outcome is Outcome.CONVERSATION
        case _:
            pass


def month_end(day: date) -> date:
    """The last day of a day's month."""
    first_of_next = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return first_of_next - timedelta(days=1)


def months_between(earlier: date, later: date) -> int:
    """Calendar months from the month of one day to that of another."""
    return (later.year - earlier.year) * 12 + later.month - earlier.month
