"""The demonstration's accounts as a lender would register them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.money import Money
from domain.names import Channel
from starter.demo.portfolio import (
    CURRENCY,
    HANDED_OVER_WITHIN,
    LENDER,
    ZONE,
    Handover,
    handovers,
    lender,
)
from starter.demo.sample import committed_sample

OPENING = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
PORTFOLIO = [handover.registration for handover in handovers(committed_sample(), OPENING)]
instants = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - made aware


def lateness(handover: Handover) -> timedelta:
    day = handover.at.astimezone(ZoneInfo(ZONE)).date()
    return max(day - obligation.due for obligation in handover.registration.obligations)


@given(instants)
def test_each_account_owes_its_bill_and_is_five_to_sixty_days_late(opening: datetime) -> None:
    for handover in handovers(committed_sample(), opening):
        owed = Money.total((obligation.amount for obligation in handover.registration.obligations), CURRENCY)
        assert owed == Money(handover.account.bills[0] * 100, CURRENCY)
        assert timedelta(days=5) <= lateness(handover) <= timedelta(days=60)
        assert (lateness(handover) > timedelta(days=30)) == (handover.account.months_late[0] >= 2)


def test_accounts_are_handed_over_one_after_the_other_and_the_least_late_at_once() -> None:
    portfolio = handovers(committed_sample(), OPENING)

    assert all(before.at <= after.at < OPENING + HANDED_OVER_WITHIN for before, after in pairwise(portfolio))
    assert len({each.at for each in portfolio}) > 0.8 * len(portfolio)
    assert all(each.at == OPENING for each in portfolio if lateness(each) == timedelta(days=5))
    assert {each.account.number for each in portfolio} == {account.number for account in committed_sample()}


def test_nobody_can_be_reached_in_earnest() -> None:
    for registration in PORTFOLIO:
        for point in registration.consumer.contact_points:
            if point.channel in {Channel.SMS, Channel.VOICE}:
                assert 61855500000 <= int(point.value) <= 61855500999
                assert phonenumbers.is_possible_number(phonenumbers.parse(point.value))
            elif point.channel is Channel.EMAIL:
                assert point.value.endswith("@example.com")


def test_each_account_is_a_person_of_its_own_with_a_telephone_number_of_its_own() -> None:
    numbers = [
        point.value
        for registration in PORTFOLIO
        for point in registration.consumer.contact_points
        if point.channel is Channel.SMS
    ]

    assert len({registration.consumer.id for registration in PORTFOLIO}) == len(PORTFOLIO)
    assert len(set(numbers)) == len(numbers)


def test_some_people_have_no_telephone_and_some_no_email_but_everybody_has_a_letter_box() -> None:
    channels = [{point.channel for point in registration.consumer.contact_points} for registration in PORTFOLIO]

    assert any(Channel.SMS not in each for each in channels)
    assert any(Channel.EMAIL not in each for each in channels)
    assert all(Channel.LETTER in each for each in channels)


def test_all_accounts_are_of_the_demonstration_lender() -> None:
    assert {each.lender for each in PORTFOLIO} == {LENDER}
    assert lender().id == LENDER


def test_more_accounts_than_reserved_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="1000 telephone numbers"):
        handovers(committed_sample() * 5, OPENING)
