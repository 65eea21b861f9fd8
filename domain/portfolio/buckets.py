"""The buckets of days past due that the trade reports by."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from domain.ageing import days_past_due
from domain.balance import balance_of
from domain.names import CloseReason, Component
from domain.state import CaseState

BUCKET_DAYS = 30


class Bucket(StrEnum):
    """Where an account stands on a day. The last two are ends: nothing of it is collected any more."""

    CURRENT = "current"
    DAYS_1_30 = "1-30"
    DAYS_31_60 = "31-60"
    DAYS_61_90 = "61-90"
    DAYS_91_120 = "91-120"
    DAYS_OVER_120 = "over 120"
    PAID = "paid"
    ENDED = "ended otherwise"

    @property
    def is_past_due(self) -> bool:
        return self in PAST_DUE


PAST_DUE = (
    Bucket.DAYS_1_30,
    Bucket.DAYS_31_60,
    Bucket.DAYS_61_90,
    Bucket.DAYS_91_120,
    Bucket.DAYS_OVER_120,
)


def bucket_of(days: int) -> Bucket:
    """The bucket of an account that is so many days past due; not past due, it is current."""
    if days <= 0:
        return Bucket.CURRENT
    return PAST_DUE[min((days - 1) // BUCKET_DAYS, len(PAST_DUE) - 1)]


def standing_on(state: CaseState, waterfall: tuple[Component, ...], day: date) -> Bucket:
    """Where a case stands at the end of a day, by the due date of its oldest unpaid obligation."""
    oldest = balance_of(state, waterfall, day).oldest_unpaid
    if oldest is None:
        return Bucket.PAID
    if state.closed_because not in {None, CloseReason.PAID, CloseReason.SETTLED}:
        return Bucket.ENDED
    return bucket_of(days_past_due(oldest.due, day))
