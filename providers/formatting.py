"""Money, days and instants in a document, as people of a locale write them."""

from __future__ import annotations

import copy
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time, get_datetime_format

from domain.currency import exponent_of
from domain.money import Money


@lru_cache(maxsize=64)
def _locale(name: str) -> Locale:
    return Locale.parse(name, sep="-")


def format_money(money: Money, locale: str) -> str:
    """The amount with the currency's symbol and all of its ISO 4217 decimal places.

    CLDR, which Babel asks, shows some currencies without their minor unit; a statement of account must not.
    """
    where = _locale(locale)
    pattern = copy.copy(where.currency_formats["standard"])
    places = exponent_of(money.currency)
    pattern.frac_prec = (places, places)
    return str(pattern.apply(money.decimal, where, currency=money.currency, currency_digits=False))


def format_day(day: date, locale: str) -> str:
    """The date in words: 6 May 2026, May 6, 2026, 2026年5月6日."""
    return format_date(day, format="long", locale=_locale(locale))


def format_instant(instant: datetime, zone: str, locale: str) -> str:
    """An aware instant as the clock on the wall shows it in an IANA zone, to the minute: 6 May 2026, 14:05."""
    where, local = _locale(locale), instant.astimezone(ZoneInfo(zone))
    day, time = format_date(local, "medium", where), format_time(local, "short", locale=where)
    return str(get_datetime_format("medium", where)).replace("{1}", day).replace("{0}", time)
