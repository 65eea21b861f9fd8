"""What programs ask on standard input, one JSON object or an array of them, and how they are answered.

A question that is not as it must be is an error that names its field. Then nothing at all is answered.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from pydantic import AwareDatetime, BaseModel, BeforeValidator, Field, ValidationError

from rulebook.problems import Location, field_path
from starter.console import CommandError

Question = TypeVar("Question", bound=BaseModel)

_PROBLEMS_NAMED_MAX = 5
_ISO_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})"
)


def _only_an_instant(raw: Any) -> datetime:
    """Pydantic also reads numbers in strings, as seconds since 1970: a slip, not an instant."""
    with suppress(ValueError):  # the day or the hour may not exist
        if isinstance(raw, str) and _ISO_INSTANT.fullmatch(raw):
            return datetime.fromisoformat(raw)
    raise ValueError("write an instant that exists, with its offset, such as 2026-05-06T10:00:00-04:00")


Instant = Annotated[
    AwareDatetime,
    BeforeValidator(_only_an_instant),
    Field(ge=datetime(1970, 1, 2, tzinfo=UTC), lt=datetime(2200, 1, 1, tzinfo=UTC)),
]
"""An instant that a program names. Instants far off are slips, and counting from them overflows."""


class UnanswerableQuestion(ValueError):
    """A question whose fields are sound each for itself, but not together. Names the field."""

    def __init__(self, location: Location, text: str) -> None:
        super().__init__(text)
        self.location = location


def answer_all(kind: type[Question], answer: Callable[[Question], dict[str, Any]]) -> None:
    """Answer what standard input asks: an object by an object, an array by an array in the same order.

    Raises CommandError, with the JSON path of each field that is wrong.
    """
    asked = _parsed(sys.stdin.read())
    are_many = isinstance(asked, list)
    answers = [
        _answered(kind, raw, answer, (number,) if are_many else ()) for number, raw in enumerate(_several(asked))
    ]
    sys.stdout.write(json.dumps(answers if are_many else answers[0], ensure_ascii=False, separators=(",", ":")) + "\n")


def _several(asked: Any) -> Sequence[Any]:
    return asked if isinstance(asked, list) else (asked,)


def _answered(
    kind: type[Question], raw: Any, answer: Callable[[Question], dict[str, Any]], at: Location
) -> dict[str, Any]:
    try:
        if not isinstance(raw, dict):
            raise UnanswerableQuestion((), "must be a JSON object")
        # As JSON, and strictly: 1 is not true, and a number is neither an amount nor a date.
        return answer(kind.model_validate_json(json.dumps(raw), strict=True))
    except ValidationError as error:
        raise CommandError(_wrong_fields(error, at)) from None
    except UnanswerableQuestion as error:
        raise CommandError(f"{_path((*at, *error.location))}: {error}") from None


def _wrong_fields(error: ValidationError, at: Location) -> str:
    problems = error.errors(include_input=False, include_context=False, include_url=False)
    named = [
        f"{_path((*at, *problem['loc']))}: {problem['msg'].removeprefix('Value error, ')}"
        for problem in problems[:_PROBLEMS_NAMED_MAX]
    ]
    more = len(problems) - len(named)
    return "; ".join(named) + (f"; and {more} more" if more else "")


def _path(location: Location) -> str:
    return field_path(location) if location else "standard input"


def _parsed(text: str) -> Any:
    """Python's parser, made to refuse what it would pass over: keys that come twice, and NaN."""
    try:
        return json.loads(text, object_pairs_hook=_without_repetition, parse_constant=_no_constant)
    except UnanswerableQuestion as error:
        raise CommandError(f"{_path(error.location)}: {error}") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise CommandError(f"standard input: is not JSON ({error.msg}, {where})") from None
    except (RecursionError, ValueError):
        raise CommandError("standard input: is nested too deeply, or has a number that is too long") from None


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise UnanswerableQuestion((twice,), "is there twice in one object; give it once")
    return found


def _no_constant(name: str) -> Any:
    raise UnanswerableQuestion((), f"{name} is not JSON")
