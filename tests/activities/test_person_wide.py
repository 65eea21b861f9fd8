"""Holds of the person on real Postgres: they reach every case, once, and none of them contacts any more."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from activities.case_turn import take_turn
from activities.signatures import CaseRef, RawMessage, Turn
from db.session import Database
from domain.decision import Wait
from domain.events import AnyMessage, HoldLifted, HoldPlaced, PaymentReceived, VulnerabilityStated
from domain.money import Money
from domain.names import HoldKind
from rulebook.load import Rulebook
from tests.activities.office import Office, an_account

CARD, LOAN, LATER = "acme:CARD-1111", "other:LOAN-3333", "acme:LOAN-2222"
SHIPPED = Rulebook.load()
BANKRUPT = HoldPlaced(id="h-1", hold=HoldKind.BANKRUPTCY)


@pytest.fixture
async def office(database: Database) -> Office:
    office = Office(database, SHIPPED)
    await office.open(an_account(CARD), an_account(LOAN))
    return office


async def _tell(office: Office, case_id: str, message: AnyMessage) -> Turn:
    """A message reaches the case's workflow, which has it applied."""
    lender, account = case_id.split(":")
    raw = RawMessage(kind=message.kind, payload=message.model_dump(mode="json"))
    case = CaseRef(lender=lender, account=account)
    office.turns[case_id] = await take_turn(office.desk, case, office.turns[case_id].sequence, messages=(raw,))
    return office.turns[case_id]


async def test_a_hold_of_the_person_stops_the_contact_that_another_case_was_about_to_make(office: Office) -> None:
    turn = await _tell(office, CARD, BANKRUPT)
    await office.contact(LOAN)

    assert [(told.lender, told.account) for told in turn.passed_on] == [("other", "LOAN-3333")]
    assert office.provider.taken == []
    assert isinstance(office.turns[LOAN].decision, Wait)
    assert len(await office.journal(LOAN, "hold_placed")) == 1


async def test_what_came_from_a_sibling_is_not_passed_back_and_counts_once(office: Office) -> None:
    told = await _tell(office, CARD, BANKRUPT)
    there = await _tell(office, LOAN, BANKRUPT)
    again = await _tell(office, CARD, BANKRUPT)

    assert len(told.passed_on) == 1
    assert there.passed_on == ()
    assert again.passed_on == ()
    assert len(await office.journal(CARD, "hold_placed")) == len(await office.journal(LOAN, "hold_placed")) == 1


async def test_a_repetition_names_the_siblings_that_have_yet_to_hear_of_it(office: Office) -> None:
    await _tell(office, CARD, BANKRUPT)

    again = await _tell(office, CARD, BANKRUPT)

    assert [(told.lender, told.account) for told in again.passed_on] == [("other", "LOAN-3333")]


async def test_an_id_that_the_other_case_knows_for_something_else_loses_nothing(office: Office) -> None:
    await _tell(office, LOAN, PaymentReceived(id="h-1", amount=Money.parse("1.00", "GBP")))

    await _tell(office, CARD, BANKRUPT)
    await office.look_again(LOAN)

    assert office.turns[LOAN].sheet.holds == (HoldKind.BANKRUPTCY,)


@pytest.mark.parametrize(
    "message",
    [
        HoldPlaced(id="h-1", hold=HoldKind.HARDSHIP),
        HoldPlaced(id="h-1", hold=HoldKind.ATTORNEY, only_this_account=True),
    ],
    ids=["of the account", "of this account alone"],
)
async def test_a_hold_of_the_account_stays_there(office: Office, message: HoldPlaced) -> None:
    turn = await _tell(office, CARD, message)
    await office.contact(LOAN)

    assert turn.passed_on == ()
    assert len(office.provider.taken) == 1


async def test_lifting_reaches_all_cases_as_well(office: Office) -> None:
    await _tell(office, CARD, VulnerabilityStated(id="v-1"))
    await office.look_again(LOAN)
    stopped = office.turns[LOAN].sheet.holds

    await _tell(office, CARD, HoldLifted(id="v-2", hold=HoldKind.VULNERABILITY))
    await office.look_again(LOAN)

    assert stopped == (HoldKind.VULNERABILITY,)
    assert office.turns[LOAN].sheet.holds == ()


async def test_lifting_leaves_alone_what_was_notified_for_another_account_alone(office: Office) -> None:
    alone = HoldPlaced(id="h-1", hold=HoldKind.ATTORNEY, only_this_account=True)
    await _tell(office, LOAN, alone)
    await _tell(office, CARD, HoldPlaced(id="h-2", hold=HoldKind.ATTORNEY))

    await _tell(office, CARD, HoldLifted(id="l-1", hold=HoldKind.ATTORNEY))
    await office.look_again(LOAN)

    assert office.turns[CARD].sheet.holds == ()
    assert office.turns[LOAN].sheet.holds == (HoldKind.ATTORNEY,)


async def test_a_hold_of_one_account_alone_is_lifted_there_alone(office: Office) -> None:
    await _tell(office, CARD, HoldPlaced(id="h-1", hold=HoldKind.ATTORNEY, only_this_account=True))

    refused = await _tell(office, CARD, HoldLifted(id="l-1", hold=HoldKind.ATTORNEY))
    lifted = await _tell(office, CARD, HoldLifted(id="l-2", hold=HoldKind.ATTORNEY, only_this_account=True))

    (answer,) = refused.answers
    assert (answer.code, "only_this_account" in (answer.detail or "")) == ("no_such_hold", True)
    assert lifted.sheet.holds == ()


async def test_a_case_that_opens_does_not_take_over_what_waits_to_be_lifted_in_another(office: Office) -> None:
    await _tell(office, CARD, HoldPlaced(id="h-1", hold=HoldKind.BREATHING_SPACE))
    await office.look_again(LOAN)
    await _tell(office, CARD, HoldLifted(id="l-1", hold=HoldKind.BREATHING_SPACE))

    await office.open(an_account(LATER))

    assert office.turns[LATER].sheet.holds == ()


async def test_a_case_that_opens_later_takes_over_what_is_in_force_with_its_days(office: Office) -> None:
    since = date(2026, 2, 28)
    await _tell(office, CARD, HoldPlaced(id="h-1", hold=HoldKind.BREATHING_SPACE, since=since))
    await _tell(office, CARD, HoldPlaced(id="h-2", hold=HoldKind.HARDSHIP))
    await _tell(office, CARD, HoldPlaced(id="h-3", hold=HoldKind.ATTORNEY, only_this_account=True))
    office.now += timedelta(days=3)

    await office.open(an_account(LATER))

    (line,) = office.turns[LATER].sheet.hold_lines
    assert (line.kind, line.since, line.until) == (HoldKind.BREATHING_SPACE, since, None)
    assert "contact" in line.stops
    assert isinstance(office.turns[LATER].decision, Wait)
