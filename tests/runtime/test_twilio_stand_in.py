"""The stand-in for Twilio, held to Twilio's published description and to its signatures."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from twilio.request_validator import RequestValidator

from runtime.twilio_stand_in import Rule, TwilioStandIn
from runtime.twilio_stand_in.resources import segments_of
from tests.providers.twilio_api.contract import check_answer

OURS = "+15005550006"
THEIRS = "+14155550100"

Ask = Callable[..., Awaitable[tuple[int, dict[str, Any]]]]


@pytest_asyncio.fixture
async def stand_in() -> AsyncIterator[TwilioStandIn]:
    async with TwilioStandIn() as running:
        yield running


@pytest_asyncio.fixture
async def ask(stand_in: TwilioStandIn) -> AsyncIterator[Ask]:
    """Ask as an account's owner: a kind of resource, with a form to create, or without one to list."""
    account = f"/2010-04-01/Accounts/{stand_in.account_sid}/"
    credentials = {"Authorization": aiohttp.encode_basic_auth(stand_in.account_sid, stand_in.auth_token)}

    async def asking(what: str, form: Any = None, query: Any = None) -> tuple[int, dict[str, Any]]:
        path = what if what.startswith("/") else f"{account}{what}.json"
        method = "GET" if form is None else "POST"
        async with session.request(method, stand_in.base_url + path, data=form, params=query) as answer:
            body = await answer.json()
            if answer.status < 300:
                check_answer(method, path.partition("?")[0], answer.status, body)
            return answer.status, body

    async with aiohttp.ClientSession(headers=credentials) as session:
        yield asking


