"""A statement's totals, and the refusal of one that does not add up."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.money import CurrencyMismatch, Money
from domain.names import Component
from providers.counsel.model import CreditLine, ObligationLine, PaymentLine, StatementDoesNotAddUp
from tests.providers.counsel.referrals import a_statement

DAY = date(2026, 7, 1)


def pounds(minor: int) -> Money:
    return Money(minor, "GBP")


def owed(amount: int, settled: int) -> ObligationLine:
    return ObligationLine("due", DAY, Component.PRINCIPAL, pounds(amount), pounds(settled))


def test_the_totals_are_those_of_the_lines_and_a_reversed_payment_does_not_count() -> None:
    statement = a_statement()

    assert statement.charged == pounds(376_200)
    assert statement.paid == pounds(155_050)
    assert statement.credited == pounds(5_000)
    assert statement.settled == pounds(160_050)
    assert statement.outstanding == pounds(216_150)
    assert statement.overpaid == pounds(0)


@given(
    obligations=st.lists(
        st.integers(1, 10**6).flatmap(lambda amount: st.tuples(st.just(amount), st.integers(0, amount))), min_size=1
    ),
    credited=st.integers(0, 10**6),
    over=st.integers(0, 10**6),
)
def test_charged_less_paid_less_credited_is_outstanding_less_overpaid(
    obligations: list[tuple[int, int]], credited: int, over: int
) -> None:
    lines = tuple(owed(amount, settled) for amount, settled in obligations)
    received = sum(settled for _, settled in obligations) + over
    credits = (CreditLine("credit", DAY, pounds(min(credited, received))),)
    payments = (PaymentLine("payment", DAY, pounds(received - min(credited, received))),)

    statement = a_statement(obligations=lines, payments=payments, credits=credits)

    assert statement.charged - statement.paid - statement.credited + statement.overpaid == statement.outstanding
    assert statement.overpaid == pounds(over)


@pytest.mark.parametrize("line", [owed(100, 101), owed(100, -1)])
def test_an_obligation_settled_beyond_its_amount_is_refused(line: ObligationLine) -> None:
    with pytest.raises(StatementDoesNotAddUp, match="referral ref-0001 does not add up: obligation due"):
        a_statement(obligations=(line,), payments=(PaymentLine("payment", DAY, pounds(1_000)),))


def test_more_settled_than_received_is_refused() -> None:
    with pytest.raises(StatementDoesNotAddUp, match="more is settled than was paid and credited"):
        a_statement(payments=())


def test_amounts_of_two_currencies_are_refused() -> None:
    with pytest.raises(CurrencyMismatch):
        a_statement(payments=(PaymentLine("payment", DAY, Money(100, "EUR")),))
