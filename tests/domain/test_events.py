"""Every event has one JSON form, by which the journal keeps it and other programs send it."""

from __future__ import annotations

import inspect
import json
from datetime import date
from typing import Any, get_args

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from domain import events
from domain.events import (
    MESSAGE_ADAPTER,
    MESSAGE_TYPES,
    CaseOpened,
    ContactEvent,
    Entry,
    Event,
    Message,
    Occurrence,
    OpeningObligation,
    PolicyRef,
    StepEvent,
    message_kind,
)
from domain.events.referrals import ReferralMessageBase
from domain.money import MINOR_UNITS_MAX, Money
from domain.names import CalendarDate
from tests.domain.generators import MESSAGES, OCCURRENCES, instants

ABSTRACT = {Event, Message, Occurrence, ReferralMessageBase, StepEvent, ContactEvent}
EVENTS = MESSAGES | OCCURRENCES
DATE: TypeAdapter[date] = TypeAdapter(CalendarDate)
KINDS = [str(event_type.model_fields["kind"].default) for event_type in EVENTS]


def _classes_of(union: Any) -> set[type[Event]]:
    """The members of a discriminated union, nested ones included."""
    members: set[type[Event]] = set()
    for member in get_args(union):
        if inspect.isclass(member) and issubclass(member, Event):
            members.add(member)
        else:
            members |= _classes_of(member)
    return members


def test_every_event_can_be_journaled() -> None:
    defined = {
        member
        for _, member in inspect.getmembers(events, inspect.isclass)
        if issubclass(member, Event) and member not in ABSTRACT
    }
    journaled = _classes_of(Entry.model_fields["event"].annotation)
    assert journaled == defined
    assert set(EVENTS) == defined, "each has a strategy in generators.py"


def test_every_message_is_in_the_contract_under_its_own_kind() -> None:
    messages = {event_type for event_type in EVENTS if issubclass(event_type, Message)}
    assert set(MESSAGE_TYPES) == messages == _classes_of(events.AnyMessage)
    assert {message_kind(message_type): message_type for message_type in MESSAGE_TYPES} == events.MESSAGES
    assert len(set(KINDS)) == len(EVENTS)


@pytest.mark.parametrize("event_type", EVENTS, ids=KINDS)
@given(at=instants, data=st.data())
def test_a_journal_entry_survives_its_json_form(event_type: type[Event], at: Any, data: st.DataObject) -> None:
    entry = Entry.model_validate({"at": at, "event": data.draw(EVENTS[event_type])})
    read = Entry.model_validate_json(entry.model_dump_json())
    assert read == entry
    assert type(read.event) is event_type
    assert Entry.model_validate(entry.model_dump(mode="json")) == entry


@pytest.mark.parametrize("message_type", MESSAGES, ids=events.MESSAGES)
@given(data=st.data())
def test_a_message_fits_its_schema_and_is_read_by_its_kind(message_type: type[Message], data: st.DataObject) -> None:
    message = data.draw(MESSAGES[message_type])
    written = message.model_dump_json()
    jsonschema.validate(json.loads(written), message_type.model_json_schema())
    assert MESSAGE_ADAPTER.validate_json(written) == message


@pytest.mark.parametrize("event_type", EVENTS, ids=KINDS)
def test_an_unknown_field_is_an_error_and_never_silence(event_type: type[Event]) -> None:
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        event_type.model_validate({"surprise": 1})


def test_an_instant_without_an_offset_is_no_entry() -> None:
    with pytest.raises(ValidationError, match="timezone"):
        Entry.model_validate({"at": "2026-01-01T08:00:00", "event": {"kind": "case_reopened"}})


@pytest.mark.parametrize("written", ["1970-01-01", "2024-02-29", "2199-12-31"])
def test_a_date_is_read_from_its_iso_form(written: str) -> None:
    assert DATE.validate_python(written) == date.fromisoformat(written)


@pytest.mark.parametrize(
    "written",
    [
        86400,
        "86400",
        1.5,
        True,
        "2026-05-01T00:00:00",
        "2026-05-01Z",
        " 2026-05-01",
        "2026-05-01\n",
        "20260501",
        "2026-W18-5",
        "2026-5-1",
        "2026-02-29",
        "01/05/2026",
        "２０２６-05-01",
        "",
        None,
        "0001-01-01",
        "1969-12-31",
        "2200-01-01",
        "9999-12-31",
    ],
)
def test_what_is_no_plain_date_or_far_off_is_refused(written: Any) -> None:
    with pytest.raises(ValidationError):
        DATE.validate_python(written)


def _opening(**fields: Any) -> dict[str, Any]:
    whole = {
        "lender": "lender",
        "account": "a-1",
        "currency": "EUR",
        "zone": "Europe/Berlin",
        "policy": PolicyRef(id="test-policy", version=1, digest="0" * 64),
        "obligations": (OpeningObligation(id="o-1", amount=Money(1, "EUR"), due=date(2026, 5, 1)),),
    }
    return whole | fields


def _owing(*amounts: tuple[str, Money]) -> dict[str, Any]:
    return _opening(
        obligations=tuple(OpeningObligation(id=id_, amount=amount, due=date(2026, 5, 1)) for id_, amount in amounts)
    )


def test_a_case_opens_with_obligations_that_can_be_added_up() -> None:
    assert CaseOpened.model_validate(_opening()).obligations[0].amount == Money(1, "EUR")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (_opening(obligations=()), "at least 1 item"),
        (_opening(currency="DEM"), "unknown currency"),
        (_owing(("o-1", Money(1, "EUR")), ("o-2", Money(1, "USD"))), "cannot combine EUR with USD"),
        (_owing(("o-1", Money(1, "EUR")), ("o-1", Money(2, "EUR"))), "same id"),
        (_owing(("o-1", Money(MINOR_UNITS_MAX, "EUR")), ("o-2", Money(1, "EUR"))), "check the decimal point"),
    ],
    ids=["none", "unknown currency", "two currencies", "one id twice", "beyond any debt"],
)
def test_a_case_does_not_open_with_obligations_that_cannot(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        CaseOpened.model_validate(fields)
