"""Headers that nothing can be smuggled into, and bodies that arrive as they were written."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from providers.base import FinalProviderError
from providers.email.message import Attachment, Mail, Sender, mailbox_of, message_id, wire_bytes

SENDER = Sender("collections@lender.example", "Example Collections", "help@lender.example")
SENT_AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
HEADERS = {
    "MIME-Version",
    "Content-Type",
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "List-Unsubscribe",
}

anything = st.text(st.characters(exclude_categories=())) | st.text("\r\n\x0b\x0c\x1c\x85\u2028 :=?.ab<>@,\x00")


def a_mail(**changes: object) -> Mail:
    mail = {
        "reference": "claim-1",
        "to": "borrower@example.com",
        "subject": "Your account",
        "text": "Please pay.",
        "html": "<p>Please pay.</p>",
        "unsubscribe": ("mailto:help@lender.example?subject=stop",),
    }
    return Mail(**(mail | changes))  # type: ignore[arg-type]


def on_the_wire(mail: Mail) -> bytes:
    return wire_bytes(mail, mail.to, SENDER, SENT_AT)


def parsed(mail: Mail) -> EmailMessage:
    return message_from_bytes(on_the_wire(mail), policy=policy.SMTP)


def text_of(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    content = part.get_content()
    assert isinstance(content, str)
    return content


@given(subject=anything, reference=anything, name=anything)
@example(subject="a\r\nBcc: other@example.com", reference="x", name="y")
@example(subject="=?utf-8?q?a=0D=0ABcc:_other@example.com?=", reference="x", name="=?utf-8?q?b=0ACc:_c@example.com?=")
@example(subject="\ud800", reference="\ud800", name="\ud800")
@example(subject="a\u2028b", reference="r>\r\nBcc: other@example.com", name='"\r\nBcc: other@example.com')
def test_no_subject_reference_or_name_adds_or_changes_a_header(subject: str, reference: str, name: str) -> None:
    sender = Sender(SENDER.address, name, SENDER.reply_to)
    mail = a_mail(subject=subject, reference=reference)

    wire = wire_bytes(mail, mail.to, sender, SENT_AT)

    head = wire.split(b"\r\n\r\n")[0]
    fields = re.split(rb"\r\n(?![ \t])", head)
    assert {field.split(b":")[0].decode() for field in fields} == HEADERS
    assert len(fields) == len(HEADERS)
    assert b"\n" not in wire.replace(b"\r\n", b"")
    assert b"\r" not in wire.replace(b"\r\n", b"")


@given(subject=st.text(st.characters(exclude_categories=("C", "Z"))))
@example(subject="=?utf-8?q?not_an_encoded_word?=")
@example(subject="逾期提醒" * 40)
def test_a_subject_arrives_as_it_was_written(subject: str) -> None:
    message = message_from_bytes(on_the_wire(a_mail(subject=subject)))

    assert str(make_header(decode_header(message["Subject"]))) == subject


@given(text=anything, html=anything.filter(bool))
@example(text=".\n..\nFrom a friend\n" + "x" * 2000, html="." * 1200)
@example(text="尊敬的客户：\n请还款。", html="<p>尊敬的客户</p>")
def test_a_body_arrives_as_it_was_written_but_for_control_characters(text: str, html: str) -> None:
    message = parsed(a_mail(text=text, html=html))

    def normal(body: str) -> str:
        lines = re.sub(r"\r\n|\r|\n", "\n", body)
        return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]", "", lines).rstrip("\n")

    assert text_of(message, "plain").replace("\r\n", "\n").rstrip("\n") == normal(text)
    assert text_of(message, "html").replace("\r\n", "\n").rstrip("\n") == normal(html)


@given(text=anything, html=anything)
def test_a_mail_is_plain_ascii_in_lines_that_smtp_allows(text: str, html: str) -> None:
    wire = on_the_wire(a_mail(text=text, html=html))

    assert wire.isascii()
    assert max(map(len, wire.split(b"\r\n"))) <= 998


def test_a_mail_says_who_sent_it_when_and_that_a_machine_did() -> None:
    message = parsed(a_mail())

    assert message["From"] == "Example Collections <collections@lender.example>"
    assert message["Reply-To"] == "help@lender.example"
    assert message["Date"] == "Mon, 23 Nov 2026 09:30:00 +0000"
    assert message["Auto-Submitted"] == "auto-generated"


def test_text_comes_before_html_so_that_mail_programs_prefer_html() -> None:
    message = parsed(a_mail())

    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


def test_one_click_unsubscribing_is_offered_by_https_alone() -> None:
    by_https = parsed(a_mail(unsubscribe=("https://dunlin.example/stop/1", "mailto:help@lender.example")))
    by_mail = parsed(a_mail(unsubscribe=("mailto:help@lender.example",)))

    assert by_https["List-Unsubscribe"] == "<https://dunlin.example/stop/1>, <mailto:help@lender.example>"
    assert by_https["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert by_mail["List-Unsubscribe"] == "<mailto:help@lender.example>"
    assert "List-Unsubscribe-Post" not in by_mail


def test_attachments_arrive_byte_for_byte() -> None:
    files = (
        Attachment("statement.pdf", "application/pdf", bytes(range(256)) * 20),
        Attachment("journal.json", "application/json", '{"a": "二"}'.encode()),
    )

    message = parsed(a_mail(html="", attachments=files, unsubscribe=()))

    arrived = [
        Attachment(part.get_filename() or "", part.get_content_type(), part.get_payload(decode=True))  # type: ignore[arg-type]
        for part in message.iter_attachments()
    ]
    assert tuple(arrived) == files
    assert "List-Unsubscribe" not in message


@given(reference=anything.filter(bool), other=anything.filter(bool))
@example(reference="\ud800", other=r"\ud800")
def test_each_reference_has_a_message_id_of_its_own_that_never_changes(reference: str, other: str) -> None:
    assert message_id(reference, SENDER) == message_id(reference, SENDER)
    assert (message_id(reference, SENDER) == message_id(other, SENDER)) == (reference == other)
    assert re.fullmatch(r"<[A-Za-z0-9%._~-]+@lender\.example>", message_id(reference, SENDER))


@pytest.mark.parametrize(
    ("address", "mailbox"),
    [
        ("borrower@example.com", "borrower@example.com"),
        (" first.last+tag@sub.example.com\n", "first.last+tag@sub.example.com"),
        ("info@bücher.example", "info@xn--bcher-kva.example"),
        ("a@localhost", "a@localhost"),
    ],
)
def test_a_good_address_becomes_an_ascii_mailbox(address: str, mailbox: str) -> None:
    assert mailbox_of(address) == mailbox


@given(
    address=st.sampled_from(
        [
            *("", "@", "a", "a@", "@b", "a b@example.com", "a@exa mple.com", "a@-b.example", "a@b..example"),
            *("李@example.com", "a@example.com\r\nRCPT TO:<b@example.com>", "a@example.com> <b@example.com"),
            *('"a"@example.com', "a@[127.1]", "a,b@example.com", "a@b@example.com"),
            *("x" * 65 + "@example.com", "a@" + "b." * 130 + "example"),
        ]
    )
    | st.text().filter(lambda text: "@" not in text)
)
def test_a_malformed_address_is_refused_for_good_and_not_repeated_in_the_error(address: str) -> None:
    with pytest.raises(FinalProviderError) as refused:
        mailbox_of(address)

    assert refused.value.unusable
    assert str(refused.value) == "email provider: malformed_address"
