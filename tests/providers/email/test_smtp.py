"""E-mails through a real mail server, and what each of its faults means for sending again."""

from __future__ import annotations

import asyncio
import socket
import ssl
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme

from domain.names import Channel
from providers.base import FinalProviderError, ProviderError, RetryableProviderError, UncertainProviderError
from providers.email.connections import MailServer
from providers.email.message import Attachment, Mail, Sender
from providers.email.smtp import SmtpEmailProvider, SmtpSettings
from providers.webhooks import sealed
from runtime.smtp_sink import Fault, FaultPoint, SmtpSink
from tests.providers.builders import RECIPIENTS, chain_of, error_of, outgoing
from tests.providers.conftest import LINK_SECRET, SENDER

SINCE = datetime(2026, 11, 23, tzinfo=UTC)


async def test_a_mail_arrives_with_text_html_and_the_means_to_stop(sink: SmtpSink, email: SmtpEmailProvider) -> None:
    receipt = await email.send(outgoing(Channel.EMAIL, text="请还款 250.00。", subject="您的账户"))

    (mail,) = sink.mails
    assert (mail.sender, mail.recipient) == (SENDER.address, RECIPIENTS[Channel.EMAIL])
    assert mail.message["Subject"] == "您的账户"
    assert mail.message["Message-ID"] == "<claim-1@lender.example>" == receipt.provider_id
    assert str(mail.message["List-Unsubscribe"]).strip() == (  # so long that it begins on a line of its own
        f"<https://dunlin.example/webhooks/email/unsubscribe/{sealed('claim-1', LINK_SECRET)}>, "
        "<mailto:help@lender.example?subject=stop%20claim-1>"
    )
    assert mail.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    body = mail.message.get_body(("plain",))
    assert body is not None
    assert body.get_content().strip() == "请还款 250.00。"


@pytest.mark.parametrize(
    "where", [(None, LINK_SECRET), ("http://dunlin.example", LINK_SECRET), ("https://dunlin.example", None)]
)
async def test_without_https_and_a_secret_there_is_no_link_that_anybody_could_make_up(
    sink: SmtpSink, where: tuple[str | None, str | None]
) -> None:
    email = SmtpEmailProvider(SmtpSettings(MailServer("127.0.0.1", sink.port, starttls=False), SENDER, *where))

    await email.send(outgoing(Channel.EMAIL))
    await email.close()

    assert sink.mails[0].message["List-Unsubscribe"] == "<mailto:help@lender.example?subject=stop%20claim-1>"


async def test_lines_that_begin_with_a_dot_arrive_unharmed(sink: SmtpSink, email: SmtpEmailProvider) -> None:
    text = ".\n..\n.hidden\n.\n\nend"

    await email.send(outgoing(Channel.EMAIL, text=text, html=""))

    body = sink.mails[0].message.get_body(("plain",))
    assert body is not None
    assert body.get_content().replace("\r\n", "\n").strip("\n") == text


async def test_attachments_go_to_counsel_without_unsubscribing(sink: SmtpSink, email: SmtpEmailProvider) -> None:
    pdf = Attachment("statement.pdf", "application/pdf", bytes(range(256)) * 2000)

    await email.send_mail(Mail("ref-1", "legal@example.com", "Referral", "Attached.", attachments=(pdf,)))

    message = sink.mails[0].message
    (attached,) = message.iter_attachments()
    assert attached.get_payload(decode=True) == pdf.content
    assert "List-Unsubscribe" not in message


async def test_many_mails_share_a_few_connections(sink: SmtpSink, email: SmtpEmailProvider) -> None:
    await asyncio.gather(*(email.send(outgoing(Channel.EMAIL, reference=f"claim-{n}")) for n in range(40)))

    assert len(sink.mails) == 40
    assert len({mail.message["Message-ID"] for mail in sink.mails}) == 40
    assert sink.connections_made == email.sends_at_once


async def test_a_connection_that_was_dropped_while_idle_is_replaced(sink: SmtpSink, email: SmtpEmailProvider) -> None:
    await email.send(outgoing(Channel.EMAIL, reference="before"))
    sink.drop_connections()

    await email.send(outgoing(Channel.EMAIL, reference="after"))

    assert [mail.message["Message-ID"] for mail in sink.mails] == ["<before@lender.example>", "<after@lender.example>"]
    assert sink.connections_made == 2


@pytest.mark.parametrize("reply", [None, "421 4.3.2 closing, idle for too long"])
async def test_a_server_that_ends_an_idle_connection_at_the_next_mail_gets_it_on_a_new_one(
    sink: SmtpSink, email: SmtpEmailProvider, reply: str | None
) -> None:
    await email.send(outgoing(Channel.EMAIL, reference="before"))
    sink.faults.append(Fault(FaultPoint.MAIL, reply))

    await email.send(outgoing(Channel.EMAIL, reference="after"))

    assert len(sink.mails) == 2


