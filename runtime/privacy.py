"""What may leave the process in a log, a span, a metric or a Temporal failure: opaque ids and codes, nobody's data.

Three filters, each refusing what it does not know: attribute keys by an allow-list, values by their shape, and the
messages of exceptions by whose code raised them. A library quotes its input in its messages (a mail server the address,
a database the row), so only messages that are written in this repository or by Temporal are repeated.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path
from types import TracebackType

from pydantic import ValidationError
from temporalio.exceptions import TemporalError

WITHHELD = "[withheld]"

OWN_PACKAGES = frozenset(
    {"activities", "bench", "db", "domain", "providers", "rulebook", "runtime", "starter", "worker", "workflows"}
)

ALLOWED_KEYS = frozenset(
    {
        # whose, and what: opaque ids
        "account", "activity", "activity_id", "case", "claim", "consumer", "entry", "lender", "message_id",
        "obligation", "payment", "promise", "referral", "run_id", "sequence", "step", "workflow", "workflow_id",
        # how, and why: closed vocabularies
        "action", "category", "channel", "code", "currency", "decision", "deferred_by", "hold", "jurisdiction", "kind",
        "law_pack", "locale", "opted_out", "outcome", "policy", "provider", "reason", "result", "rule", "stage",
        "status", "template", "verdict",
        # how much, and when
        "amount_minor_units", "at", "attempt", "attempts", "bytes", "count", "days", "delay_seconds",
        "duration_seconds", "rows", "until",
        # where in the machinery
        "build_id", "deployment", "endpoint", "environment", "folder", "namespace", "pid", "port", "queue", "server",
        "signal", "task_queue", "version",
    }
)  # fmt: skip
"""The keys that a log event or a span may carry; everything else is dropped. A key goes in only with opaque values."""

_OPAQUE = re.compile(r"[A-Za-z0-9_/\[][A-Za-z0-9._:/\[\]=-]{0,199}")
_LONG_NUMBER = re.compile(r"\d[\d ()-]{5,}\d")
_PLAIN = (bool, int, float, Decimal, date, datetime, timedelta)


def allowed(attributes: Mapping[str, object]) -> dict[str, object]:
    """The attributes with known keys, each value replaced where it does not look like an id, a code or a number."""
    return {key: opaque(value) for key, value in attributes.items() if key in ALLOWED_KEYS}


def opaque(value: object) -> object:
    """A number, an instant or an identifier as it is; anything else, a text above all, withheld."""
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, _PLAIN):
        return value
    if isinstance(value, str):
        return value if _OPAQUE.fullmatch(value) else WITHHELD
    if isinstance(value, (list, tuple, set, frozenset)):
        return [opaque(item) for item in value]
    return WITHHELD


def constant_text(text: str) -> str:
    """A log event's words; withheld when they show an address or a number that may be someone's."""
    return WITHHELD if "@" in text or "\n" in text or _LONG_NUMBER.search(text) else text


def safe_message(error: BaseException) -> str:
    """An exception's message where this repository or Temporal wrote it, else why it is not shown."""
    if isinstance(error, ValidationError):
        return _invalid_fields(error)
    if isinstance(error, TemporalError) or type(error).__module__.split(".")[0] in OWN_PACKAGES:
        return str(error)
    code = _code(error)
    return f"{WITHHELD} code {code}" if code else WITHHELD


def chain_of(error: BaseException) -> Iterator[BaseException]:
    """The exception and what led to it, newest first."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)


def frames_of(traceback: TracebackType | None) -> list[str]:
    """Where it happened, outermost first, as file:line function: no source line, no local variable."""
    frames: list[str] = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        path = Path(code.co_filename)
        frames.append(f"{path.parent.name}/{path.name}:{traceback.tb_lineno} {code.co_name}")
        traceback = traceback.tb_next
    return frames


def _invalid_fields(error: ValidationError) -> str:
    """Which fields of which model, and what kind of fault; no value, and no key that the sender made up."""
    faults = [
        f"{'.'.join(str(part) for part in detail['loc']) or '(whole)'}: {detail['type']}"
        for detail in error.errors(include_url=False, include_context=False, include_input=False)
        if detail["type"] != "extra_forbidden"
    ]
    return f"{error.title}: " + ("; ".join(faults) or "extra_forbidden")


def _code(error: BaseException) -> str | None:
    """The error code of an operating system, database, mail or web error: a number or a short token."""
    for name in ("sqlstate", "errno", "code", "status"):
        code = getattr(error, name, None)
        if isinstance(code, int) or (isinstance(code, str) and re.fullmatch(r"[A-Za-z0-9_-]{1,20}", code)):
            return str(code)
    return None
