"""What is known of a person over all of their cases, and how a contact loads it."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest

from db.calls import record_call
from db.cases import UnknownCase
from db.consumer_facts import add_consent, put_contact_point, set_contact_point_usable, store_reply
from db.contact_facts import ContactFacts, load_for_contact
from db.contacts import ClaimKey, insert_claim, mark_retryable, record_receipt
from db.inbox import accept_message
from db.persons import UnknownConsumer, load_debtor, load_lender, load_person
from db.registration import RegistrationOutcome
from db.session import Database
from domain.compliance.model import Consent
from domain.events import Recalled
from domain.messaging import CollectorIdentity
from domain.names import Channel, ConsentMeans, Direction, Outcome, Place
from domain.person import Person
from domain.registration import ConsumerRegistration, ContactPointRegistration
from domain.whereabouts import NOTHING, Candidates, Locality, Located
from tests.db.builders import (
    CASE,
    CONSUMER,
    EMAIL,
    KEY,
    LENDER,
    NAME,
    PERSONAL,
    PHONE,
    T0,
    a_claim,
    account_json,
    an_account,
    ask,
    open_case,
    register,
    until_somebody_waits_for_a_lock,
)

SECOND = "acme:A-2"
SINCE = T0 - timedelta(days=30)


async def _person(database: Database, since: datetime = SINCE) -> Person:
    async with database.transaction() as session:
        return await load_person(session, CONSUMER, since)


async def _facts(database: Database, case_id: str = CASE, key: ClaimKey = KEY) -> ContactFacts:
    async with database.transaction() as session:
        return await load_for_contact(session, case_id, key, SINCE, T0)


async def _consent(database: Database, channel: Channel, consented: bool, at: datetime) -> None:
    async with database.transaction() as session:
        await add_consent(session, CONSUMER, channel, consented=consented, at=at, given_how=ConsentMeans.WRITING)


async def test_nobody_is_not_a_person(database: Database) -> None:
    with pytest.raises(UnknownConsumer):
        await _person(database)
    with pytest.raises(UnknownConsumer):
        await _consent(database, Channel.SMS, consented=False, at=T0)
    with pytest.raises(UnknownCase):
        await _facts(database)


async def test_contact_points_come_in_order_of_preference_without_their_values(database: Database) -> None:
    await register(database)

    person = await _person(database)

    assert [(point.id, point.place) for point in person.points] == [("sms-1", Place.MOBILE), ("email-1", Place.EMAIL)]
    assert person.consumer.zones == ("America/New_York",)
    assert [word for word in PERSONAL if word in person.model_dump_json()] == []


async def test_a_point_that_does_not_work_is_left_out_until_it_does(database: Database) -> None:
    await register(database)
    for usable, expected in ((False, ["email-1"]), (True, ["sms-1", "email-1"])):
        async with database.transaction() as session:
            await set_contact_point_usable(session, CONSUMER, "sms-1", usable=usable)

        assert [point.id for point in (await _person(database)).points] == expected


async def test_an_unknown_point_cannot_become_unusable(database: Database) -> None:
    await register(database)

    with pytest.raises(UnknownConsumer):
        async with database.transaction() as session:
            await set_contact_point_usable(session, CONSUMER, "sms-9", usable=False)


async def test_a_new_point_comes_last_and_a_changed_one_works_again(database: Database) -> None:
    await register(database)
    changed = [
        ContactPointRegistration(id="voice-1", channel=Channel.VOICE, place=Place.HOME, value="+12125550122"),
        ContactPointRegistration(id="sms-1", channel=Channel.SMS, place=Place.MOBILE, value="+12125550123"),
    ]
    async with database.transaction() as session:
        await set_contact_point_usable(session, CONSUMER, "sms-1", usable=False)
        for point in changed:
            await put_contact_point(session, CONSUMER, point, NOTHING)

    assert [point.id for point in (await _person(database)).points] == ["sms-1", "email-1", "voice-1"]
    async with database.transaction() as session:
        debtor = await load_debtor(session, CONSUMER)
    assert debtor.addresses[0].value == "+12125550123"


async def test_the_newest_word_on_a_channel_counts_whatever_comes_last(database: Database) -> None:
    await register(database)
    await _consent(database, Channel.SMS, consented=False, at=T0)
    await _consent(database, Channel.SMS, consented=True, at=T0 - timedelta(days=1))
    await _consent(database, Channel.VOICE, consented=True, at=T0)

    consumer = (await _person(database)).consumer

    assert consumer.opt_outs == (Channel.SMS,)
    assert consumer.consents == (Consent(channel=Channel.VOICE, given_on=date(2026, 3, 2)),)


async def test_a_consent_is_dated_where_the_person_is(database: Database) -> None:
    await register(database)
    await _consent(database, Channel.SMS, consented=True, at=datetime(2026, 3, 2, 2, tzinfo=UTC))

    assert (await _person(database)).consumer.consents[0].given_on == date(2026, 3, 1)


async def test_history_has_the_contacts_of_all_cases_and_calls_of_either_side(database: Database) -> None:
    await register(database, an_account("A-1"), an_account("A-2"), an_account("B-1", person="person-2"))
    async with database.transaction() as session:
        await insert_claim(session, a_claim("c-1", CASE))
        await record_receipt(session, "c-1", "SM1", T0 + timedelta(seconds=5))
        await insert_claim(session, a_claim("c-2", SECOND, at=T0 + timedelta(hours=1)))
        await record_call(session, SECOND, "m-1", Outcome.NO_ANSWER, Direction.INBOUND, T0 + timedelta(hours=2))

    history = (await _person(database)).history

    assert [(past.debts, past.channel, past.outcome, past.direction) for past in history] == [
        ((CASE,), Channel.SMS, Outcome.SENT, Direction.OUTBOUND),
        ((SECOND,), Channel.SMS, Outcome.UNKNOWN, Direction.OUTBOUND),
        ((SECOND,), Channel.VOICE, Outcome.NO_ANSWER, Direction.INBOUND),
    ]
    assert history[0].at == T0 + timedelta(seconds=5)


async def test_what_was_certainly_not_taken_and_what_is_too_old_is_no_history(database: Database) -> None:
    await register(database)
    async with database.transaction() as session:
        await insert_claim(session, a_claim("c-1"))
        await mark_retryable(session, "c-1", "451")
        await insert_claim(session, a_claim("c-2", key=ClaimKey("other", "o-1", 0), at=SINCE - timedelta(seconds=1)))

    assert (await _person(database)).history == ()


async def test_a_contact_loads_everything_it_needs(database: Database) -> None:
    await register(database)
    opened = await open_case(database)
    async with database.transaction() as session:
        await accept_message(session, CASE, Recalled(id="m-1"))

    facts = await _facts(database)

    assert facts.case == opened
    assert facts.person == await _person(database)
    assert [message.message_id for message in facts.unapplied] == ["m-1"]
    assert facts.claim is None
    assert facts.recipient.full_name == NAME
    assert [address.value for address in facts.recipient.addresses] == [PHONE, EMAIL]
    assert facts.collector == CollectorIdentity(
        name=LENDER.name,
        voice_name="Acme",
        creditor=LENDER.creditor_name,
        phone=LENDER.phone,
        email=LENDER.email,
        postal_address=LENDER.postal_address,
        pay_url=LENDER.pay_url,
        dispute_url=LENDER.dispute_url,
        stop_url=LENDER.stop_url,
    )
    async with database.transaction() as session:
        assert await load_lender(session, "acme") == facts.collector


async def test_a_retry_finds_its_claim_and_does_not_count_itself(database: Database) -> None:
    await register(database)
    async with database.transaction() as session:
        await insert_claim(session, a_claim("c-1"))
        await insert_claim(session, a_claim("c-2", key=ClaimKey(KEY.step, KEY.obligation, 1)))

    facts = await _facts(database)

    assert facts.claim is not None
    assert (facts.claim.id, facts.claim.policy_version) == ("c-1", 1)
    assert len(facts.person.history) == 1
    assert len((await _facts(database, key=ClaimKey("other", "o-1", 0))).person.history) == 2


async def test_a_contact_that_waits_for_another_of_the_person_counts_it(database: Database) -> None:
    await register(database, an_account("A-1"), an_account("A-2"))

    async with database.transaction() as session:
        await load_for_contact(session, CASE, KEY, SINCE, T0)
        waiting = asyncio.create_task(_facts(database, SECOND))
        await until_somebody_waits_for_a_lock(database)
        await insert_claim(session, a_claim("c-1"))

    assert [past.debts for past in (await waiting).person.history] == [(CASE,)]


async def test_nothing_personal_shows_in_the_representation_of_what_is_loaded(database: Database) -> None:
    await register(database)

    shown = repr((await _facts(database)).recipient) + repr((await _facts(database)).person)

    assert [word for word in PERSONAL if word in shown] == []


async def test_a_reply_is_kept_once(database: Database) -> None:
    await register(database)
    for body in ("STOP", "STOP again"):
        async with database.transaction() as session:
            await store_reply(session, CASE, "m-1", Channel.SMS, body, T0)

    assert await ask(database, "SELECT string_agg(body, '|') FROM reply") == "STOP"


async def test_someone_without_zones_and_points_can_be_registered(database: Database) -> None:
    unknown = account_json()["consumer"] | {"zones": [], "contact_points": []}
    await register(database, an_account(consumer=unknown))
    await _consent(database, Channel.SMS, consented=True, at=T0)

    facts = await _facts(database)

    assert (facts.person.consumer.zones, facts.person.points) == ((), ())
    assert facts.person.consumer.consents[0].given_on == date(2026, 3, 2)


BOSTON = Candidates(("America/New_York",), ("US-MA",))
ANGELES = Candidates(("America/Los_Angeles",), ("US-CA",))


def in_boston(consumer: ConsumerRegistration) -> Located:
    return Located(BOSTON if consumer.residence else NOTHING, {"sms-1": ANGELES})


async def test_a_person_may_be_wherever_one_of_the_sources_says(database: Database) -> None:
    consumer = account_json()["consumer"] | {
        "zones": ["America/Denver"],
        "residence": {"country": "US", "subdivision": "US-MA", "postal_code": "02116"},
    }
    await register(database, an_account(consumer=consumer), locate=in_boston)

    person = await _person(database)
    facts = await _facts(database)

    assert person.consumer.zones == ("America/New_York", "America/Denver", "America/Los_Angeles")
    assert person.localities == (Locality(area="US-MA", postal_code="02116"),)
    assert (facts.person.consumer.zones, facts.person.localities) == (person.consumer.zones, person.localities)


async def test_a_number_that_is_added_or_changed_widens_where_the_person_may_be(database: Database) -> None:
    await register(database)
    assert (await _person(database)).localities == ()
    point = ContactPointRegistration(id="sms-1", channel=Channel.SMS, place=Place.MOBILE, value="+13105550123")
    for where in (BOSTON, ANGELES):
        async with database.transaction() as session:
            await put_contact_point(session, CONSUMER, point, where)

    person = await _person(database)

    assert person.consumer.zones == ("America/New_York", "America/Los_Angeles")
    assert person.localities == (Locality(area="US-CA"),)


async def test_a_registration_without_a_residence_keeps_the_one_that_is_known(database: Database) -> None:
    at_home = account_json()["consumer"] | {"residence": {"country": "US", "subdivision": "US-MA"}}
    await register(database, an_account(consumer=at_home), locate=in_boston)

    outcomes = await register(database, an_account("A-2"), an_account("A-3"), locate=in_boston)

    assert outcomes == [RegistrationOutcome.CREATED, RegistrationOutcome.CREATED]
    assert (await _person(database)).localities == (Locality(area="US-MA"),)
