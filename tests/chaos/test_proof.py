"""The proofs can say no: each is shown a run in which the harm was done that it is there to find."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from chaos.deeds import Life, Way
from chaos.driver import Sent
from chaos.portfolio import Account, make_account
from chaos.proof import Proof, contacts_are_known, contacts_are_lawful, nobody_is_told_twice, silences_are_kept
from chaos.run import START
from chaos.silences import TRANSIT, owed_minor
from chaos.sinks import Named, Taken
from domain import events
from domain.clock import Clock
from domain.events import AnyMessage, DisputeCategory, ReversalReason
from domain.money import Money
from domain.names import Channel, HoldKind, ReplyIntent
from rulebook.load import Rulebook

REAL = datetime(2026, 11, 23, 12, tzinfo=UTC)
FACTOR = 2160
CLOCK = Clock(factor=FACTOR, anchor=REAL + (REAL - START) / (FACTOR - 1))
"""Business time shows START, nine in the morning in London, when it is REAL; an hour is 1.7 seconds."""


def a_british_account() -> Account:
    random, rulebook = Random(1), Rulebook.load()
    accounts = (make_account(random, index, rulebook, START.date()) for index in range(100))
    return next(each for each in accounts if each.policy.id == "uk-personal-loan" and each.email and each.number)


ACCOUNT = a_british_account()
LIFE = Life(ACCOUNT, 0.0, 1, ())
OWED = ACCOUNT.owed


def after(seconds: float) -> datetime:
    return REAL + timedelta(seconds=seconds)


def taken(seconds: float, step: str = "first-sms", channel: Channel = Channel.SMS, attempt: int = 0) -> Taken:
    named = Named(ACCOUNT.case_id, step, "o-1", attempt)
    to = ACCOUNT.email if channel is Channel.EMAIL else ACCOUNT.number
    return Taken(after(seconds), channel, to, f"c-{step}-{attempt}", named)


def sent(seconds: float, message: AnyMessage, way: Way = Way.CLIENT) -> Sent:
    return Sent(ACCOUNT.case_id, message, way, after(seconds - 0.1), after(seconds), way)


def silence(found: Taken, *messages: Sent) -> list[Proof]:
    return silences_are_kept([found], [LIFE], messages, CLOCK)


PAID = events.PaymentReceived(id="p-1", amount=OWED)


def test_a_contact_that_came_twice_is_found() -> None:
    assert not nobody_is_told_twice([taken(1), taken(2, "first-email")]).wrong
    assert nobody_is_told_twice([taken(1), taken(2)]).wrong


def test_a_step_that_was_taken_by_two_attempts_is_found() -> None:
    assert nobody_is_told_twice([taken(1), taken(60, attempt=1, channel=Channel.EMAIL)]).wrong


def test_a_contact_after_a_payment_that_cured_is_found() -> None:
    cured, _ = silence(taken(60), sent(10, PAID))
    assert "after a cure" in cured.wrong[0]


@pytest.mark.parametrize(
    ("found", "messages"),
    [
        (taken(9), [sent(10, PAID)]),
        (taken(60, "receipt"), [sent(10, PAID)]),
        (taken(60), [sent(10, events.PaymentReceived(id="p-1", amount=Money(1, OWED.currency)))]),
        (
            taken(60),
            [
                sent(10, PAID),
                sent(30, events.PaymentReversed(id="r-1", payment="p-1", reason=ReversalReason.BOUNCED)),
            ],
        ),
    ],
    ids=["before it", "a receipt", "a part was paid", "the payment bounced"],
)
def test_a_contact_that_may_be_made_is_no_contact_after_a_cure(found: Taken, messages: list[Sent]) -> None:
    assert not any(proof.wrong for proof in silence(found, *messages))


def test_a_contact_that_was_on_its_way_is_counted_apart() -> None:
    cured, _ = silence(taken(11), sent(10, PAID))
    assert not cured.wrong
    assert "1 contacts were on their way" in cured.looked_at


def test_a_bare_signal_binds_the_contacts_that_are_scheduled_after_it() -> None:
    cured, _ = silence(taken(60), sent(10, PAID, Way.BARE))
    assert not cured.wrong
    cured, _ = silence(taken(170), sent(10, PAID, Way.BARE))
    assert cured.wrong


@pytest.mark.parametrize(
    "message",
    [
        events.HoldPlaced(id="h-1", hold=HoldKind.FRAUD),
        events.DisputeOpened(id="d-1", category=DisputeCategory.AMOUNT),
        events.Recalled(id="r-1"),
        events.ReplyReceived(id="s-1", channel=Channel.SMS, intent=ReplyIntent.STOP),
    ],
    ids=lambda message: message.kind,
)
def test_a_contact_against_a_wish_is_found(message: AnyMessage) -> None:
    _, wishes = silence(taken(60), sent(10, message))
    assert wishes.wrong


def test_a_hold_until_a_day_ends_at_its_midnight() -> None:
    hold = events.HoldPlaced(id="h-1", hold=HoldKind.BREATHING_SPACE, until=START.date() + timedelta(days=1))
    midnight = (24 - 9) * 3600 / FACTOR
    assert not any(proof.wrong for proof in silence(taken(midnight + 0.1), sent(1, hold)))
    assert any(proof.wrong for proof in silence(taken(midnight - 0.1), sent(1, hold)))


def test_a_stop_of_text_messages_leaves_mail_be() -> None:
    stop = events.ReplyReceived(id="s-1", channel=Channel.SMS, intent=ReplyIntent.STOP)
    _, wishes = silence(taken(60, "first-email", Channel.EMAIL), sent(10, stop))
    assert not wishes.wrong


def a_sibling() -> Account:
    """Another account of that person, at the other lender."""
    random, rulebook = Random(2), Rulebook.load()
    accounts = (make_account(random, index, rulebook, START.date(), ACCOUNT) for index in range(200, 300))
    return next(each for each in accounts if each.registration.lender != ACCOUNT.registration.lender)


SIBLING = Life(a_sibling(), 0.0, 1, ())


def said_to_the_sibling(seconds: float, message: AnyMessage) -> Sent:
    return replace(sent(seconds, message), case_id=SIBLING.account.case_id)


@pytest.mark.parametrize(
    ("message", "is_about_the_person"),
    [
        (events.HoldPlaced(id="h-1", hold=HoldKind.BREATHING_SPACE), True),
        (events.ReplyReceived(id="s-1", channel=Channel.SMS, intent=ReplyIntent.STOP), True),
        (events.HoldPlaced(id="h-1", hold=HoldKind.HARDSHIP), False),
        (events.DisputeOpened(id="d-1", category=DisputeCategory.AMOUNT), False),
    ],
    ids=["breathing space", "STOP", "hardship", "a dispute"],
)
def test_what_is_said_of_the_person_in_another_account_binds_this_one(
    message: AnyMessage, is_about_the_person: bool
) -> None:
    _, wishes = silences_are_kept([taken(200)], [LIFE, SIBLING], [said_to_the_sibling(10, message)], CLOCK)
    assert bool(wishes.wrong) == is_about_the_person


def test_a_message_that_names_an_account_on_hold_too_is_found() -> None:
    both = replace(taken(60), also=(SIBLING.account.case_id,))
    hold = said_to_the_sibling(10, events.HoldPlaced(id="h-1", hold=HoldKind.HARDSHIP))
    _, wishes = silences_are_kept([both], [LIFE, SIBLING], [hold], CLOCK)
    assert wishes.wrong


def test_a_contact_in_the_night_is_found() -> None:
    one_in_the_night = 16 * 3600 / FACTOR
    assert not contacts_are_lawful([taken(1)], [LIFE], [], CLOCK).wrong
    assert contacts_are_lawful([taken(one_in_the_night)], [LIFE], [], CLOCK).wrong


def test_a_contact_that_came_just_after_the_lawful_hours_had_left_within_them() -> None:
    nine_in_the_evening = 12 * 3600 / FACTOR
    assert not contacts_are_lawful([taken(nine_in_the_evening + 1)], [LIFE], [], CLOCK).wrong
    beyond = nine_in_the_evening + TRANSIT.total_seconds() + 0.1
    assert contacts_are_lawful([taken(beyond)], [LIFE], [], CLOCK).wrong


def test_a_contact_to_somebody_else_is_found() -> None:
    assert not contacts_are_known([taken(1)], [LIFE]).wrong
    assert contacts_are_known([replace(taken(1), to="+447700900999")], [LIFE]).wrong
    assert contacts_are_known([replace(taken(1), named=None)], [LIFE]).wrong


def test_what_is_owed_follows_from_the_log_of_the_senders() -> None:
    accepted = [
        sent(1, PAID),
        sent(2, events.PaymentReversed(id="r-1", payment="p-1", reason=ReversalReason.BOUNCED)),
        sent(3, events.ObligationDue(id="o-2", amount=Money(5_00, OWED.currency), due=START.date())),
        sent(4, events.PaymentReceived(id="p-2", amount=Money(2_00, OWED.currency))),
    ]
    assert [owed_minor(LIFE, accepted[:count]) for count in range(5)] == [
        OWED.minor,
        0,
        OWED.minor,
        OWED.minor + 5_00,
        OWED.minor + 3_00,
    ]
