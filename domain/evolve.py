"""How events change a case: `evolve(state, entry) -> state`, the only place where a case state is made.

Events are facts that were accepted already (`domain.accept`), so nothing is refused here.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from zoneinfo import ZoneInfo

from domain import events
from domain.events import Entry, Message
from domain.evolving import (  # noqa: F401  register themselves
    agreements,
    charges,
    contacts,
    lifecycle,
    money,
    notices,
    referrals,
    restraints,
    work,
)
from domain.evolving.dispatch import apply_event
from domain.state import Applied, CaseState, Obligation, Placement


def local_date(entry: Entry, zone: str) -> date:
    """The calendar date of an entry where the account lives."""
    return entry.at.astimezone(ZoneInfo(zone)).date()


def evolve(state: CaseState | None, entry: Entry) -> CaseState:
    """The state after one more journal entry.

    Raises ValueError when the first entry is not the opening, a later one is, or a message comes twice: no case has
    such a journal, and money must not be counted twice.
    """
    event = entry.event
    if isinstance(event, events.CaseOpened):
        if state is not None:
            raise ValueError("the case is open already: a journal has one case_opened, its first entry")
        return _open(event, local_date(entry, event.zone))
    if state is None:
        raise ValueError(f"the journal starts with {event.kind}: its first entry must be case_opened")
    if isinstance(event, Message):
        if any(applied.id == event.id for applied in state.applied):
            raise ValueError(f"the journal has a {event.kind} whose id was applied before: messages are applied once")
        state = state.model_copy(update={"applied": (*state.applied, Applied.of(event))})
    return apply_event(event, state, local_date(entry, state.zone))


def replay(entries: Iterable[Entry]) -> CaseState | None:
    """The state that a whole journal adds up to."""
    state: CaseState | None = None
    for entry in entries:
        state = evolve(state, entry)
    return state


def _open(event: events.CaseOpened, today: date) -> CaseState:
    itemization = event.itemization
    placement = None if itemization is None else Placement(itemization=itemization, obligations=len(event.obligations))
    return CaseState(
        lender=event.lender,
        account=event.account,
        currency=event.currency,
        zone=event.zone,
        policy=event.policy,
        opened_on=today,
        obligations=tuple(
            Obligation(id=obligation.id, amount=obligation.amount, due=obligation.due, component=obligation.component)
            for obligation in event.obligations
        ),
        placement=placement,
    )
