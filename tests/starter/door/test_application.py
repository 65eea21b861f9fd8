"""The HTTP door, with real servers behind it: who may report, what a report does, and that twice is once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import text
from twilio.request_validator import RequestValidator

from db.contacts import ClaimKey, NewClaim, contacts_of_case, insert_claim
from db.session import Database
from domain.identifiers import contact_id
from domain.money import Money
from domain.names import Channel, Outcome, Place
from providers.webhooks import (
    CALL_DIGIT_PATH,
    CALL_STATUS_PATH,
    INBOUND_PATH,
    MESSAGE_STATUS_PATH,
    UNSUBSCRIBE_PATH,
    sealed,
    unsealed,
)
from runtime import stack
from starter.case_key import CaseKey
from starter.door.application import BODY_BYTES_MAX, Door
from starter.door.receiver import Receiver
from tests.e2e.world import World, eventually, key_of
from tests.starter.accounts import account

TOKEN = "test-token"
SECRET = "a-secret-of-the-tests"
SID = "SM" + "0" * 32
CALL = "CA" + "0" * 32


class Caller:
    """Calls the door as Twilio, a mail program or anybody else does."""

    def __init__(self, client: TestClient[web.Request, web.Application], base: str) -> None:
        self.client = client
        self._base = base

    async def twilio(self, path: str, algorithm: str = "HMAC_SHA1", **form: str) -> tuple[int, str]:
        """A report with Twilio's signature."""
        headers = {
            "X-Twilio-Signature": RequestValidator(TOKEN).compute_signature(self._base + path, form, algorithm),
            "X-Twilio-Webhooks-Signature-Settings": f"key=shared,algorithm={algorithm}",
        }
        return await self.post(path, form, headers)

    async def post(self, path: str, form: dict[str, str], headers: dict[str, str] | None = None) -> tuple[int, str]:
        async with self.client.post(path, data=form, headers=headers) as answer:
            return answer.status, await answer.text()


@pytest.fixture
async def door(dunlin: World) -> AsyncIterator[Caller]:
    async for caller in opened_door(Receiver(dunlin.client(), dunlin.database)):
        yield caller


async def opened_door(receiver: Receiver) -> AsyncIterator[Caller]:
    base = "https://dunlin.example.com/in"  # behind a proxy that takes the prefix off
    application = Door(receiver, public_base_url=base + "/", twilio_auth_token=TOKEN, link_secret=SECRET).application()
    async with TestClient(TestServer(application)) as client:
        yield Caller(client, base)


async def contacted(dunlin: World, channel: Channel = Channel.SMS, number: str | None = None) -> tuple[CaseKey, str]:
    """A case, and the id of a contact that was made in it."""
    number = number or f"+4477009{uuid4().int % 100000:05}"
    registration = account()
    points = tuple(
        point.model_copy(update={"value": number}) if point.channel in {Channel.SMS, Channel.VOICE} else point
        for point in registration.consumer.contact_points
    )
    registration = registration.model_copy(
        update={"consumer": registration.consumer.model_copy(update={"contact_points": points})}
    )
    client, case = dunlin.client(), key_of(registration)
    await client.open_case(registration)
    await client.pay(case, Money(100, "GBP"), payment="p-1")
    reference = contact_id(case.case_id, "reported", "o-1", 0)
    async with dunlin.database.transaction() as session:
        await insert_claim(
            session,
            NewClaim(
                id=reference,
                case_id=case.case_id,
                consumer_id=registration.consumer.id,
                key=ClaimKey("reported", "o-1", 0),
                channel=channel,
                place=Place.EMAIL if channel is Channel.EMAIL else Place.MOBILE,
                contact_point_id=f"{channel}-1",
                template="first-reminder",
                content_digest="0" * 64,
                policy_version=1,
                claimed_at=datetime.now(UTC),
            ),
        )
    return case, reference


