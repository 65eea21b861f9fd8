"""A contact leaves only with what the law demands that it carries."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from activities.carrying import LACKS_REQUIRED_CONTENT
from db.registration import register_lender
from db.session import Database
from domain.compliance.parameters import Require
from domain.decision import Contact
from domain.events import DisputeCategory, DisputeOpened
from domain.names import Channel, HoldKind
from rulebook.load import Rulebook
from tests.activities.office import LENDERS, Office, Provider, an_account, with_policy
from tests.domain.builders import a_pack, a_rule

SHIPPED = Rulebook.load()
CASE = "acme:CARD-1111"
SMS = {"channel": "sms", "place": "mobile", "value": "+447700900123"}
EMAIL = {"channel": "email", "place": "email", "value": "person@example.com"}
ITEMIZATION = {
    "as_of": "2026-01-31",
    "amount": {"amount": "1200.00", "currency": "USD"},
    "interest": {"amount": "60.00", "currency": "USD"},
    "payments": {"amount": "10.00", "currency": "USD"},
}
PLACED_AT = datetime(2026, 5, 5, 14, 30, tzinfo=UTC)


def _demanding(channel: Channel) -> Rulebook:
    """The shipped rulebook under a law that demands by a channel what no template has."""
    rule = a_rule(Require(what="licence_number"), rule_id="test.licence", channels=(channel,))
    law = {**SHIPPED.law, "test": a_pack(rule)}
    return with_policy(Rulebook(SHIPPED.policies, law, SHIPPED.templates, SHIPPED.places), law=("uk", "test"))


def _consumer(*points: dict[str, str]) -> dict[str, Any]:
    consumer: dict[str, Any] = an_account(CASE).model_dump(mode="json")["consumer"]
    return consumer | {"contact_points": list(points)}


async def test_a_message_that_lacks_something_is_suppressed_with_the_rule_and_its_citation(database: Database) -> None:
    office = Office(database, _demanding(Channel.SMS))
    await office.open(an_account(CASE))
    lacking = office.planned(CASE)

    turn = await office.contact(CASE)

    assert office.provider.taken == []
    (suppressed,) = await office.journal(CASE, "contact_suppressed")
    (reason,) = suppressed["reasons"]
    assert (suppressed["step"], reason["rule"], reason["cite"]) == (
        lacking.step,
        "test.licence",
        "cite of test.licence",
    )
    assert "lacks licence number" in reason["text"]
    assert not isinstance(turn.decision, Contact) or turn.decision.step != lacking.step


async def test_the_next_channel_follows_where_its_message_carries_everything(database: Database) -> None:
    office = Office(database, _demanding(Channel.SMS))
    await office.open(an_account(CASE, consumer=_consumer(SMS, EMAIL)))
    lacking = office.planned(CASE)
    assert lacking.channel is Channel.SMS

    await office.contact(CASE)

    (failed,) = await office.journal(CASE, "contact_failed")
    assert (failed["code"], failed["reasons"][0]["rule"]) == (LACKS_REQUIRED_CONTENT, "test.licence")
    assert (office.planned(CASE).step, office.planned(CASE).channel) == (lacking.step, Channel.EMAIL)


async def test_what_another_channel_must_carry_holds_no_contact_back(database: Database) -> None:
    office = Office(database, _demanding(Channel.LETTER))
    await office.open(an_account(CASE))

    await office.contact(CASE)

    assert len(office.provider.taken) == 1


CALL = {"channel": "voice", "place": "mobile", "value": "+447700900123"}
CALL_DAY = 18


async def _office_of(database: Database, voice_name: str | None, *points: dict[str, str]) -> Office:
    """An office that rings, of a lender whose full name tells of collection, with a case that is due a call."""
    office = Office(database, SHIPPED, Provider(Channel.VOICE))
    await office.open(an_account(CASE, days_past_due=CALL_DAY, consumer=_consumer(*points)))
    async with database.transaction() as session:
        await register_lender(session, LENDERS[0].model_copy(update={"voice_name": voice_name}))
    office.now = max(office.now, office.planned(CASE).at)
    assert office.planned(CASE).channel is Channel.VOICE
    return office


async def test_nobody_is_rung_in_a_name_that_tells_of_collection(database: Database) -> None:
    office = await _office_of(database, None, CALL)

    await office.contact(CASE)

    assert office.provider.taken == []
    (suppressed,) = await office.journal(CASE, "contact_suppressed")
    assert [reason["rule"] for reason in suppressed["reasons"]] == ["lender.voice-name"]


async def test_a_call_says_the_name_that_others_may_hear(database: Database) -> None:
    office = await _office_of(database, "Acme Services", CALL)

    await office.contact(CASE)

    (said,) = office.provider.taken
    assert "Acme Services" in said.content.text
    assert "Collection" not in said.content.text


async def test_an_email_follows_where_nobody_may_be_rung(database: Database) -> None:
    office = await _office_of(database, None, CALL, EMAIL)

    await office.contact(CASE)

    (failed,) = await office.journal(CASE, "contact_failed")
    assert (failed["code"], office.planned(CASE).channel) == (LACKS_REQUIRED_CONTENT, Channel.EMAIL)


@pytest.fixture
def agency(database: Database) -> Office:
    """A third-party agency that writes by e-mail, the day after an account was placed with it."""
    return Office(database, SHIPPED, Provider(Channel.EMAIL), PLACED_AT)


def _placed(**changes: Any) -> Any:
    owed = {"amount": "1250.00", "currency": "USD"}
    return an_account(
        CASE,
        **{
            "currency": "USD",
            "zone": "America/New_York",
            "policy": "us-collections",
            "consumer": _consumer(EMAIL) | {"locale": "en-US", "zones": ["America/New_York"]},
            "obligations": [{"id": "o-1", "amount": owed, "due": "2026-05-04"}],
            "itemization": ITEMIZATION,
        }
        | changes,
    )


async def test_a_placed_account_hears_first_what_the_debt_is_and_until_when_it_can_be_disputed(agency: Office) -> None:
    await agency.open(_placed())
    agency.now = max(agency.now, agency.planned(CASE).at)

    turn = await agency.contact(CASE)

    (message,) = agency.provider.taken
    for said in ("January 31, 2026", "$1,200.00", "$60.00", "$10.00", "$1,250.00", "June 11, 2026"):
        assert said in message.content.text
    (noticed,) = await agency.journal(CASE, "validation_notice_sent")
    assert (noticed["sent_on"], noticed["period_ends_on"]) == ("2026-05-05", "2026-06-11")
    assert turn.sheet.validation_period_ends_on == date(2026, 6, 11)


async def test_a_written_dispute_within_the_period_stops_contact_and_is_marked(agency: Office) -> None:
    await agency.open(_placed())
    agency.now = max(agency.now, agency.planned(CASE).at)
    await agency.contact(CASE)
    agency.now += timedelta(days=10)
    await agency.accept(CASE, DisputeOpened(id="d-1", category=DisputeCategory.AMOUNT, in_writing=True))

    turn = await agency.look_again(CASE)

    assert turn.sheet.holds == (HoldKind.DISPUTE,)
    assert not isinstance(turn.decision, Contact)
    (opened,) = await agency.journal(CASE, "dispute_opened")
    assert opened["in_writing"]


async def test_without_an_itemization_nothing_leaves(agency: Office) -> None:
    await agency.open(_placed(itemization=None))
    agency.now = max(agency.now, agency.planned(CASE).at)

    await agency.contact(CASE)

    assert agency.provider.taken == []
    (suppressed,) = await agency.journal(CASE, "contact_suppressed")
    assert suppressed["reasons"][0]["rule"] == "validation.itemization"


async def test_after_a_notice_that_was_suppressed_each_further_contact_is_too(agency: Office) -> None:
    await agency.open(_placed(itemization=None))
    agency.now = max(agency.now, agency.planned(CASE).at)
    await agency.contact(CASE)
    agency.now = max(agency.now, agency.planned(CASE).at)
    assert agency.planned(CASE).step == "period-help"

    await agency.contact(CASE)

    assert agency.provider.taken == []
    assert [event["reasons"][0]["rule"] for event in await agency.journal(CASE, "contact_suppressed")] == [
        "validation.itemization",
        "us.reg-f.validation",
    ]
