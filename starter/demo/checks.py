"""What must hold at the end of the demonstration, whatever happened in it."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from domain.balance import balance_of
from domain.events import ContactMade, Entry
from domain.evolve import evolve
from domain.policy import RECEIPT_STEP, Policy
from domain.state import CaseState


def contacts_after_cure(entries: Iterable[Entry], policy: Policy) -> tuple[ContactMade, ...]:
    """The contacts in a case's journal that were made while nothing was owed. A receipt is not one: it says thanks."""
    state: CaseState | None = None
    found = []
    for entry in entries:
        event = entry.event
        if state is not None and isinstance(event, ContactMade) and event.step != RECEIPT_STEP:
            today = entry.at.astimezone(ZoneInfo(state.zone)).date()
            if not balance_of(state, policy.waterfall, today).outstanding:
                found.append(event)
        state = evolve(state, entry)
    return tuple(found)
