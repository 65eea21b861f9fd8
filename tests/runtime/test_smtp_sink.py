"""The mail sink, spoken to by the standard library's own SMTP client."""

from __future__ import annotations

import asyncio
import json
import signal
import smtplib
import subprocess
import sys
from contextlib import suppress
from datetime import datetime
from email import message_from_bytes
from pathlib import Path

import pytest

from runtime.smtp_sink import Fault, FaultPoint, SmtpSink

MESSAGE = "Subject: Hello\r\n\r\n.first line\r\nsecond line\r\n"


def send(port: int) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
        client.sendmail("from@example.com", ["to@example.com"], MESSAGE)


async def test_it_keeps_what_it_took(tmp_path: Path) -> None:
    async with SmtpSink(folder=tmp_path / "mails") as sink:
        await asyncio.to_thread(send, sink.port)

    (mail,) = sink.mails
    assert (mail.sender, mail.recipient) == ("from@example.com", "to@example.com")
    assert mail.content.decode() == MESSAGE
    (file,) = (tmp_path / "mails").iterdir()
    assert file.suffix == ".eml"
    assert message_from_bytes(file.read_bytes())["Subject"] == "Hello"


async def test_each_fault_strikes_once_and_in_order() -> None:
    async with SmtpSink() as sink:
        sink.faults.extend(
            [Fault(FaultPoint.RCPT, "550 5.1.1 unknown"), Fault(FaultPoint.BEFORE_TAKING, "451 4.3.0 later")]
        )

        with pytest.raises(smtplib.SMTPRecipientsRefused):
            await asyncio.to_thread(send, sink.port)
        with pytest.raises(smtplib.SMTPDataError):
            await asyncio.to_thread(send, sink.port)
        await asyncio.to_thread(send, sink.port)

    assert len(sink.mails) == 1


async def test_its_journal_has_what_it_took_and_what_went_wrong(tmp_path: Path) -> None:
    journal = tmp_path / "journal.jsonl"
    async with SmtpSink(journal=journal) as sink:
        refused, late = Fault(FaultPoint.MAIL, "450 4.2.0 busy"), Fault(FaultPoint.AFTER_TAKING, "250 2.0.0 taken", 0.1)
        sink.faults.extend([refused, late])

        with pytest.raises(smtplib.SMTPSenderRefused):
            await asyncio.to_thread(send, sink.port)
        await asyncio.to_thread(send, sink.port)

    assert sink.struck == [refused, late]
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    assert [line["kind"] for line in lines] == ["fault", "fault", "mail"]
    assert lines[2]["recipient"] == "to@example.com"
    assert datetime.fromisoformat(lines[2]["at"]).tzinfo is not None


async def test_it_can_go_away_and_come_back_to_the_same_port() -> None:
    async with SmtpSink() as sink:
        port = sink.port
        await sink.stop()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.to_thread(send, port)
        await sink.start()
        await asyncio.to_thread(send, port)

    assert len(sink.mails) == 1


async def test_a_mail_is_kept_when_only_the_answer_is_lost() -> None:
    async with SmtpSink() as sink:
        sink.faults.append(Fault(FaultPoint.AFTER_TAKING, None))

        with pytest.raises(smtplib.SMTPServerDisconnected):
            await asyncio.to_thread(send, sink.port)

    assert len(sink.mails) == 1


async def test_stopping_ends_open_connections() -> None:
    sink = SmtpSink()
    await sink.start()
    reader, writer = await asyncio.open_connection("127.0.0.1", sink.port)
    assert (await reader.readline()).startswith(b"220 ")

    await sink.stop()

    with suppress(ConnectionResetError):  # whether as a reset or as an orderly end, it ends
        assert await reader.readline() == b""
    writer.close()


async def test_a_port_that_is_taken_is_an_error() -> None:
    async with SmtpSink() as sink:
        with pytest.raises(OSError, match="address already in use"):
            await SmtpSink(port=sink.port).start()


def test_as_a_process_it_says_its_port_and_stops_on_sigterm(tmp_path: Path) -> None:
    with subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-m", "runtime.smtp_sink", "--folder", str(tmp_path)], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        send(json.loads(process.stdout.readline())["port"])
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0

    assert len(list(tmp_path.glob("*.eml"))) == 1