@dataclass
class Door:
    """Where reports arrive, each with the address that it was posted to, its form and signature."""

    url: str = ""
    posts: list[tuple[str, dict[str, str], str]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.posts.append((str(request.url), form, request.headers["X-Twilio-Signature"]))
        return web.Response(status=204)


@pytest_asyncio.fixture
async def door() -> AsyncIterator[Door]:
    door = Door()
    application = web.Application()
    application.router.add_post("/{name:.*}", door.take)
    async with TestServer(application, host="127.0.0.1") as server:
        door.url = str(server.make_url("/reports"))
        yield door


def message(**fields: str) -> dict[str, str]:
    return {"To": THEIRS, "From": OURS, "Body": "Hello"} | fields


def call(**fields: str) -> dict[str, str]:
    return {"To": THEIRS, "From": OURS, "Twiml": "<Response><Say>Hello</Say></Response>"} | fields


async def test_a_message_is_created_listed_and_fetched_as_described(ask: Ask) -> None:
    status, created = await ask("Messages", message(Body="你好"))
    _, listed = await ask("Messages")
    _, fetched = await ask(created["uri"])

    assert (status, created["status"], created["date_sent"]) == (201, "queued", None)
    assert re.fullmatch("SM[0-9a-f]{32}", created["sid"])
    assert [item["sid"] for item in listed["messages"]] == [fetched["sid"]] == [created["sid"]]


async def test_a_call_is_created_listed_and_fetched_as_described(ask: Ask, stand_in: TwilioStandIn) -> None:
    status, created = await ask("Calls", call())
    await stand_in.settle()
    _, listed = await ask("Calls")
    _, fetched = await ask(created["uri"])

    assert (status, created["status"]) == (201, "queued")
    assert re.fullmatch("CA[0-9a-f]{32}", created["sid"])
    assert [item["sid"] for item in listed["calls"]] == [created["sid"]]
    assert (fetched["status"], fetched["duration"]) == ("completed", "20")
    assert stand_in.twiml[created["sid"]] == "<Response><Say>Hello</Say></Response>"


@pytest.mark.parametrize(
    ("what", "form", "code"),
    [
        ("Messages", {"From": OURS, "Body": "Hello"}, 21604),
        ("Messages", {"To": THEIRS, "Body": "Hello"}, 21603),
        ("Messages", {"To": THEIRS, "From": OURS}, 21602),
        ("Messages", message(To="4155550100"), 21211),
        ("Messages", message(From="nobody"), 21212),
        ("Messages", message(To=OURS), 21266),
        ("Messages", message(Body="x" * 1601), 21617),
        ("Messages", message(To="+15005550004"), 21610),
        ("Calls", {"From": OURS, "Twiml": "<Response/>"}, 21201),
        ("Calls", {"To": THEIRS, "From": OURS}, 21205),
        ("Calls", call(To="+15005550002"), 21214),
    ],
)
async def test_a_wrong_request_is_refused_in_twilios_words(
    ask: Ask, stand_in: TwilioStandIn, what: str, form: dict[str, str], code: int
) -> None:
    status, body = await ask(what, form)

    assert status == body["status"] == 400
    assert body["code"] == code
    assert body["more_info"] == f"https://www.twilio.com/docs/errors/{code}"
    assert set(body) == {"code", "message", "more_info", "status"}
    assert not stand_in.messages
    assert not stand_in.calls


async def test_wrong_credentials_are_refused(stand_in: TwilioStandIn) -> None:
    url = f"{stand_in.base_url}/2010-04-01/Accounts/{stand_in.account_sid}/Messages.json"
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        body = await answer.json()

    assert (answer.status, body["code"]) == (401, 20003)


@pytest.mark.parametrize("path", ["/2010-04-01/Accounts/AC1/Messages.json", "/nowhere.json"])
async def test_what_is_not_there_is_not_found(ask: Ask, path: str) -> None:
    status, body = await ask(path)

    assert (status, body["code"]) == (404, 20404)


async def test_a_list_comes_newest_first_in_pages_that_lead_to_each_other(ask: Ask) -> None:
    created = [(await ask("Messages", message(Body=f"number {number}")))[1]["sid"] for number in range(5)]

    seen: list[str] = []
    _, page = await ask("Messages", query={"PageSize": 2})
    while True:
        seen += [item["sid"] for item in page["messages"]]
        if page["next_page_uri"] is None:
            break
        _, page = await ask(page["next_page_uri"])

    assert seen == created[::-1]
    assert (page["page"], page["start"], page["end"]) == (2, 4, 4)
    assert page["previous_page_uri"] is not None


async def test_a_list_is_filtered_by_number_and_time(ask: Ask, stand_in: TwilioStandIn) -> None:
    await ask("Messages", message())
    await ask("Messages", message(To="+14155550101"))
    await stand_in.settle()
    now = datetime.now(UTC)

    async def count(**query: str) -> int:
        _, page = await ask("Messages", query=query)
        return len(page["messages"])

    assert await count(To=THEIRS, From=OURS) == 1
    assert await count(From=THEIRS) == 0
    assert await count(DateSent=now.date().isoformat()) == 2
    assert await count(**{"DateSent>": (now + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")}) == 0
    assert await count(**{"DateSent<": (now + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")}) == 2


async def test_a_message_is_reported_sent_and_then_delivered(ask: Ask, stand_in: TwilioStandIn, door: Door) -> None:
    _, created = await ask("Messages", message(StatusCallback=door.url + "/1"))
    await stand_in.settle()

    assert [form["MessageStatus"] for _, form, _ in door.posts] == ["sent", "delivered"]
    assert {form["MessageSid"] for _, form, _ in door.posts} == {created["sid"]}
    _, fetched = await ask(created["uri"])
    assert fetched["status"] == "delivered"
    assert parsedate_to_datetime(fetched["date_sent"]).tzinfo is not None


async def test_reports_are_signed_as_twilio_signs_them(ask: Ask, stand_in: TwilioStandIn, door: Door) -> None:
    stand_in.rules.append(Rule(digit="1"))
    await ask("Messages", message(StatusCallback=door.url + "/1?of=two&a=b"))
    twiml = f'<Response><Gather action="{door.url}/digit"><Say>Press 1</Say></Gather></Response>'
    await ask("Calls", call(StatusCallback=door.url, Twiml=twiml))
    await stand_in.settle()

    validator = RequestValidator(stand_in.auth_token)
    assert len(door.posts) == 4
    for url, form, signature in door.posts:
        assert validator.validate(url, form, signature)
        assert not RequestValidator("another").validate(url, form, signature)


async def test_rules_say_how_messages_and_calls_end(ask: Ask, stand_in: TwilioStandIn, door: Door) -> None:
    stand_in.rules.extend(
        [
            Rule(to_ends_with="1", message_status="undelivered", message_error_code=30005, call_status="busy"),
            Rule(to_ends_with="2", message_status="failed", message_error_code=30007, call_status="no-answer"),
        ]
    )
    for number in ("+14155550101", "+14155550102", "+14155550103"):
        await ask("Messages", message(To=number, StatusCallback=door.url))
        await ask("Calls", call(To=number, StatusCallback=door.url))
    await stand_in.settle()

    ends = {
        (form["To"][-1], form.get("MessageStatus") or form["CallStatus"], form.get("ErrorCode"))
        for _, form, _ in door.posts
        if form.get("MessageStatus") != "sent"
    }
    assert ends == {
        ("1", "undelivered", "30005"),
        ("1", "busy", None),
        ("2", "failed", "30007"),
        ("2", "no-answer", None),
        ("3", "delivered", None),
        ("3", "completed", None),
    }


async def test_a_call_reports_the_events_that_were_asked_for_in_order(
    ask: Ask, stand_in: TwilioStandIn, door: Door
) -> None:
    form = aiohttp.FormData(call(StatusCallback=door.url))
    for event in ("initiated", "ringing", "answered", "completed"):
        form.add_field("StatusCallbackEvent", event)

    await ask("Calls", form)
    await stand_in.settle()

    assert [form["CallStatus"] for _, form, _ in door.posts] == ["initiated", "ringing", "in-progress", "completed"]
    assert [form["SequenceNumber"] for _, form, _ in door.posts] == ["0", "1", "2", "3"]
    assert door.posts[-1][1]["CallDuration"] == "20"


async def test_a_pressed_key_is_posted_to_where_the_call_asks_for_it(
    ask: Ask, stand_in: TwilioStandIn, door: Door
) -> None:
    stand_in.rules.append(Rule(digit="9"))
    twiml = f'<Response><Gather numDigits="1" action="{door.url}/digit"><Say>Press 9</Say></Gather></Response>'

    await ask("Calls", call(Twiml=twiml))
    await ask("Calls", call())
    await stand_in.settle()

    ((url, form, _),) = door.posts
    assert (url, form["Digits"]) == (f"{door.url}/digit", "9")


async def test_an_incoming_message_is_posted_and_kept(stand_in: TwilioStandIn, ask: Ask, door: Door) -> None:
    stand_in.inbound_url = door.url

    report = await stand_in.receive_sms(sender=THEIRS, to=OURS, body="I have paid")

    ((_, form, _),) = door.posts
    assert report.status == 204
    assert (form["From"], form["To"], form["Body"], form["SmsStatus"]) == (THEIRS, OURS, "I have paid", "received")
    _, listed = await ask("Messages", query={"From": THEIRS})
    assert [item["direction"] for item in listed["messages"]] == ["inbound"]


async def test_stop_blocks_further_messages_until_start(stand_in: TwilioStandIn, ask: Ask, door: Door) -> None:
    stand_in.inbound_url = door.url

    await stand_in.receive_sms(sender=THEIRS, to=OURS, body=" stop ")
    blocked = await ask("Messages", message())
    other = await ask("Messages", message(To="+14155550101"))
    await stand_in.receive_sms(sender=THEIRS, to=OURS, body="START")
    again = await ask("Messages", message())

    assert (blocked[0], blocked[1]["code"]) == (400, 21610)
    assert (other[0], again[0]) == (201, 201)


async def test_a_receiver_that_is_gone_is_noted_and_stops_nothing(ask: Ask, stand_in: TwilioStandIn) -> None:
    await ask("Messages", message(StatusCallback="http://127.0.0.1:9/gone"))
    await stand_in.settle()

    assert [report.status for report in stand_in.reports] == [None, None]
    assert stand_in.messages[0]["status"] == "delivered"


@pytest.mark.parametrize(
    ("body", "segments"),
    [("x" * 160, 1), ("x" * 161, 2), ("€" * 80, 1), ("€" * 81, 2), ("字" * 70, 1), ("字" * 71, 2), ("😀" * 35, 1)],
)
def test_segments_are_counted_as_networks_do(body: str, segments: int) -> None:
    assert segments_of(body) == segments


@pytest.mark.parametrize("wrong", [{"message_status": "lost"}, {"call_status": "answered"}, {"digit": "12"}])
def test_a_rule_that_could_not_be_followed_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="must be"):
        Rule(**wrong)  # type: ignore[arg-type]


async def test_as_a_process_it_takes_orders_writes_a_journal_and_stops_on_sigterm(tmp_path: Path, door: Door) -> None:
    rules, journal = tmp_path / "rules.json", tmp_path / "journal.jsonl"
    rules.write_text(json.dumps([{"to_ends_with": "00", "message_status": "undelivered"}]))
    command = [sys.executable, "-m", "runtime.twilio_stand_in", "--rules", str(rules), "--journal", str(journal)]
    with subprocess.Popen(  # noqa: S603, ASYNC220 - our own module; it answers within a second
        [*command, "--inbound-url", door.url],
        stdout=subprocess.PIPE,
        env=os.environ | {"STAND_IN_AUTH_TOKEN": "from-the-environment"},
    ) as process:
        assert process.stdout is not None
        base = f"http://127.0.0.1:{json.loads(process.stdout.readline())['port']}"
        account = "AC" + "0" * 32
        credentials = {"Authorization": aiohttp.encode_basic_auth(account, "from-the-environment")}
        url = f"{base}/2010-04-01/Accounts/{account}/Messages.json"
        async with aiohttp.ClientSession() as session:
            await session.post(f"{base}/stand-in/faults", json=[{"kind": "rate_limited"}])
            limited = await session.post(url, data=message(), headers=credentials)
            taken = await session.post(url, data=message(), headers=credentials)
            inbound = await session.post(
                f"{base}/stand-in/inbound", json={"sender": THEIRS, "to": OURS, "body": "Hello"}
            )
            assert (limited.status, taken.status, await inbound.json()) == (429, 201, {"status": 204})
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0

    lines = [json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines()]
    assert [line["kind"] for line in lines if line["kind"] == "message"] == ["message", "message"]
    assert [line["fault"] for line in lines if line["kind"] == "fault"] == ["rate_limited"]
    assert door.posts[0][1]["Body"] == "Hello"
