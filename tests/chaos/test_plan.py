"""A seed says everything that is to go wrong and everything that is to be done."""

from __future__ import annotations

from itertools import pairwise

from chaos.deeds import Pace, plan_lives
from chaos.plan import FaultKind, plan_faults
from chaos.run import START
from rulebook.load import Rulebook

PACE = Pace(START, seconds_per_day=40)


def test_the_same_seed_plans_the_same_faults_and_deeds() -> None:
    rulebook = Rulebook.load()
    assert plan_faults(7, 100, 90) == plan_faults(7, 100, 90)
    assert plan_lives(7, 60, 90, PACE, rulebook) == plan_lives(7, 60, 90, PACE, rulebook)


def test_another_seed_plans_others() -> None:
    rulebook = Rulebook.load()
    assert plan_faults(7, 100, 90) != plan_faults(8, 100, 90)
    assert plan_lives(7, 60, 90, PACE, rulebook) != plan_lives(8, 60, 90, PACE, rulebook)


def test_faults_come_in_order_of_time_and_every_kind_of_them() -> None:
    faults = plan_faults(3, 500, 450)
    assert len(faults) == 500
    assert {fault.kind for fault in faults} == set(FaultKind)
    assert all(earlier.at_s <= later.at_s <= 450 for earlier, later in pairwise(faults))


def test_what_is_done_about_an_account_comes_after_its_opening_and_in_order() -> None:
    for life in plan_lives(3, 200, 450, PACE, Rulebook.load()):
        instants = [life.opens_at_s, *(deed.at_s for deed in life.deeds)]
        assert instants == sorted(instants)
        assert len({deed.message.id for deed in life.deeds}) == len(life.deeds)


def test_no_two_people_share_an_address_or_a_number() -> None:
    lives = plan_lives(3, 300, 450, PACE, Rulebook.load())
    accounts = list({life.account.person: life.account for life in lives}.values())
    assert len({life.account.case_id for life in lives}) == len(lives) > len(accounts)
    addresses = [account.email for account in accounts if account.email]
    assert len(set(addresses)) == len(addresses)
    numbers = [account.number for account in accounts if account.number]
    assert len(set(numbers)) == len(numbers)
