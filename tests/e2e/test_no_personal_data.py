"""A portfolio of people lives on real servers, and none of them is found in Temporal, a log, a trace or a metric."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from pydantic import SecretStr
from sqlalchemy import text
from temporalio.client import Client

from domain.names import Channel, HoldKind
from domain.registration import AccountRegistration
from rulebook.load import Rulebook
from runtime.smtp_sink import Fault as MailFault
from runtime.smtp_sink import FaultPoint
from runtime.twilio_stand_in import Fault, FaultKind
from starter.case_key import CaseKey
from starter.client import DunlinClient
from tests.e2e.personal_data import fragments_of, leaks, personal_values
from tests.e2e.test_lives import handed_over
from tests.e2e.world import AUTH_TOKEN, World, account, eventually, fast_clock, key_of, world
from tests.runtime.test_telemetry import Collector, listening

ROOT = Path(__file__).parents[2]
HOMES = {
    "uk-personal-loan": ("en-GB", "GBP", "Europe/London", "+4477009{:05}", 300),
    "cn-consumer-loan": ("zh-CN", "CNY", "Asia/Shanghai", "+86138001{:05}", 38000),
    "us-credit-card": ("en-US", "USD", "America/New_York", "+1212555{:04}", 150),
}
PEOPLE = (
    ("uk-personal-loan", "Ottoline Quaverley", "Please stop texting me, Quaverley is tired of it"),
    ("uk-personal-loan", "Barnaby Thistlewick", "I lost my job at Brackenfold Mills, cannot pay"),
    ("uk-personal-loan", "Wilhelmina Oakenshaw", "Ring my sister Peregrine instead"),
    ("uk-personal-loan", "Zebedee Marchbanks", "I already paid at the Dunnockstead branch"),
    ("cn-consumer-loan", "欧阳翠翘", "别再给我发短信，我是翠翘"),
    ("cn-consumer-loan", "司徒砚秋", "我住在梧桐里，钱已经还了"),
    ("cn-consumer-loan", "上官霁月", "这不是我的债，请找慕容"),
    ("us-credit-card", "Cornelius Vandersloot", "STOP. Vandersloot, of Larchmonter Row"),
    ("us-credit-card", "Philippa Rosenquist", "my lawyer is Hollingberry"),
    ("us-credit-card", "Ignatius Featherby", "HELP, this is Featherby"),
)
REFERRED = "Lysander Crowthorne"
"""Whose two accounts are told of in one message, until one of them is with counsel."""


def person(number: int, name: str, policy: str, **facts: int | str) -> AccountRegistration:
    """Somebody with every kind of contact point, none of which has anything of an id in it."""
    locale, currency, zone, prefix, first = HOMES[policy]
    given = account(policy=policy, locale=locale, currency=currency, zone=zone, name=name, **facts)  # type: ignore[arg-type]
    telephone = prefix.format(first + number)
    points = [
        {
            "channel": "email",
            "place": "email",
            "value": f"mailbox.of.{number}.{'kjhgfdsa'[number % 8]}@homes.example.com",
        },
        {"channel": "sms", "place": "mobile", "value": telephone},
        {"channel": "voice", "place": "mobile", "value": telephone},
        {"channel": "letter", "place": "home", "value": f"{number} Nightingale Terrace\nGreater Wimbleforth"},
    ]
    consumer = given.consumer.model_dump(mode="json") | {"contact_points": points}
    return AccountRegistration.model_validate_json(json.dumps(given.model_dump(mode="json") | {"consumer": consumer}))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def process(log: Path, environment: Mapping[str, str], *command: str) -> AsyncIterator[Process]:
    """One of Dunlin's programs as an operator runs it, with its log at debug level. Ended in peace."""
    with log.open("wb") as lines:
        started = await asyncio.create_subprocess_exec(
            sys.executable, *command, cwd=ROOT, env=dict(environment), stdout=DEVNULL, stderr=lines
        )
    try:
        yield started
    finally:
        if started.returncode is None:
            started.terminate()
            await started.wait()


def environment_of(dunlin: World, **more: str) -> dict[str, str]:
    settings = dunlin.settings
    environment = {"PATH": os.environ["PATH"], "DATABASE_URL": settings.database_url.get_secret_value()}
    for name in settings.model_fields_set - {"database_url"}:
        value = getattr(settings, name)
        environment[f"DUNLIN_{name.upper()}"] = str(value.get_secret_value() if isinstance(value, SecretStr) else value)
    return environment | {"DUNLIN_LOG_LEVEL": "debug", "DUNLIN_LOG_FORMAT": "json"} | more


async def live(dunlin: World, client: DunlinClient) -> None:
    """Everything at which personal data is touched: contacts, replies, refusals that quote, holds, counsel."""
    people = [(person(number, name, policy), words) for number, (policy, name, words) in enumerate(PEOPLE)]
    quoted = people[0][0].consumer.contact_points[0].value
    dunlin.sink.faults.append(MailFault(FaultPoint.RCPT, f"550 5.1.1 <{quoted}>: no such mailbox here"))
    dunlin.twilio.faults.extend([Fault(FaultKind.SERVER_ERROR), Fault(FaultKind.UNREADABLE)])
    first = person(10, REFERRED, "uk-personal-loan", days_past_due=112, amount="900.00", consumer_id="P-both")
    second = person(10, REFERRED, "uk-personal-loan", days_past_due=3, consumer_id="P-both")
    for registration in (first, second, *(registration for registration, _ in people)):
        await client.open_case(registration)
    await handed_over(dunlin, client, key_of(first), 1)
    for number, (registration, words) in enumerate(people):
        case = key_of(registration)
        await eventually(f"person {number} was contacted", lambda case=case: dunlin.has(case, "contact_made"))  # type: ignore[misc]
        await client.reply(case, Channel.SMS, words, message_id=f"r-{number}")
    await client.hold(key_of(people[1][0]), HoldKind.ATTORNEY, message_id="h-1")
    await dunlin.twilio.receive_sms(
        sender=people[3][0].consumer.contact_points[1].value, to="+15005550006", body=f"{PEOPLE[3][1]}: leave me be"
    )


