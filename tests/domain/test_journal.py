"""The hash chain of journal lines."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from domain.events import CaseReopened, Entry, PaymentReceived, Recalled
from domain.journal import GENESIS, Line, canonical, chain, link
from domain.money import Money

AT = datetime(2026, 3, 2, 15, 30, 0, 120, tzinfo=UTC)
PAYMENT = Entry(at=AT, event=PaymentReceived(id="p-1", amount=Money.parse("19.99", "EUR")))

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
lines = st.builds(
    Line,
    case_id=st.text(min_size=1, max_size=8),
    sequence=st.integers(1, 10**6),
    at=st.datetimes(
        AT.replace(tzinfo=None), timezones=st.sampled_from([UTC, ZoneInfo("Asia/Shanghai"), ZoneInfo("Asia/Kolkata")])
    ).filter(lambda at: at.year < 9999),
    event=st.dictionaries(st.text(max_size=5), json_values, max_size=4),
)


def test_the_canonical_bytes_are_fixed_for_ever() -> None:
    """A change of these bytes breaks every chain that was ever written."""
    assert canonical(Line.of("acme:A-1", 7, PAYMENT)) == (
        b'{"at":"2026-03-02T15:30:00.000120+00:00","case":"acme:A-1","event":{"amount":{"amount":"19.99","currency":'
        b'"EUR"},"id":"p-1","kind":"payment_received"},"sequence":7}'
    )


def test_a_link_is_the_sha_256_of_the_previous_hash_and_the_line() -> None:
    line = Line.of("acme:A-1", 1, PAYMENT)

    assert link(GENESIS, line) == hashlib.sha256(GENESIS.encode() + b"\n" + canonical(line)).hexdigest()


@given(lines, lines)
def test_lines_that_differ_have_different_bytes(one: Line, other: Line) -> None:
    same = (one.case_id, one.sequence, one.at, dict(one.event)) == (
        other.case_id,
        other.sequence,
        other.at,
        dict(other.event),
    )

    assert (canonical(one) == canonical(other)) is same or _equal_but_for_type(one, other)


def _equal_but_for_type(one: Line, other: Line) -> bool:
    """Python holds True equal to 1; JSON does not, and neither do the bytes."""
    return repr(one.event) != repr(other.event)


@given(lines)
def test_the_zone_in_which_an_instant_is_written_does_not_matter(line: Line) -> None:
    moved = replace(line, at=line.at.astimezone(timezone(timedelta(hours=-7))))

    assert canonical(moved) == canonical(line)


@given(lines)
def test_the_order_of_an_events_fields_does_not_matter(line: Line) -> None:
    turned = replace(line, event=dict(reversed(list(line.event.items()))))

    assert link(GENESIS, turned) == link(GENESIS, line)


@given(st.integers(0, 4), st.integers(0, 5))
def test_a_chain_continues_where_the_journal_ended(first: int, second: int) -> None:
    """Written in one turn or in two, the same entries make the same chain."""
    entries = [Entry(at=AT, event=Recalled(id=f"m-{number}")) for number in range(first + second)]

    whole = chain("acme:A-1", 0, GENESIS, entries)
    begun = chain("acme:A-1", 0, GENESIS, entries[:first])
    continued = chain("acme:A-1", first, begun[-1].hash if begun else GENESIS, entries[first:])

    assert begun + continued == whole
    assert [chained.line.sequence for chained in whole] == list(range(1, first + second + 1))
    assert [chained.previous_hash for chained in whole] == [GENESIS, *[chained.hash for chained in whole]][:-1]


def test_only_messages_have_a_message_id() -> None:
    message, occurrence = chain("acme:A-1", 0, GENESIS, [PAYMENT, Entry(at=AT, event=CaseReopened())])

    assert (message.kind, message.message_id) == ("payment_received", "p-1")
    assert (occurrence.kind, occurrence.message_id) == ("case_reopened", None)
