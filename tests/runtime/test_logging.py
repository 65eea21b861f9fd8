"""Logs carry ids and codes; whatever a person's data is handed to, it does not come out."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError
from temporalio.exceptions import ApplicationError

from runtime.logging import configure_logging, logger
from runtime.privacy import allowed, constant_text, safe_message

NAME = "Example Borrower"
MAIL = "borrower@example.com"
NUMBER = "+15005550006"
ADDRESS = "1 Example Street, Springfield"
PERSONAL = (NAME, MAIL, NUMBER, ADDRESS)


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    stream = io.StringIO()
    configure_logging(level="debug", log_format="json", stream=stream)
    yield stream
    root.handlers = handlers
    root.setLevel(level)


def lines(out: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_an_event_carries_its_ids(out: io.StringIO) -> None:
    logger("activities.contact").info("contact sent", case="acme:4711", channel="sms", attempt=2)
    (line,) = lines(out)
    assert line["event"] == "contact sent"
    assert (line["case"], line["channel"], line["attempt"]) == ("acme:4711", "sms", 2)
    assert (line["level"], line["logger"]) == ("info", "activities.contact")
    assert line["timestamp"].endswith("Z")


@pytest.mark.parametrize("value", PERSONAL)
def test_personal_data_under_any_key_does_not_come_out(out: io.StringIO, value: str) -> None:
    log = logger("activities.contact")
    log.info("contact sent", case=value, to=value, name=value, exception=value, source=value, level=value)
    log.bind(case=value, body=value).warning("contact sent")
    assert value not in out.getvalue()
    assert len(lines(out)) == 2


@pytest.mark.parametrize("value", PERSONAL[1:3])
def test_an_event_that_shows_an_address_or_a_number_is_withheld(out: io.StringIO, value: str) -> None:
    logger("activities.contact").info(f"sent to {value}")
    assert lines(out)[0]["event"] == "[withheld]"


@pytest.mark.parametrize("value", PERSONAL)
@pytest.mark.parametrize("name", ["sqlalchemy.engine", "asyncio", "aiosmtplib", "temporalio.worker", "activities.send"])
def test_standard_library_logging_does_not_let_personal_data_out(out: io.StringIO, name: str, value: str) -> None:
    log = logging.getLogger(name)
    log.warning("failed: %s", value, extra={"case": value, "temporal_activity": {"workflow_id": value, "to": value}})
    try:
        raise RuntimeError(value) from ValueError(value)
    except RuntimeError:
        log.exception("failed: %s", value)
    assert value not in out.getvalue()
    assert len(lines(out)) == 2


def test_a_third_party_line_can_be_found_by_its_place(out: io.StringIO) -> None:
    logging.getLogger("aiosmtplib").error(f"cannot deliver to {NAME}")
    (line,) = lines(out)
    assert line["event"] == "[withheld]"
    assert line["source"].startswith("test_logging.test_a_third_party_line_can_be_found_by_its_place:")


def test_an_exception_shows_type_code_and_place_without_its_message(out: io.StringIO) -> None:
    class ResponseError(Exception):
        code = 550

    try:
        raise ResponseError(f"no such user {MAIL}")
    except ResponseError:
        logger("providers.email").exception("mail refused")
    (link,) = lines(out)[0]["exception"]
    assert link["type"].endswith("ResponseError")
    assert link["message"] == "[withheld] code 550"
    assert link["frames"][0].startswith("runtime/test_logging.py:")


def test_a_console_line_shows_an_exception_without_its_message() -> None:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    stream = io.StringIO()
    configure_logging(level="info", log_format="console", stream=stream)
    try:
        raise ValueError(NAME)
    except ValueError:
        logger("activities.contact").exception("contact failed", case="acme:1")
    finally:
        root.handlers = handlers
        root.setLevel(level)
    assert "contact failed" in stream.getvalue()
    assert "builtins.ValueError: [withheld]" in stream.getvalue()
    assert NAME not in stream.getvalue()


def test_temporal_ids_come_as_fields(out: io.StringIO) -> None:
    details = {"activity_type": "contact", "workflow_id": "case:acme:1", "attempt": 3}
    logging.getLogger("temporalio.activity").warning(
        "Completing activity as failed", extra={"temporal_activity": details}
    )
    (line,) = lines(out)
    assert line["event"] == "Completing activity as failed"
    assert (line["activity"], line["workflow_id"], line["attempt"]) == ("contact", "case:acme:1", 3)


def test_messages_written_here_or_by_temporal_are_kept() -> None:
    assert safe_message(ApplicationError("case is closed")) == "case is closed"


def test_a_validation_error_names_fields_and_not_values() -> None:
    class Borrower(BaseModel):
        age: int

    with pytest.raises(ValidationError) as caught:
        Borrower.model_validate({"age": NAME})
    assert safe_message(caught.value) == "Borrower: age: int_parsing"


@given(st.text(min_size=1).filter(lambda text: any(mark in text for mark in " @+,;'\n")))
def test_no_text_with_a_separator_passes_as_an_id(text: str) -> None:
    assert allowed({"case": text}) == {"case": "[withheld]"}


@given(st.from_regex(r"[a-z]+:[A-Za-z0-9._-]{1,60}", fullmatch=True))
def test_every_case_id_passes(case: str) -> None:
    assert allowed({"case": case}) == {"case": case}


@given(st.from_regex(r"\+?[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}", fullmatch=True))
def test_no_event_shows_a_telephone_number(number: str) -> None:
    assert number not in constant_text(f"called {number}")