async def test_a_connection_is_not_used_after_it_was_idle_for_too_long(sink: SmtpSink) -> None:
    server = MailServer("127.0.0.1", sink.port, starttls=False, idle_s_max=0.0)
    email = SmtpEmailProvider(SmtpSettings(server, SENDER))

    await email.send(outgoing(Channel.EMAIL, reference="claim-1"))
    await email.send(outgoing(Channel.EMAIL, reference="claim-2"))
    await email.close()

    assert sink.connections_made == 2


@pytest.mark.parametrize(
    ("fault", "kind", "code", "is_kept"),
    [
        (Fault(FaultPoint.MAIL, "451 4.3.0 later"), RetryableProviderError, "451 4.3.0", False),
        (Fault(FaultPoint.MAIL, None), RetryableProviderError, "connection_lost", False),
        (Fault(FaultPoint.RCPT, "450 4.2.1 greylisted"), RetryableProviderError, "450 4.2.1", False),
        (Fault(FaultPoint.RCPT, None), RetryableProviderError, "connection_lost", False),
        (Fault(FaultPoint.RCPT, "421 4.7.0 too many"), RetryableProviderError, "421 4.7.0", False),
        (Fault(FaultPoint.RCPT, "550 5.1.1 unknown"), FinalProviderError, "550 5.1.1", False),
        (Fault(FaultPoint.BEFORE_TAKING, "451 4.3.0 later"), RetryableProviderError, "451 4.3.0", False),
        (Fault(FaultPoint.BEFORE_TAKING, "554 5.7.1 spam"), FinalProviderError, "554 5.7.1", False),
        (Fault(FaultPoint.BEFORE_TAKING, None), UncertainProviderError, "connection_lost", False),
        (Fault(FaultPoint.AFTER_TAKING, None), UncertainProviderError, "connection_lost", True),
        (Fault(FaultPoint.AFTER_TAKING, "what?"), UncertainProviderError, "unreadable_reply", True),
        (Fault(FaultPoint.AFTER_TAKING, "354 go on"), UncertainProviderError, "unexpected_reply 354", True),
    ],
)
async def test_each_fault_says_whether_sending_again_is_safe(
    sink: SmtpSink, email: SmtpEmailProvider, fault: Fault, kind: type[ProviderError], code: str, is_kept: bool
) -> None:
    sink.faults.append(fault)

    error = await error_of(email.send(outgoing(Channel.EMAIL)))

    assert (type(error), error.code) == (kind, code)
    assert bool(sink.mails) == is_kept
    assert RECIPIENTS[Channel.EMAIL] not in chain_of(error)


async def test_after_a_refusal_the_next_mail_goes_through(sink: SmtpSink, email: SmtpEmailProvider) -> None:
    sink.faults.append(Fault(FaultPoint.RCPT, "550 5.1.1 unknown"))

    await error_of(email.send(outgoing(Channel.EMAIL, reference="refused")))
    await email.send(outgoing(Channel.EMAIL, reference="taken"))

    assert [mail.message["Message-ID"] for mail in sink.mails] == ["<taken@lender.example>"]


async def test_a_server_that_says_nothing_after_the_content_leaves_it_uncertain(sink: SmtpSink) -> None:
    sink.reply_delay_s = 5.0
    server = MailServer("127.0.0.1", sink.port, starttls=False, timeout_s=0.1)
    email = SmtpEmailProvider(SmtpSettings(server, SENDER))

    error = await error_of(email.send(outgoing(Channel.EMAIL)))

    assert (type(error), error.code) == (UncertainProviderError, "timeout")


async def test_a_server_that_is_slow_at_each_step_is_given_up_as_a_whole() -> None:
    async def drowse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 ready\r\n")
        while await reader.readline():
            await asyncio.sleep(0.2)
            writer.write(b"250 in a while\r\n")
        writer.close()

    drowsy = await asyncio.start_server(drowse, "127.0.0.1", 0)
    async with drowsy:
        server = MailServer("127.0.0.1", drowsy.sockets[0].getsockname()[1], starttls=False, timeout_s=0.5)
        error = await error_of(SmtpEmailProvider(SmtpSettings(server, SENDER)).send(outgoing(Channel.EMAIL)))

    assert (type(error), error.code) == (RetryableProviderError, "timeout")


