"""The function that the modules of this package register their handlers with."""

from __future__ import annotations

from datetime import date
from functools import singledispatch

from domain.events import Event
from domain.state import CaseState


@singledispatch
def apply_event(event: Event, state: CaseState, today: date) -> CaseState:
    """The state after an event that happened on `today` where the account lives.

    Events that only the journal and the contact history remember leave the state as it is.
    """
    return state
