"""The words in which people read what happened to a case."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import events
from domain.describe import describe
from domain.events import Event, Reason
from domain.names import Channel
from tests.domain.builders import money
from tests.domain.generators import MESSAGES, OCCURRENCES

EVENTS = MESSAGES | OCCURRENCES
SECRET = "secret-1"
IDENTIFIERS = (
    *("id", "lender", "account", "obligation", "payment", "promise", "dispute", "contact", "contact_point"),
    *("referral", "decided_by", "message", "charge"),
)
"""Fields that name a person, a thing or a message elsewhere: opaque, but nothing that a reader could use."""

OPTED_OUT = Reason(rule="uk.opt-out", cite="test", effect="forbid", text="Text.")
NO_ADDRESS = Reason(rule="channel.unusable", cite="test", effect="forbid", text="Text.")

any_event = st.one_of(*EVENTS.values())


@pytest.mark.parametrize("event_type", EVENTS, ids=lambda event_type: event_type.__name__)
def test_every_event_has_words_of_its_own(event_type: type[Event]) -> None:
    assert event_type in describe.registry


@given(any_event)
def test_the_words_are_for_people(event: Event) -> None:
    words = describe(event)
    assert "_" not in words
    assert words == words.strip() != ""


@given(any_event)
def test_no_identifier_gets_into_the_words(event: Event) -> None:
    named = {name: SECRET for name in IDENTIFIERS if name in type(event).model_fields}
    assert SECRET not in describe(event.model_copy(update=named))


def test_an_event_of_a_later_release_is_called_by_its_kind() -> None:
    class LetterFiled(Event):
        kind: str = "letter_filed"

    assert describe(LetterFiled()) == "letter filed"


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (events.PaymentReceived(id="p-1", amount=money("250.00")), "payment received: 250.00 GBP"),
        (
            events.PaymentReversed(id="v-1", payment="p-1", reason=events.ReversalReason.MISTAKEN_POSTING),
            "payment reversed: mistaken posting",
        ),
        (
            events.ContactSuppressed(
                step="first-sms", obligation="o-1", channel=Channel.SMS, reasons=(OPTED_OUT, OPTED_OUT, NO_ADDRESS)
            ),
            "first-sms skipped: uk.opt-out, channel.unusable",
        ),
        (events.Recalled(id="rc-1"), "account recalled by the lender"),
        (events.CaseReopened(), "case opened again"),
        (events.PromiseKept(promise="pp-1"), "promise kept"),
        (events.PromiseBroken(promise="pp-1"), "promise broken"),
        (events.ReferralProposed(referral="r-1", outstanding=money("9.00")), "legal referral proposed: 9.00 GBP"),
        (events.ReferralRecalled(referral="r-1"), "legal referral recalled"),
        (
            events.MessageRefused(message="p-1", message_kind="payment_received", code="currency_mismatch"),
            "payment received refused: currency mismatch",
        ),
    ],
)
def test_what_happened_is_said_in_a_few_words(event: Event, words: str) -> None:
    assert describe(event) == words


def test_an_opening_says_what_is_owed_in_all() -> None:
    opening = events.CaseOpened(
        lender="acme",
        account="a-1",
        currency="GBP",
        zone="Europe/London",
        policy=events.PolicyRef(id="uk-personal-loan", version=1, digest="0" * 64),
        obligations=tuple(
            events.OpeningObligation(id=f"o-{number}", amount=money("1.50"), due=date(2026, 3, number))
            for number in (1, 2)
        ),
    )
    assert describe(opening) == "case opened: 3.00 GBP owed"
