"""Hypothesis strategies for messages as they come from outside: sound ones, and everything that goes wrong with them.

Ids are few, so that messages come twice and contradict each other.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from domain.events import MESSAGES
from tests.domain.generators import messages
from tests.domain.lives import RawMessage, as_sent

NO_MESSAGES = ("", "no_such_message", "case_closed", "contact_made", "referral_proposed", "PAYMENT_RECEIVED")
"""Names that the contract does not have as messages, those of occurrences among them."""

NOT_JSON: tuple[Any, ...] = (float("nan"), float("inf"), {1, 2}, b"bytes", object(), {("a",): 1})
"""What no JSON is made of, but a Temporal client in another program's hands may hold."""

JUNK: tuple[Any, ...] = (
    *(None, True, 0, -1, 1.5, 10**40, "", " ", "text", "x" * 500, "\ud800", "\x00", [], {}, [[[]]], {"id": {}}),
    *("2026-02-30", "2026-01-05T00:00:00Z", "9999-12-31", "4111111111111111", "4111-1111-1111-1111"),
    *NOT_JSON,
)

AMOUNTS: tuple[Any, ...] = (
    *({"amount": amount, "currency": "GBP"} for amount in ("0.00", "-0.01", "0.001", "9999999999999999.99", "1e3", 1)),
    {"amount": "0.05", "currency": "EUR"},
    {"amount": "5", "currency": "JPY"},
    {"amount": "0.05", "currency": "XXX"},
    {"amount": "0.05"},
    "0.05",
    5,
)

sound: SearchStrategy[RawMessage] = messages.map(as_sent)


@st.composite
def _spoilt(draw: st.DrawFn) -> RawMessage:
    """A sound message with one thing wrong."""
    kind, payload = draw(sound)
    field = draw(st.sampled_from(sorted(payload)))
    way = draw(st.sampled_from(["lacks", "junk", "surplus", "amount", "kind", "unknown"]))
    if way == "lacks":
        del payload[field]
    elif way == "junk":
        payload[field] = draw(st.sampled_from(JUNK))
    elif way == "surplus":
        payload["surplus"] = draw(st.sampled_from(JUNK))
    elif way == "amount":
        payload["amount"] = draw(st.sampled_from(AMOUNTS))
    else:
        kind = draw(st.sampled_from(sorted(MESSAGES) if way == "kind" else NO_MESSAGES))
    return kind, payload


_nonsense = st.tuples(st.sampled_from([*MESSAGES, *NO_MESSAGES]) | st.text(max_size=9), st.sampled_from(JUNK))

raw_messages: SearchStrategy[RawMessage] = st.one_of(sound, sound, sound, _spoilt(), _spoilt(), _nonsense)
batches: SearchStrategy[list[RawMessage]] = st.lists(raw_messages, min_size=1, max_size=4)
