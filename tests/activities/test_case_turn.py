"""A contact that may have left, and whose every try failed afterwards: it is never forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest
from temporalio.exceptions import ApplicationError

from db.contacts import claims_left_open
from db.session import Database
from domain.decision import Contact
from domain.events import AnyMessage, DeliveryReported, HoldPlaced, PaymentReceived
from domain.money import Money
from domain.names import Channel, HoldKind, Outcome
from providers.base import ProviderReceipt, UncertainProviderError
from rulebook.load import Rulebook
from tests.activities.office import Office, an_account

CASE = "acme:A-1"


@pytest.fixture
async def office(database: Database) -> Office:
    """One case with a contact that may have left: the provider's answer was lost, and the worker with it."""
    office = Office(database, Rulebook.load())
    await office.open(an_account(CASE))
    office.provider.failures.append(UncertainProviderError(Channel.SMS, "connection_lost"))
    with pytest.raises(ApplicationError):
        await office.contact(CASE)
    return office


@pytest.mark.parametrize(
    "message",
    [
        PaymentReceived(id="p-1", amount=Money(250_00, "GBP")),
        HoldPlaced(id="h-1", hold=HoldKind.BREATHING_SPACE),
        PaymentReceived(id="p-1", amount=Money(1_00, "GBP")),
    ],
    ids=["a cure", "a hold", "a part"],
)
async def test_what_comes_meanwhile_has_it_journaled_as_unknown_and_before(office: Office, message: AnyMessage) -> None:
    reference = await claimed(office)
    await office.accept(CASE, message)

    turn = await office.look_again(CASE)

    made, said = await office.journal(CASE, "contact_made", message.kind)
    assert (made["contact"], made["outcome"]) == (reference, "unknown")
    assert said["id"] == message.id
    assert not isinstance(turn.decision, Contact) or turn.decision.step != made["step"]


async def test_a_report_of_its_delivery_finds_it_journaled(office: Office) -> None:
    reference = await claimed(office)
    await office.accept(CASE, DeliveryReported(id="d-1", contact=reference, outcome=Outcome.DELIVERED))

    turn = await office.look_again(CASE)

    kinds = [event["kind"] for event in await office.journal(CASE, "contact_made", "delivery_reported")]
    assert kinds == ["contact_made", "delivery_reported"]
    assert not isinstance(turn.decision, Contact) or turn.decision.step != "first-sms"


async def test_while_it_is_still_what_comes_next_the_provider_is_asked(office: Office) -> None:
    await office.look_again(CASE)
    assert await office.journal(CASE, "contact_made") == []

    office.provider.found = ProviderReceipt("SM1")
    await office.contact(CASE)

    (made,) = await office.journal(CASE, "contact_made")
    assert made["outcome"] == "sent"


async def test_once_its_time_has_passed_it_is_journaled_as_unknown(office: Office) -> None:
    office.now += timedelta(days=30)

    await office.look_again(CASE)

    (made,) = await office.journal(CASE, "contact_made")
    assert made["outcome"] == "unknown"


async def test_it_is_journaled_once_however_often_one_looks(office: Office) -> None:
    await office.accept(CASE, PaymentReceived(id="p-1", amount=Money(1_00, "GBP")))
    await office.look_again(CASE)
    await office.look_again(CASE)

    assert len(await office.journal(CASE, "contact_made")) == 1


async def test_a_worker_that_answers_after_all_journals_it_no_second_time(database: Database) -> None:
    office = Office(database, Rulebook.load())
    await office.open(an_account(CASE))

    async def is_given_up() -> None:
        turn = office.turns[CASE]
        await office.accept(CASE, PaymentReceived(id="p-1", amount=Money(1_00, "GBP")))
        await office.look_again(CASE)
        office.turns[CASE] = turn

    office.provider.meanwhile = is_given_up
    await office.contact(CASE)

    assert len(await office.journal(CASE, "contact_made")) == 1


async def claimed(office: Office) -> str:
    """The reference of the contact that was claimed."""
    assert office.provider.taken == []
    history = await office.history(CASE)
    assert len(history) == 1, "it counts for the law from its claim on"
    async with office.database.transaction() as session:
        (left,) = await claims_left_open(session, CASE)
    return left.id