async def of_temporal(temporal: Client, cases: set[str]) -> dict[str, str]:
    """All that Temporal keeps of the workflows of a test: histories, memos, summaries, attributes."""
    kept = {}
    async for execution in temporal.list_workflows():
        if not any(case in execution.id for case in cases):
            continue
        handle = temporal.get_workflow_handle(execution.id, run_id=execution.run_id)
        history = await handle.fetch_history()
        described = (await handle.describe()).raw_description.SerializeToString()
        content = b"\n".join([described, *(event.SerializeToString() for event in history.events)])
        kept[f"history of {execution.id}"] = content.decode("utf-8", "replace")
    return kept


def of_collector(collector: Collector) -> dict[str, str]:
    return {f"{path} {number}": body.decode("utf-8", "replace") for number, (path, body) in enumerate(collector.bodies)}


@pytest.fixture
async def idle(temporal: Client, database_url: str, tmp_path: Path, rulebook: Rulebook) -> AsyncIterator[World]:
    async with world(temporal, database_url, tmp_path, rulebook, work=False) as whole:
        yield whole


async def test_nobody_of_a_portfolio_is_found_in_temporal_logs_traces_or_metrics(idle: World, tmp_path: Path) -> None:
    door_port, metrics_port = free_port(), free_port()
    logs = {name: tmp_path / f"{name}.log" for name in ("worker", "door")}
    async with listening() as collector:
        environment = environment_of(
            idle,
            DUNLIN_PUBLIC_BASE_URL=f"http://127.0.0.1:{door_port}",
            DUNLIN_OTLP_ENDPOINT=collector.endpoint,
            DUNLIN_METRICS_PORT=str(metrics_port),
        )
        of_the_door = {
            name: environment[name]
            for name in (
                "PATH",
                "DATABASE_URL",
                "DUNLIN_TEMPORAL_ADDRESS",
                "DUNLIN_PUBLIC_BASE_URL",
                "DUNLIN_LOG_LEVEL",
            )
        } | {"DUNLIN_TWILIO_AUTH_TOKEN": AUTH_TOKEN, "DUNLIN_CALLBACK_PORT": str(door_port)}
        async with (
            process(logs["door"], of_the_door, str(Path(sys.executable).with_name("dunlin")), "door"),
            process(logs["worker"], environment, "worker.py"),
        ):
            await eventually("the door is open", lambda: answers(door_port))
            idle.twilio.inbound_url = f"http://127.0.0.1:{door_port}/webhooks/twilio/inbound"
            await live(idle, idle.client(fast_clock(0.5)))
            await idle.twilio.settle()
            metrics = await page(metrics_port)
        cases = await case_ids(idle)
        places = await of_temporal(idle.temporal, cases) | of_collector(collector) | {"metrics": metrics}
        places |= {f"log of the {name}": log.read_text("utf-8") for name, log in logs.items()}

    fragments = fragments_of(await personal_values(idle.database))
    assert {"Quaverley", "欧阳翠翘", "Crowthorne"} <= fragments
    assert len([place for place in places if place.startswith("history")]) > len(PEOPLE)
    assert {path.split()[0] for path in places if path.startswith("/v1")} == {"/v1/traces", "/v1/metrics"}
    assert places["log of the worker"].count("\n") > len(PEOPLE)
    assert leaks(places, fragments) == []


async def answers(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


async def page(port: int) -> str:
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/metrics") as answer:
        return await answer.text()


async def case_ids(dunlin: World) -> set[str]:
    async with dunlin.database.transaction() as session:
        return set((await session.execute(text("SELECT id FROM collection_case"))).scalars())


async def test_a_leak_into_a_history_is_found(dunlin: World) -> None:
    """A careless client uses a surname as an id: the very thing that the portfolio must not show."""
    client = dunlin.client(fast_clock(5))
    registration = person(10, REFERRED, "uk-personal-loan")
    await client.open_case(registration)
    case: CaseKey = key_of(registration)
    await client.recall(case, message_id="asked-for-by-Crowthorne")

    places = await of_temporal(dunlin.temporal, {case.case_id})

    found = leaks(places, fragments_of(await personal_values(dunlin.database)))
    assert {fragment for _, fragment in found} == {"Crowthorne"}


@pytest.mark.parametrize(
    "planted",
    [
        'to "+447700900123" refused',
        "number ends 900123",
        "<Some.One@homes.example.com> rejected",
        "user some.one unknown",
        "CROWTHORNE",
        "deliver to greater wimbleforth",
        '{"name": "\\u6b27\\u9633\\u7fe0\\u7fd8"}',
        "欧阳翠翘",
        "said: beg you leave",
    ],
)
def test_each_kind_of_leak_is_found(planted: str) -> None:
    values = (
        "+447700900123",
        "some.one@homes.example.com",
        "Lysander Crowthorne",
        "1 Nightingale Terrace\nGreater Wimbleforth",
        "欧阳翠翘",
        "I beg you leave me in peace",
    )

    assert leaks({"a log": f"2026-03-02T09:00:00.900123Z {planted}"}, fragments_of(values))


def test_figures_that_happen_to_have_the_digits_are_no_leak() -> None:
    fragments = fragments_of(["+447700900123"])

    assert leaks({"a log": "at 2026-03-02T09:00:00.900123Z took 0.900123 s"}, fragments) == []