async def outcome_of(dunlin: World, case: CaseKey, reference: str) -> Outcome | None:
    async with dunlin.database.transaction() as session:
        contacts = await contacts_of_case(session, case.case_id)
    return next(contact.outcome for contact in contacts if contact.id == reference)


async def has_outcome(dunlin: World, case: CaseKey, reference: str, outcome: Outcome) -> None:
    async def is_so() -> bool:
        return await outcome_of(dunlin, case, reference) is outcome

    await eventually(f"{reference} is {outcome}", is_so)


async def has_line(dunlin: World, case: CaseKey, kind: str, count: int = 1, **facts: str) -> None:
    async def is_so() -> bool:
        lines = await dunlin.client().journal(case)
        found = [line for line in lines if line.kind == kind and facts.items() <= line.event.items()]
        return len(found) == count

    await eventually(f"{count} {kind} {facts}", is_so)


async def opted_out(dunlin: World, case: CaseKey) -> set[str]:
    async with dunlin.database.transaction() as session:
        rows = await session.execute(
            text(
                "SELECT channel FROM consent JOIN collection_case AS k USING (consumer_id) "
                "WHERE NOT consented AND k.id = :id"
            ),
            {"id": case.case_id},
        )
        return set(rows.scalars())


@pytest.mark.parametrize("algorithm", ["HMAC_SHA1", "HMAC_SHA256"])
async def test_a_delivered_message_is_journaled_once_however_often_it_is_reported(
    dunlin: World, door: Caller, algorithm: str
) -> None:
    case, reference = await contacted(dunlin)

    answers = [
        await door.twilio(MESSAGE_STATUS_PATH + reference, algorithm, MessageSid=SID, MessageStatus=status)
        for status in ("queued", "sent", "delivered", "delivered")
    ]

    assert answers == [(204, "")] * 4
    await has_outcome(dunlin, case, reference, Outcome.DELIVERED)
    await has_line(dunlin, case, "delivery_reported", contact=reference, outcome="delivered")


async def test_a_message_that_failed_is_journaled_with_its_code(dunlin: World, door: Caller) -> None:
    case, reference = await contacted(dunlin)

    await door.twilio(MESSAGE_STATUS_PATH + reference, MessageSid=SID, MessageStatus="undelivered", ErrorCode="30003")

    await has_line(dunlin, case, "delivery_reported", outcome="failed", code="30003")


async def test_a_handset_that_does_not_exist_is_not_tried_again(dunlin: World, door: Caller) -> None:
    case, reference = await contacted(dunlin)

    await door.twilio(MESSAGE_STATUS_PATH + reference, MessageSid=SID, MessageStatus="undelivered", ErrorCode="30005")

    await has_line(dunlin, case, "contact_point_changed", contact_point="sms-1")


async def test_whoever_told_twilio_to_stop_has_opted_out(dunlin: World, door: Caller) -> None:
    case, reference = await contacted(dunlin)

    await door.twilio(MESSAGE_STATUS_PATH + reference, MessageSid=SID, MessageStatus="failed", ErrorCode="21610")

    await has_line(dunlin, case, "consent_changed", channel="sms")
    assert await opted_out(dunlin, case) == {"sms"}


@pytest.mark.parametrize(
    ("form", "outcome"),
    [
        ({"CallStatus": "completed"}, Outcome.CONVERSATION),
        ({"CallStatus": "completed", "AnsweredBy": "machine_end_beep"}, Outcome.VOICEMAIL),
        ({"CallStatus": "busy"}, Outcome.BUSY),
        ({"CallStatus": "no-answer"}, Outcome.NO_ANSWER),
        ({"CallStatus": "canceled"}, Outcome.FAILED),
        ({"CallStatus": "failed"}, Outcome.FAILED),
        ({"CallStatus": "failed", "SipResponseCode": "404"}, Outcome.NOT_IN_SERVICE),
    ],
)
async def test_how_a_call_ended_is_recorded(
    dunlin: World, door: Caller, form: dict[str, str], outcome: Outcome
) -> None:
    case, reference = await contacted(dunlin, Channel.VOICE)

    ringing = await door.twilio(CALL_STATUS_PATH + reference, CallSid=CALL, CallStatus="ringing")
    ended = await door.twilio(CALL_STATUS_PATH + reference, CallSid=CALL, **form)

    assert (ringing, ended) == ((204, ""), (204, ""))
    await has_outcome(dunlin, case, reference, outcome)


