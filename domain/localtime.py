"""Calendar and wall clock of a place: its dates, and its windows of local time, exact across changes of offset.

Instants are computed in UTC. Aware datetimes of a `ZoneInfo` are only looked at, never compared: Python holds the
repeated hour of autumn unequal to the same instant in any other zone.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)
ONE_SECOND = timedelta(seconds=1)
_MIDNIGHT = time(0)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@cache
def zone_of(name: str) -> ZoneInfo:
    """The IANA zone of that name. Raises ZoneInfoNotFoundError."""
    return ZoneInfo(name)


def local_date(at: datetime, zone: tzinfo) -> date:
    """The calendar date at an instant."""
    return at.astimezone(zone).date()


def with_offset_of(zone: tzinfo, at: datetime) -> datetime:
    """The same instant, written with the offset that the zone has then."""
    offset = at.astimezone(zone).utcoffset()
    assert offset is not None, "an aware zone has an offset"
    return at.astimezone(timezone(offset))


def start_of_day(day: date, zone: tzinfo) -> datetime:
    """The first instant of a local date, in UTC: its midnight, or where that is skipped, the end of the gap."""
    return datetime.combine(day, _MIDNIGHT, zone).astimezone(UTC)


def months_after(day: date, months: int) -> date:
    """The same day of the month so many months later; the month's last day where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def is_inside(start: time, end: time, zone: tzinfo, at: datetime) -> bool:
    """Whether the wall clock shows a time in `[start, end)`."""
    return start <= at.astimezone(zone).time() < end


def next_inside(start: time, end: time, zone: tzinfo, at: datetime) -> datetime:
    """The earliest instant from `at` on at which the wall clock shows a time in `[start, end)`, which are of one day.

    Where the clock is moved, that can be the very moment of the change: a start that is skipped in spring opens at the
    end of the gap, and an autumn hour that comes again can open the window a second time.
    """
    assert start < end, "a window of local time starts before it ends on the same day"
    while True:
        local = at.astimezone(zone)
        if start <= local.time() < end:
            return at
        wait = (datetime.combine(local.date(), start) - local.replace(tzinfo=None)) % ONE_DAY
        opening = at.astimezone(UTC) + wait
        change = _offset_change(zone, at, opening)
        if change is None or opening < change:
            return opening
        at = change


def _offset_change(zone: tzinfo, since: datetime, until: datetime) -> datetime | None:
    """The instant in `(since, until]` from which the zone's offset is another, for instants at most a day apart.

    Zones change their offset on a whole second, and never twice in a day.
    """
    before = since.astimezone(zone).utcoffset()
    if until.astimezone(zone).utcoffset() == before:
        return None
    unchanged = (since - _EPOCH) // ONE_SECOND
    changed = -((_EPOCH - until) // ONE_SECOND)
    while changed - unchanged > 1:
        middle = (unchanged + changed) // 2
        if (_EPOCH + middle * ONE_SECOND).astimezone(zone).utcoffset() == before:
            unchanged = middle
        else:
            changed = middle
    return _EPOCH + changed * ONE_SECOND
