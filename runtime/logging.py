"""Structured logs without personal data: events are constant phrases, everything else is on an allow-list.

Every logger of the process, the standard library's too, ends in one handler. Lines of third parties keep their level,
logger and place in the source, by which they can be found, but not their text: it may quote what it was given.
"""

from __future__ import annotations

import logging
import sys
from typing import TextIO, cast

import structlog
import temporalio.activity
import temporalio.workflow
from structlog.typing import EventDict, FilteringBoundLogger, Processor, WrappedLogger

from runtime.privacy import OWN_PACKAGES, WITHHELD, allowed, chain_of, constant_text, frames_of, safe_message

_STRUCTURE = ("event", "level", "logger", "timestamp")


def configure_logging(*, level: str, log_format: str, stream: TextIO | None = None) -> None:
    """Send all logs of this process to `stream` (standard error by default) from `level` (`info`, ...) on.

    `log_format`: `json`, `console`, or `auto`, which is console on a terminal. Calling again replaces what was set.
    """
    out = stream or sys.stderr
    as_json = log_format == "json" or (log_format == "auto" and not out.isatty())
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, _only_known_text],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _only_allowed,
                structlog.processors.JSONRenderer() if as_json else _readable_exception,
                *([] if as_json else [structlog.dev.ConsoleRenderer(colors=out.isatty())]),
            ],
            use_get_message=False,  # the record's template, not the text with its arguments
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    logging.captureWarnings(capture=True)
    # Temporal would write its details into the text; they come as fields instead.
    temporalio.activity.logger.activity_info_on_message = False
    temporalio.workflow.logger.workflow_info_on_message = False


def logger(name: str) -> FilteringBoundLogger:
    """The logger of a module: `log = logger(__name__)`, `log.info("contact sent", case=..., channel=...)`."""
    return cast("FilteringBoundLogger", structlog.stdlib.get_logger(name))


def _only_known_text(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """For the standard library's records: place instead of text, and Temporal's own ids as fields."""
    record: logging.LogRecord = event["_record"]
    owner = record.name.split(".")[0]
    event["_source"] = f"{record.module}.{record.funcName}:{record.lineno}"
    if owner == "temporalio":
        # What Temporal quotes, an error above all, follows a colon and a space.
        return {**event, **_temporal_fields(record), "event": str(record.msg).split(": ")[0]}
    return event if owner in OWN_PACKAGES else {**event, "event": WITHHELD}


def _temporal_fields(record: logging.LogRecord) -> dict[str, object]:
    details: dict[str, object] = {}
    for name in ("temporal_activity", "temporal_workflow"):
        details.update(getattr(record, name, None) or {})
    if core := getattr(record, "temporal_log", None):
        details.update(core.fields)
    renamed = {"activity_type": "activity", "workflow_type": "workflow", "workflow_run_id": "run_id"}
    return {renamed.get(key, key): value for key, value in details.items()}


def _only_allowed(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """The last step before rendering: whatever came, this leaves."""
    kept: EventDict = {key: event[key] for key in _STRUCTURE if key in event}
    kept["event"] = constant_text(str(event.get("event", "")))
    kept.update(allowed({key: value for key, value in event.items() if key not in _STRUCTURE}))
    if "_source" in event:
        kept["source"] = event["_source"]
    if exception := _described(event.get("exc_info")):
        kept["exception"] = exception
    return kept


def _described(exc_info: object) -> list[dict[str, object]]:
    """An exception and what led to it: types, safe messages and places."""
    if exc_info is True:
        exc_info = sys.exc_info()
    error = exc_info[1] if isinstance(exc_info, tuple) else exc_info
    if not isinstance(error, BaseException):
        return []
    return [
        {
            "type": f"{type(link).__module__}.{type(link).__qualname__}",
            "message": safe_message(link),
            "frames": frames_of(link.__traceback__),
        }
        for link in chain_of(error)
    ]


def _readable_exception(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    links = event.get("exception", [])
    if links:
        lines = [
            "\n".join([f"{link['type']}: {link['message']}", *(f"    {frame}" for frame in link["frames"])])
            for link in links
        ]
        event["exception"] = "\ncaused by ".join(lines)
    return event
