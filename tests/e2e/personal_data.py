"""What is personal in the database, and whether any of it is found elsewhere: whole, or by a telling part of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

from sqlalchemy import text

from db.session import Database

PERSONAL_COLUMNS = text("""
SELECT full_name AS value FROM consumer
UNION SELECT residence_postal_code FROM consumer WHERE residence_postal_code IS NOT NULL
UNION SELECT value FROM contact_point
UNION SELECT body FROM reply
""")
"""The columns that docs/database.md calls personal and that hold a person's own words or data."""

_SHORT_NUMBER_DIGITS = 6
_TELLING_CHARACTERS_MIN = 4
_NAME_WORDS_MAX = 3
_QUOTED_WORDS = 3
_TELLING_HAN_MIN = 2

# An instant's microseconds, a digest or a measured duration can have any six digits in a row.
_NOT_A_NUMBER_OF_ANYBODY = re.compile(
    r"\d{4}-\d\d-\d\d[t ]\d\d:\d\d:\d\d[.\d]*|\b[0-9a-f]{16,}\b|\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"
    r"|\b\d+\.\d+(e[-+]?\d+)?\b"
)


async def personal_values(database: Database) -> frozenset[str]:
    """Every name, number, address and text of a person that the database has."""
    async with database.transaction() as session:
        return frozenset((await session.execute(PERSONAL_COLUMNS)).scalars())


def fragments_of(values: Iterable[str]) -> frozenset[str]:
    """The values, and what would give them away: surnames, last digits, local parts, words of an address,
    and any three words in a row of what somebody wrote.
    """
    found: set[str] = set()
    for value in values:
        found.add(value)
        if value.startswith("+"):
            found.add(value[-_SHORT_NUMBER_DIGITS:])
        elif "@" in value:
            found.add(value.partition("@")[0])
        elif "\n" in value or len(value.split()) <= _NAME_WORDS_MAX:
            found.update(part for part in re.split(r"[\n ]", value) if _tells(part))
        else:
            found.update(map(" ".join, zip(*(value.split()[at:] for at in range(_QUOTED_WORDS)), strict=False)))
    return frozenset(found)


def _tells(part: str) -> bool:
    is_han = any("\u4e00" <= character <= "\u9fff" for character in part)
    return len(part) >= (_TELLING_HAN_MIN if is_han else _TELLING_CHARACTERS_MIN)


def leaks(places: Mapping[str, str], fragments: Iterable[str]) -> list[tuple[str, str]]:
    """Where which fragment is found. Capitals don't matter, and neither does how JSON writes a character."""
    wanted = [(fragment, {fragment.lower(), json.dumps(fragment)[1:-1].lower()}) for fragment in sorted(fragments)]
    found = []
    for place, content in places.items():
        lowered = content.lower()
        without_figures = _NOT_A_NUMBER_OF_ANYBODY.sub(" ", lowered)
        for fragment, forms in wanted:
            searched = without_figures if fragment.isdigit() else lowered
            if any(form in searched for form in forms):
                found.append((place, fragment))
    return found
