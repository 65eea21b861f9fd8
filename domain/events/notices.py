"""Notices that set a period running."""

from __future__ import annotations

from typing import Literal

from domain.events.base import Occurrence
from domain.names import CalendarDate, Channel


class ValidationNoticeSent(Occurrence):
    """The validation information of 12 CFR 1006.34 was sent. The person has until `period_ends_on` to dispute."""

    kind: Literal["validation_notice_sent"] = "validation_notice_sent"
    channel: Channel
    sent_on: CalendarDate
    period_ends_on: CalendarDate


NoticeOccurrence = ValidationNoticeSent
