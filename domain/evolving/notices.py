"""Notices that were given."""

from __future__ import annotations

from datetime import date

from domain import events
from domain.evolving.dispatch import apply_event
from domain.state import CaseState, ValidationNotice


@apply_event.register
def _(event: events.ValidationNoticeSent, state: CaseState, today: date) -> CaseState:
    notice = ValidationNotice(sent_on=event.sent_on, period_ends_on=event.period_ends_on)
    return state.model_copy(update={"validation_notice": notice})
