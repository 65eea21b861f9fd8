"""The check that nobody was contacted after paying."""

from __future__ import annotations

from datetime import date, timedelta

from domain.events import (
    AnyMessage,
    AnyOccurrence,
    CaseClosed,
    CaseOpened,
    ContactMade,
    Entry,
    OpeningObligation,
    PaymentReceived,
    PaymentReversed,
    PolicyRef,
    ReversalReason,
)
from domain.names import Channel, CloseReason, Outcome
from domain.policy import RECEIPT_STEP
from starter.demo.checks import contacts_after_cure
from tests.domain.builders import CURRENCY, ZONE, a_policy, instant, money

POLICY = a_policy()
OPENED = CaseOpened(
    lender="bank",
    account="a-1",
    currency=CURRENCY,
    zone=ZONE,
    policy=PolicyRef(id="test-policy", version=1, digest="0" * 64),
    obligations=(OpeningObligation(id="o-1", amount=money("100.00"), due=date(2026, 1, 1)),),
)
PAID = PaymentReceived(id="p-1", amount=money("100.00"))
REVERSED = PaymentReversed(id="r-1", payment="p-1", reason=ReversalReason.BOUNCED)


def contact(step: str) -> ContactMade:
    return ContactMade(
        step=step,
        obligation="o-1",
        contact=f"c-{step}",
        channel=Channel.SMS,
        template="text",
        outcome=Outcome.SENT,
    )


def journal(*events: AnyMessage | AnyOccurrence) -> list[Entry]:
    opening = instant("2026-01-05 10:00")
    return [Entry(at=opening + timedelta(days=day), event=event) for day, event in enumerate(events)]


def test_a_contact_before_the_payment_and_the_receipt_after_it_are_in_order() -> None:
    entries = journal(OPENED, contact("reminder"), PAID, contact(RECEIPT_STEP), CaseClosed(reason=CloseReason.PAID))

    assert contacts_after_cure(entries, POLICY) == ()


def test_a_contact_after_the_payment_is_found() -> None:
    late = contact("second-reminder")

    assert contacts_after_cure(journal(OPENED, contact("reminder"), PAID, late), POLICY) == (late,)


def test_a_contact_after_part_of_the_debt_was_paid_is_in_order() -> None:
    part = PaymentReceived(id="p-0", amount=money("99.99"))

    assert contacts_after_cure(journal(OPENED, part, contact("reminder")), POLICY) == ()


def test_a_contact_after_the_payment_had_bounced_is_in_order() -> None:
    assert contacts_after_cure(journal(OPENED, PAID, REVERSED, contact("reminder")), POLICY) == ()
