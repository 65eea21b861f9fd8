"""The demonstration's accounts as a lender would register them."""

from __future__ import annotations

from datetime import date, timedelta

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.money import Money
from domain.names import Channel
from starter.demo.portfolio import CURRENCY, LENDER, lender, registrations
from starter.demo.sample import committed_sample

days = st.dates(date(2020, 1, 1), date(2040, 1, 1))


@given(days)
def test_each_account_owes_its_bill_and_is_five_to_sixty_days_late(opening_day: date) -> None:
    sample = committed_sample()

    for account, registration in zip(sample, registrations(sample, opening_day), strict=True):
        owed = Money.total((obligation.amount for obligation in registration.obligations), CURRENCY)
        lateness = max(opening_day - obligation.due for obligation in registration.obligations)
        assert owed == Money(account.bills[0] * 100, CURRENCY)
        assert timedelta(days=5) <= lateness <= timedelta(days=60)
        assert (lateness > timedelta(days=30)) == (account.months_late[0] >= 2)


def test_nobody_can_be_reached_in_earnest() -> None:
    for registration in registrations(committed_sample(), date(2026, 11, 23)):
        for point in registration.consumer.contact_points:
            if point.channel in {Channel.SMS, Channel.VOICE}:
                assert 447700900000 <= int(point.value) <= 447700900999
                assert phonenumbers.is_possible_number(phonenumbers.parse(point.value))
            elif point.channel is Channel.EMAIL:
                assert point.value.endswith("@example.com")


def test_each_account_is_a_person_of_its_own_with_a_telephone_number_of_its_own() -> None:
    portfolio = registrations(committed_sample(), date(2026, 11, 23))

    numbers = [
        point.value
        for registration in portfolio
        for point in registration.consumer.contact_points
        if point.channel is Channel.SMS
    ]

    assert len({registration.consumer.id for registration in portfolio}) == len(portfolio)
    assert len(set(numbers)) == len(numbers)


def test_some_people_have_no_telephone_and_some_no_email_but_everybody_has_a_letter_box() -> None:
    channels = [
        {point.channel for point in registration.consumer.contact_points}
        for registration in registrations(committed_sample(), date(2026, 11, 23))
    ]

    assert any(Channel.SMS not in each for each in channels)
    assert any(Channel.EMAIL not in each for each in channels)
    assert all(Channel.LETTER in each for each in channels)


def test_all_accounts_are_of_the_demonstration_lender() -> None:
    assert {each.lender for each in registrations(committed_sample(), date(2026, 11, 23))} == {LENDER}
    assert lender().id == LENDER


def test_more_accounts_than_reserved_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="1000 telephone numbers"):
        registrations(committed_sample() * 5, date(2026, 11, 23))
