"""Obligations from bills and payments."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from starter.demo.sample import MONTHS, CardAccount, committed_sample
from starter.demo.statements import MONTHS_LATE_MAX, UnpaidStatement, charges, unpaid_statements

amounts = st.integers(-20_000, 500_000)
card_accounts = st.builds(
    CardAccount,
    number=st.integers(1, 30_000),
    limit=st.just(50_000),
    months_late=st.tuples(st.integers(1, 8), *[st.integers(-2, 8)] * (MONTHS - 1)),
    bills=st.tuples(st.integers(1_000, 500_000), *[amounts] * (MONTHS - 1)),
    payments=st.tuples(*[st.integers(0, 200_000)] * MONTHS),
    defaulted=st.booleans(),
)


def card(months_late: int, bills: tuple[int, ...], payments: tuple[int, ...]) -> CardAccount:
    padding = (0,) * (MONTHS - len(bills))
    return CardAccount(
        number=1,
        limit=50_000,
        months_late=(months_late,) + (0,) * (MONTHS - 1),
        bills=bills + padding,
        payments=payments + (0,) * (MONTHS - len(payments)),
        defaulted=False,
    )


@given(card_accounts)
def test_charges_less_payments_make_the_newest_bill(account: CardAccount) -> None:
    assert sum(charges(account)) - sum(account.payments[: MONTHS - 1]) == account.bills[0]


@given(card_accounts)
def test_unpaid_statements_add_up_to_the_bill_exactly(account: CardAccount) -> None:
    statements = unpaid_statements(account)

    assert sum(statement.amount for statement in statements) == account.bills[0]
    assert all(statement.amount > 0 for statement in statements)


@given(card_accounts)
def test_the_oldest_unpaid_statement_is_as_late_as_the_data_says(account: CardAccount) -> None:
    months = [statement.months_ago for statement in unpaid_statements(account)]

    assert months[0] == min(account.months_late[0], MONTHS_LATE_MAX)
    assert months == sorted(set(months), reverse=True)


def test_the_sample_adds_up() -> None:
    for account in committed_sample():
        assert sum(statement.amount for statement in unpaid_statements(account)) == account.bills[0]


def test_what_is_unpaid_are_the_newest_charges() -> None:
    account = card(2, bills=(10_000, 9_000, 8_000), payments=(500, 0, 0))

    assert charges(account)[:3] == (1_500, 1_000, 8_000)
    assert unpaid_statements(account) == (UnpaidStatement(2, 8_500), UnpaidStatement(1, 1_500))


def test_one_month_late_is_one_statement() -> None:
    account = card(1, bills=(10_000, 9_000, 8_000), payments=())

    assert unpaid_statements(account) == (UnpaidStatement(1, 10_000),)


def test_a_month_with_a_credit_has_no_statement_of_its_own() -> None:
    account = card(2, bills=(8_000, 9_000, 2_000), payments=())

    assert charges(account)[:3] == (-1_000, 7_000, 2_000)
    assert unpaid_statements(account) == (UnpaidStatement(2, 8_000),)


def test_a_bill_of_new_charges_alone_is_as_late_as_the_status_says() -> None:
    account = card(2, bills=(6_000, 9_000), payments=(9_000,))

    assert unpaid_statements(account) == (UnpaidStatement(2, 6_000),)


def test_an_account_that_is_not_late_has_no_unpaid_statements() -> None:
    with pytest.raises(ValueError, match="not past due"):
        unpaid_statements(card(0, bills=(10_000,), payments=()))


def test_the_example_of_the_documentation_is_in_the_sample() -> None:
    account = next(account for account in committed_sample() if account.number == 270)

    assert (account.bills[:2], account.payments[0], charges(account)[0]) == ((13_694, 14_880), 1_700, 514)
    assert unpaid_statements(account) == (UnpaidStatement(2, 13_180), UnpaidStatement(1, 514))
