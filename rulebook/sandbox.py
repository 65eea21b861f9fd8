"""The sandbox of the texts: templates can say, choose and list what they are given, and nothing else."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache, partial
from typing import Any

import jinja2
from jinja2 import select_autoescape
from jinja2.ext import Extension
from jinja2.sandbox import ImmutableSandboxedEnvironment

from domain.money import Money
from rulebook.formatting import babel_locale, ending, format_day, format_money


class _LoneTags(Extension):
    """A tag that stands alone on its line leaves no line behind; a tag inside a sentence leaves its spaces alone.

    Jinja's own `trim_blocks` would glue together the words around a tag that happens to end a line. The line break is
    moved into the tag, so that line numbers stay.
    """

    _ALONE = re.compile(r"^[ \t]*(\{%(?:(?!%\}).)*)(%\})[ \t]*\n", re.MULTILINE)

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        return self._ALONE.sub(r"\1\n\2", source)


@lru_cache(maxsize=64)
def environment(locale: str) -> jinja2.Environment:
    """The sandbox that a locale's texts run in: the filters `money`, `date` and `ending`, and no functions.

    Raises ValueError for an unknown locale. Nothing is escaped here, since these texts are plain; `_html` escapes.
    """
    babel_locale(locale)
    sandbox = ImmutableSandboxedEnvironment(
        undefined=jinja2.StrictUndefined,
        autoescape=select_autoescape(enabled_extensions=(), default_for_string=False),
        finalize=_printable,
        extensions=[_LoneTags],
    )
    sandbox.globals.clear()
    sandbox.filters = {"money": partial(_money, locale=locale), "date": partial(_day, locale=locale), "ending": ending}
    return sandbox


def _money(value: Any, locale: str) -> str:
    if not isinstance(value, Money):
        raise TypeError("only an amount can be written with `| money`")
    return format_money(value, locale)


def _day(value: Any, locale: str) -> str:
    if not isinstance(value, date):
        raise TypeError("only a day can be written with `| date`")
    return format_day(value, locale)


def _printable(value: Any) -> Any:
    """Refuse what would be printed in a form for programs."""
    if isinstance(value, str | int | jinja2.Undefined):
        return value
    raise TypeError("write amounts with `| money`, days with `| date`, and lists with a `for`")