async def test_the_key_that_stops_calls_opts_out_and_ends_the_call(dunlin: World, door: Caller) -> None:
    case, reference = await contacted(dunlin, Channel.VOICE)

    status, answer = await door.twilio(CALL_DIGIT_PATH + reference, CallSid=CALL, Digits="2")

    assert (status, "<Hangup" in answer) == (200, True)
    await has_line(dunlin, case, "reply_received", intent="stop", channel="voice")
    assert await opted_out(dunlin, case) == {"voice"}


async def test_the_key_that_asks_for_a_person_connects_to_the_lender(dunlin: World, door: Caller) -> None:
    case, reference = await contacted(dunlin, Channel.VOICE)

    status, answer = await door.twilio(CALL_DIGIT_PATH + reference, CallSid=CALL, Digits="1")

    assert (status, f"<Dial>{dunlin.lender.phone}</Dial>" in answer) == (200, True)
    await has_line(dunlin, case, "call_outcome_recorded", outcome="conversation")


async def test_a_stop_by_text_message_is_kept_and_honoured_for_everyone_with_the_number(
    dunlin: World, door: Caller
) -> None:
    number = f"+4477008{uuid4().int % 100000:05}"
    cases = [(await contacted(dunlin, number=number))[0] for _ in range(2)]

    status, answer = await door.twilio(INBOUND_PATH, From=number, To="+15005550006", Body="Stop", MessageSid=SID)
    await door.twilio(INBOUND_PATH, From=number, To="+15005550006", Body="Stop", MessageSid=SID)

    assert (status, "<Response" in answer) == (200, True)
    for case in cases:
        await has_line(dunlin, case, "reply_received", intent="stop", channel="sms")
        assert await opted_out(dunlin, case) == {"sms"}
    assert "Stop" not in (await dunlin.workflow(cases[0]).fetch_history()).to_json()


async def test_a_text_message_of_somebody_unknown_is_taken_without_a_word(door: Caller) -> None:
    answer = await door.twilio(INBOUND_PATH, From="+15005559999", To="+15005550006", Body="Hello", MessageSid=SID)

    assert answer[0] == 200


async def test_one_click_stops_emails_and_looking_at_the_link_does_not(dunlin: World, door: Caller) -> None:
    case, reference = await contacted(dunlin, Channel.EMAIL)
    link = UNSUBSCRIBE_PATH + sealed(reference, SECRET)

    async with door.client.get(link) as page:
        assert (page.status, "<form" in await page.text()) == (200, True)
    assert await opted_out(dunlin, case) == set()
    clicked = await door.post(link, {"List-Unsubscribe": "One-Click"})
    again = await door.post(link, {"List-Unsubscribe": "One-Click"})

    assert (clicked[0], again[0]) == (200, 200)
    await has_line(dunlin, case, "consent_changed", channel="email")
    assert await opted_out(dunlin, case) == {"email"}


async def test_a_report_after_the_case_has_ended_still_reaches_its_journal(dunlin: World, door: Caller) -> None:
    case, reference = await contacted(dunlin)
    await dunlin.client().recall(case, message_id="back-to-the-lender")
    await dunlin.workflow(case).result()

    await door.twilio(MESSAGE_STATUS_PATH + reference, MessageSid=SID, MessageStatus="delivered")

    await has_line(dunlin, case, "delivery_reported", contact=reference)