async def test_a_server_that_cannot_be_reached_can_be_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    email = SmtpEmailProvider(SmtpSettings(MailServer("127.0.0.1", port, starttls=False), SENDER))

    error = await error_of(email.send(outgoing(Channel.EMAIL)))

    assert (type(error), error.code) == (RetryableProviderError, "connect_failed")


async def test_a_server_that_never_greets_can_be_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        server = MailServer("127.0.0.1", silent.getsockname()[1], starttls=False, timeout_s=0.1)
        error = await error_of(SmtpEmailProvider(SmtpSettings(server, SENDER)).send(outgoing(Channel.EMAIL)))

    assert (type(error), error.code) == (RetryableProviderError, "timeout")


async def test_a_malformed_address_is_refused_before_a_connection_is_made(
    sink: SmtpSink, email: SmtpEmailProvider
) -> None:
    error = await error_of(email.send(outgoing(Channel.EMAIL, to="nobody at example.com")))

    assert isinstance(error, FinalProviderError)
    assert error.unusable
    assert sink.connections_made == 0


async def test_a_cancelled_mail_leaves_no_half_used_connection_behind(sink: SmtpSink, email: SmtpEmailProvider) -> None:
    sink.reply_delay_s = 5.0
    sending = asyncio.create_task(email.send(outgoing(Channel.EMAIL, reference="cancelled")))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(sending, timeout=0.1)
    sink.reply_delay_s = 0.0

    await email.send(outgoing(Channel.EMAIL, reference="next"))

    assert sink.connections_made == 2
    assert sink.mails[-1].message["Message-ID"] == "<next@lender.example>"


async def test_a_mail_server_cannot_be_asked_what_it_took(email: SmtpEmailProvider) -> None:
    error = await error_of(email.find(outgoing(Channel.EMAIL), SINCE))

    assert (type(error), error.code) == (UncertainProviderError, "cannot_be_asked")


def test_settings_refuse_a_sender_that_is_not_a_plain_address() -> None:
    with pytest.raises(ValueError, match="write it like collections@example"):
        SmtpSettings(MailServer("127.0.0.1", 25), Sender("Example <collections@lender.example>"))


def test_settings_do_not_show_the_password() -> None:
    server = MailServer("mail.example.com", 587, username="dunlin", password="hidden-word")

    assert "hidden-word" not in repr(SmtpSettings(server, SENDER))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost with its key and, to trust it by, its authority, in one file."""
    authority = trustme.CA()
    issued = authority.issue_cert("localhost")
    both = tmp_path_factory.mktemp("certificate") / "both.pem"
    issued.private_key_and_cert_chain_pem.write_to_path(both)
    authority.cert_pem.write_to_path(both, append=True)
    return both


def guarded_sink(certificate: Path) -> SmtpSink:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    return SmtpSink(tls=tls, credentials=("dunlin", "right"))


async def test_mail_goes_by_starttls_and_auth(certificate: Path) -> None:
    async with guarded_sink(certificate) as sink:
        server = MailServer("localhost", sink.port, username="dunlin", password="right", ca_file=certificate)
        email = SmtpEmailProvider(SmtpSettings(server, SENDER))
        for number in range(3):
            await email.send(outgoing(Channel.EMAIL, reference=f"claim-{number}"))
        await email.close()

        assert len(sink.mails) == 3
        assert sink.connections_made == 1


async def test_wrong_credentials_are_ours_to_mend_and_lose_no_mail(certificate: Path) -> None:
    async with guarded_sink(certificate) as sink:
        server = MailServer("localhost", sink.port, username="dunlin", password="wrong", ca_file=certificate)
        error = await error_of(SmtpEmailProvider(SmtpSettings(server, SENDER)).send(outgoing(Channel.EMAIL)))

    assert (type(error), error.code) == (RetryableProviderError, "535 5.7.8")


async def test_a_server_that_nobody_vouches_for_gets_nothing(certificate: Path) -> None:
    async with guarded_sink(certificate) as sink:
        server = MailServer("localhost", sink.port, username="dunlin", password="right")
        error = await error_of(SmtpEmailProvider(SmtpSettings(server, SENDER)).send(outgoing(Channel.EMAIL)))

        assert (type(error), error.code) == (RetryableProviderError, "tls_failed")
        assert not sink.mails


async def test_a_server_without_starttls_gets_nothing_when_it_is_required(sink: SmtpSink) -> None:
    email = SmtpEmailProvider(SmtpSettings(MailServer("127.0.0.1", sink.port), SENDER))

    error = await error_of(email.send(outgoing(Channel.EMAIL)))

    assert (type(error), error.code) == (RetryableProviderError, "starttls_or_auth_not_offered")
    assert not sink.mails
