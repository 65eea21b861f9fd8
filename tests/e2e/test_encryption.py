"""With payload keys, Temporal's database has no amount of any case, and the codec server shows them to staff."""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.client import Client

from domain.money import Money
from rulebook.load import Rulebook
from runtime.codec_server import SharedToken, codec_application, serving
from runtime.payload_codec import EncryptingCodec, read_keys
from runtime.settings import ClientSettings
from runtime.temporal import data_converter
from tests.e2e.world import TEMPORAL_BINARY, World, account, fast_clock, key_of, world

KEYS = f"tests:{base64.b64encode(bytes(32)).decode()}"
TOKEN = "a-token-of-the-tests"


@pytest.fixture
async def encrypted(temporal: Client, database_url: str, tmp_path: Path, rulebook: Rulebook) -> AsyncIterator[World]:
    settings = ClientSettings.model_validate({"DATABASE_URL": database_url, "payload_keys": KEYS})
    client = await Client.connect(temporal.service_client.config.target_host, data_converter=data_converter(settings))
    async with world(client, database_url, tmp_path, rulebook) as dunlin:
        yield dunlin


async def test_a_case_lives_as_ever_and_nothing_that_temporal_keeps_says_an_amount(encrypted: World) -> None:
    client = encrypted.client(fast_clock(20))
    registration = account(amount="7391.55")
    await client.open_case(registration)
    case = key_of(registration)

    result = await client.pay(case, Money.parse("7300.00", "GBP"), payment="p-1")
    assert result.outstanding == Money.parse("91.55", "GBP")

    handle = encrypted.workflow(case)
    kept = b"".join(event.SerializeToString() for event in (await handle.fetch_history()).events)
    kept += (await handle.describe()).raw_description.SerializeToString()
    assert b"payment_received" in kept, "names of messages are not encrypted"
    assert [text for text in (b"7391", b"7300", b"91.55", b"739155", b"9155") if text in kept] == []
    assert b"DunlinOutstanding" not in kept


async def test_the_command_line_of_temporal_reads_it_through_the_codec_server(encrypted: World) -> None:
    registration = account(amount="7391.55")
    await encrypted.client(fast_clock(20)).open_case(registration)
    case = key_of(registration)
    await encrypted.client().pay(case, Money.parse("7300.00", "GBP"), payment="p-1")
    application = codec_application(EncryptingCodec(read_keys(KEYS)), SharedToken(TOKEN), "http://localhost")

    async with serving(application, "127.0.0.1", 0) as port:
        process = await asyncio.create_subprocess_exec(
            str(TEMPORAL_BINARY),
            *("workflow", "show", "--workflow-id", case.workflow_id, "--output", "json"),
            *("--address", encrypted.settings.temporal_address),
            *("--codec-endpoint", f"http://127.0.0.1:{port}", "--codec-auth", f"Bearer {TOKEN}"),
            stdout=asyncio.subprocess.PIPE,
        )
        shown, _ = await process.communicate()

    assert process.returncode == 0
    texts = [base64.b64decode(data) for data in re.findall(rb'"data": "([^"]+)"', shown)]
    assert any(b"7300.00" in text for text in texts)