@pytest.mark.parametrize("path", [MESSAGE_STATUS_PATH, CALL_STATUS_PATH, CALL_DIGIT_PATH])
async def test_nobody_but_twilio_can_report(dunlin: World, door: Caller, path: str) -> None:
    case, reference = await contacted(dunlin)
    form = {"MessageSid": SID, "MessageStatus": "delivered", "CallSid": CALL, "CallStatus": "busy", "Digits": "2"}
    elsewhere = RequestValidator(TOKEN).compute_signature(f"https://other.example{path}{reference}", form)
    by_another = RequestValidator("another-token").compute_signature(
        f"https://dunlin.example.com/in{path}{reference}", form
    )

    statuses = [
        (await door.post(path + reference, form, headers))[0]
        for headers in (
            {},
            {"X-Twilio-Signature": "forged"},
            {"X-Twilio-Signature": elsewhere},
            {"X-Twilio-Signature": by_another},
            {"X-Twilio-Signature": by_another, "X-Twilio-Webhooks-Signature-Settings": "algorithm=NONE"},
        )
    ]

    assert statuses == [403] * 5
    assert await outcome_of(dunlin, case, reference) is None


async def test_nobody_can_make_up_a_link_that_stops_somebody_elses_emails(dunlin: World, door: Caller) -> None:
    case, reference = await contacted(dunlin, Channel.EMAIL)

    statuses = [
        (await door.post(UNSUBSCRIBE_PATH + token, {}))[0]
        for token in (reference, f"{reference}.{'0' * 32}", sealed(reference, "another secret"))
    ]

    assert statuses == [403] * 3
    assert await opted_out(dunlin, case) == set()


async def test_a_signed_report_on_a_contact_that_is_not_ours_is_not_found(door: Caller) -> None:
    answer = await door.twilio(MESSAGE_STATUS_PATH + "c-unknown", MessageSid=SID, MessageStatus="delivered")

    assert answer[0] == 404


@pytest.mark.parametrize(
    ("path", "form"),
    [
        (MESSAGE_STATUS_PATH, {}),
        (MESSAGE_STATUS_PATH, {"MessageSid": "not an id", "MessageStatus": "delivered"}),
        (CALL_STATUS_PATH, {"CallSid": CALL}),
        (CALL_DIGIT_PATH, {"CallSid": CALL}),
    ],
)
async def test_a_signed_form_that_twilio_does_not_describe_is_refused(
    dunlin: World, door: Caller, path: str, form: dict[str, str]
) -> None:
    _, reference = await contacted(dunlin)

    assert (await door.twilio(path + reference, **form))[0] == 400


async def test_a_reply_without_a_sender_is_refused(door: Caller) -> None:
    assert (await door.twilio(INBOUND_PATH, Body="Hello", MessageSid=SID))[0] == 400


async def test_a_body_that_is_too_large_is_refused(door: Caller) -> None:
    assert (await door.post(INBOUND_PATH, {"Body": "x" * BODY_BYTES_MAX}))[0] == 413


async def test_while_the_database_is_away_the_sender_is_told_to_come_again(dunlin: World) -> None:
    nowhere = Database("postgresql+asyncpg://nobody@127.0.0.1:1/nothing")
    async for caller in opened_door(Receiver(dunlin.client(), nowhere)):
        report = await caller.twilio(MESSAGE_STATUS_PATH + "c-1", MessageSid=SID, MessageStatus="delivered")
        async with caller.client.get("/healthz") as health:
            assert (report[0], health.status) == (503, 503)
    await nowhere.close()


async def test_the_door_says_that_it_is_well(door: Caller) -> None:
    async with door.client.get("/healthz") as health:
        assert (health.status, await health.text()) == (200, "ok\n")


def test_a_sealed_reference_is_read_back_by_its_secret_alone() -> None:
    token = sealed("c-1.2:3", SECRET)

    assert (unsealed(token, SECRET), unsealed(token, "another")) == ("c-1.2:3", None)


def test_the_stand_in_posts_replies_to_where_the_door_takes_them() -> None:
    assert stack.INBOUND_PATH == INBOUND_PATH
