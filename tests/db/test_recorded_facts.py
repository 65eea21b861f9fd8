"""What messages say of contact with a person is what the gate is asked with."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activities.facts import record_facts
from db.cases import lock_case
from db.consumer_facts import set_preferences
from db.contact_facts import load_for_contact
from db.contacts import insert_claim, record_receipt
from db.persons import load_person
from db.session import Database, DatabaseFailure
from domain import events
from domain.compliance.model import Consent, PastContact
from domain.events import Message
from domain.names import CallOutcome, Channel, ConsentMeans, Direction, Outcome, Place, ReplyIntent, TelephonePlace
from domain.person import Person
from domain.preferences import InconvenientTime
from tests.db.builders import CASE, CONSUMER, KEY, T0, a_claim, an_account, ask, register

SECOND = "acme:A-2"
NOW = T0 + timedelta(days=10)
SINCE = NOW - timedelta(days=30)
LUNCH = InconvenientTime(start=time(12), end=time(13, 30))


async def _hear(database: Database, *messages: Message, case_id: str = CASE, at: datetime = NOW) -> None:
    """Have applied messages recorded, as a turn of the case does."""
    async with database.transaction() as session:
        record = await lock_case(session, case_id)
        await record_facts(session, record, messages, at)


async def _person(database: Database) -> Person:
    """The person as every turn loads them, and as a contact does: the same."""
    async with database.transaction() as session:
        person = await load_person(session, CONSUMER, SINCE)
        assert (await load_for_contact(session, CASE, KEY, SINCE, T0)).person == person
    return person


def _call(call_id: str = "call-1", outcome: CallOutcome = Outcome.CONVERSATION, **more: object) -> Message:
    return events.CallOutcomeRecorded.model_validate({"id": call_id, "outcome": outcome, **more})


async def test_a_call_is_known_with_its_instant_place_direction_and_debts(database: Database) -> None:
    await register(database, an_account("A-1"), an_account("A-2"))

    at = NOW - timedelta(days=2)
    await _hear(database, _call(direction=Direction.INBOUND, debts=(SECOND,), place=Place.HOME, at=at))

    assert (await _person(database)).history == (
        PastContact(
            at=at,
            channel=Channel.VOICE,
            outcome=Outcome.CONVERSATION,
            debts=(CASE, SECOND),
            direction=Direction.INBOUND,
            to=Place.HOME,
        ),
    )


async def test_a_call_that_another_clock_dates_ahead_counts_as_of_now(database: Database) -> None:
    await register(database)

    await _hear(database, _call(at=NOW + timedelta(minutes=2)))

    assert [past.at for past in (await _person(database)).history] == [NOW]


async def test_a_call_about_a_case_that_is_not_the_persons_counts_for_every_debt(database: Database) -> None:
    await register(database, an_account("A-1"), an_account("B-1", person="person-2"))

    await _hear(database, _call(debts=("acme:B-1",)))

    assert [past.debts for past in (await _person(database)).history] == [()]


async def test_the_outcome_of_dunlins_own_call_brings_the_debts_that_were_talked_about(database: Database) -> None:
    await register(database, an_account("A-1"), an_account("A-2"))
    async with database.transaction() as session:
        await insert_claim(session, a_claim("c-1"))
        await record_receipt(session, "c-1", "CA1", T0)

    await _hear(database, _call(contact="c-1", debts=(SECOND,)))
    await _hear(database, _call("call-2", Outcome.CONVERSATION, contact="c-1"))

    history = await load_history(database)
    assert [(past.at, past.outcome, past.debts, past.to) for past in history] == [
        (T0, Outcome.CONVERSATION, (CASE, SECOND), Place.MOBILE)
    ]


async def load_history(database: Database) -> tuple[PastContact, ...]:
    async with database.transaction() as session:
        return (await load_person(session, CONSUMER, SINCE)).history


async def test_requests_about_places_and_times_are_known_until_they_are_stated_anew(database: Database) -> None:
    await register(database, an_account("A-1"), an_account("A-2"))

    await _hear(
        database,
        events.ContactPreferencesChanged(id="r-1", refused_places=(Place.WORK,), inconvenient_times=(LUNCH,)),
        case_id=SECOND,
    )

    consumer = (await _person(database)).consumer
    assert (consumer.refused_places, consumer.inconvenient_times) == ((Place.WORK,), (LUNCH,))

    await _hear(database, events.ContactPreferencesChanged(id="r-2"))

    consumer = (await _person(database)).consumer
    assert (consumer.refused_places, consumer.inconvenient_times) == ((), ())


async def test_requests_outlive_a_new_registration(database: Database) -> None:
    await register(database)
    async with database.transaction() as session:
        await set_preferences(session, CONSUMER, [Place.WORK], [LUNCH])

    await register(database, an_account(account="A-2"))

    assert (await _person(database)).consumer.refused_places == (Place.WORK,)


async def test_a_consent_is_known_with_the_date_on_which_it_was_given(database: Database) -> None:
    await register(database)
    given_on = date(2026, 3, 7)

    await _hear(
        database,
        events.ConsentChanged(
            id="c-1", channel=Channel.VOICE, consented=True, given_on=given_on, given_how=ConsentMeans.TELEPHONE
        ),
    )

    assert (await _person(database)).consumer.consents == (Consent(channel=Channel.VOICE, given_on=given_on),)
    assert await ask(database, "SELECT given_how FROM consent") == "telephone"


async def test_an_old_consent_that_is_reported_late_does_not_undo_a_later_stop(database: Database) -> None:
    await register(database)
    stopped = events.ReplyReceived(id="m-1", channel=Channel.SMS, intent=ReplyIntent.STOP)
    allowed_before = events.ConsentChanged(
        id="m-2", channel=Channel.SMS, consented=True, given_on=date(2026, 3, 2), given_how=ConsentMeans.WRITING
    )

    await _hear(database, stopped, at=T0 + timedelta(days=1))
    await _hear(database, allowed_before)

    assert (await _person(database)).consumer.opt_outs == (Channel.SMS,)
    assert await ask(database, "SELECT count(*) FROM consent") == 2


async def test_a_stop_refuses_the_other_channels_that_it_names(database: Database) -> None:
    """12 CFR 1006.14(h)(1): a medium may be refused by any other; "stop calling me" may come in a text message."""
    await register(database)
    stop = events.ReplyReceived(
        id="m-1", channel=Channel.SMS, intent=ReplyIntent.STOP, also_refused=(Channel.VOICE, Channel.SMS)
    )

    await _hear(database, stop)

    assert set((await _person(database)).consumer.opt_outs) == {Channel.SMS, Channel.VOICE}
    assert await ask(database, "SELECT count(*) FROM consent") == 2


async def test_no_word_on_consent_can_be_changed_or_removed(database: Database) -> None:
    await register(database)
    await _hear(database, events.ConsentChanged(id="m-1", channel=Channel.SMS, consented=False))

    for attempt in ("UPDATE consent SET consented = true", "DELETE FROM consent"):
        with pytest.raises(DatabaseFailure):
            await ask(database, f"{attempt} RETURNING 1")


calls = st.builds(
    events.CallOutcomeRecorded,
    id=st.just("call"),
    outcome=st.sampled_from(get_args(CallOutcome)),
    direction=st.sampled_from(Direction),
    debts=st.sampled_from([(), (SECOND,), (CASE,), (SECOND, CASE)]),
    place=st.none() | st.sampled_from(get_args(TelephonePlace)),
    at=st.none() | st.datetimes(SINCE.replace(tzinfo=None), NOW.replace(tzinfo=None), timezones=st.just(UTC)),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(reported=st.lists(calls, max_size=6))
async def test_what_is_recorded_of_calls_is_what_the_gate_is_asked_with(
    database: Database, reported: list[events.CallOutcomeRecorded]
) -> None:
    await register(database, an_account("A-1"), an_account("A-2"))
    before = set(await load_history(database))
    run = await ask(database, "SELECT count(*) FROM contact")
    named = [call.model_copy(update={"id": f"call-{run}-{number}"}) for number, call in enumerate(reported)]

    await _hear(database, *named)

    expected = [
        PastContact(
            at=call.at or NOW,
            channel=Channel.VOICE,
            outcome=call.outcome,
            debts=tuple(sorted({CASE, *call.debts})),
            direction=call.direction,
            to=call.place or Place.MOBILE,
        )
        for call in named
    ]
    after = await load_history(database)
    assert len(after) >= len(expected)
    assert set(after) == before | set(expected)
