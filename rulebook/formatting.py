"""Money, dates and references as people of a locale write them: the filters that templates use."""

from __future__ import annotations

import copy
import re
import unicodedata
from datetime import date
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import NumberPattern

from domain.currency import exponent_of
from domain.money import Money

VALUE_LENGTH_MAX = 200

# CLDR's currency spacing, which Babel leaves out: a code made of letters stands apart from its number.
_LETTER_BEFORE_DIGIT = re.compile(r"(?<=[^\W\d_])(?=\d)")

# They turn the reading direction of what follows, so that a name could disguise the text after it.
_DIRECTION_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")


@lru_cache(maxsize=64)
def babel_locale(locale: str) -> Locale:
    """Babel's data of a locale such as en-GB. Raises ValueError for one that it does not know."""
    try:
        return Locale.parse(locale, sep="-")
    except UnknownLocaleError:
        raise ValueError(f"no such locale: {locale}") from None


def format_money(money: Money, locale: str) -> str:
    """The amount with the currency's symbol and all of its ISO 4217 decimal places: £1,234.50, ¥1,234.50."""
    pattern = _pattern(locale, money.currency)
    written = str(pattern.apply(money.decimal, babel_locale(locale), currency=money.currency, currency_digits=False))
    return _LETTER_BEFORE_DIGIT.sub("\u00a0", written)


@lru_cache(maxsize=256)
def _pattern(locale: str, currency: str) -> NumberPattern:
    """CLDR shows some currencies without their minor unit. What is owed is shown to the last unit."""
    pattern: NumberPattern = copy.copy(babel_locale(locale).currency_formats["standard"])
    places = exponent_of(currency)
    pattern.frac_prec = (places, places)
    return pattern


def format_day(day: date, locale: str) -> str:
    """The date in words: 6 May 2026, May 6, 2026, 2026年5月6日."""
    return format_date(day, format="long", locale=babel_locale(locale))


def ending(reference: str) -> str:
    """The last four characters of a reference: enough for its owner to know it by, too little for anyone else."""
    return reference[-4:]


def one_line(value: str) -> str:
    """A value from a lender's file, fit to stand inside a sentence.

    Line breaks and other control characters become one space, direction overrides go, and it is cut to a sane length:
    a name can neither begin a paragraph, a list or a header, nor turn the text around.
    """
    spaced = value if value.isprintable() else _spaced(value)
    return " ".join(spaced.split()).lstrip("- ")[:VALUE_LENGTH_MAX].rstrip()


def _spaced(value: str) -> str:
    """What Unicode calls printable has nothing of this, so that most values are spared the look at each character."""
    kept = (char for char in value if char not in _DIRECTION_OVERRIDES)
    return "".join(" " if unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} else char for char in kept)
