"""Which of several words on consent is the newest."""

from __future__ import annotations

from datetime import date, datetime, tzinfo

from domain.localtime import ONE_DAY, local_date, start_of_day


def said_at(given_on: date | None, accepted_at: datetime, zone: tzinfo, *, consented: bool) -> datetime:
    """The instant from which a word on a channel counts, for comparing it with others of the person.

    What is reported on its own day was said when it was accepted. Of an earlier day only the date is known: a consent
    then counts from the start of that day, a refusal from its end, so that a refusal of the same day wins.
    """
    if given_on is None or given_on >= local_date(accepted_at, zone):
        return accepted_at
    return min(accepted_at, start_of_day(given_on if consented else given_on + ONE_DAY, zone))
