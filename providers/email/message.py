"""What one e-mail looks like on the wire: a few headers that nothing can be smuggled into, and MIME parts.

The standard library's older MIME classes are used on purpose. The newer `EmailMessage` takes a header apart and puts it
together again, which costs three times the CPU, and through which an encoded word in a subject could become a line
break (CVE-2024-6923). Here each header's value is made once: checked if it is ours, encoded if it is text.
"""

from __future__ import annotations

import re
from base64 import encodebytes
from binascii import b2a_qp
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.generator import BytesGenerator
from email.header import Header
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.utils import format_datetime, formataddr
from io import BytesIO
from urllib.parse import quote

from domain.names import Channel
from providers.base import FinalProviderError

# The HTML standard's definition of a valid e-mail address: narrower than RFC 5322, and without its comments and quotes.
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_MAILBOX = re.compile(rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_LABEL}(?:\.{_LABEL})*", re.ASCII)
MAILBOX_CHARACTERS_MAX = 254
LINE_CHARACTERS_MAX = 78

_PLAIN_SUBJECT = re.compile(r"[\x20-\x7e]{1,200}", re.ASCII)
_NOT_TEXT = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\s]+")
_NOT_IN_A_BODY = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_LINE_BREAK = re.compile(r"\r\n|\r|\n")

# RFC 2045 section 6.7: "=_" can never be in a quoted-printable body, and base64 has no "_" at all.
_BOUNDARY_OF_TEXTS = "=_texts"
_BOUNDARY_OF_FILES = "=_files"


class _Wire(policy.Compat32):
    """A header that fits on a line needs no folding, which is half of the work of making a mail."""

    def fold_binary(self, name: str, value: str) -> bytes:
        line = f"{name}: {value}"
        if len(line) <= LINE_CHARACTERS_MAX and line.isascii() and line.isprintable():
            return f"{line}\r\n".encode("ascii")
        return super().fold_binary(name, value)


_WIRE = _Wire(linesep="\r\n", max_line_length=LINE_CHARACTERS_MAX)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with an e-mail. `media_type` is like "application/pdf"; the name is plain ASCII."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Sender:
    """Whom e-mails come from. The domain of `address` also ends each Message-ID."""

    address: str
    name: str = ""
    reply_to: str | None = None


@dataclass(frozen=True, slots=True)
class Mail:
    """One e-mail, to one mailbox. `unsubscribe` holds the URIs that stop such messages."""

    reference: str
    to: str
    subject: str
    text: str
    html: str = ""
    attachments: tuple[Attachment, ...] = ()
    unsubscribe: tuple[str, ...] = ()


def mailbox_of(address: str) -> str:
    """The address in the ASCII form that SMTP takes, its domain in punycode.

    Raises FinalProviderError, marked unusable, when no mail server could take it: that it is malformed won't change.
    """
    local, _, domain = address.strip().rpartition("@")
    try:
        mailbox = f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        mailbox = ""
    if len(mailbox) > MAILBOX_CHARACTERS_MAX or not _MAILBOX.fullmatch(mailbox):
        raise FinalProviderError(Channel.EMAIL, "malformed_address", unusable=True)
    return mailbox


def message_id(reference: str, sender: Sender) -> str:
    """The Message-ID of a reference: the same on every retry, so that whoever gets a mail twice can tell."""
    return f"<{quote(reference, safe='', errors='surrogatepass')}@{sender.address.rpartition('@')[2]}>"


def wire_bytes(mail: Mail, recipient: str, sender: Sender, date: datetime) -> bytes:
    """The mail as it is transmitted: ASCII, CRLF line ends, dots not yet doubled.

    `recipient` is the mail's `to` as `mailbox_of` returned it; `date` is the aware instant of sending.
    """
    root = _body(mail)
    root["From"] = formataddr((_one_line(sender.name), sender.address))
    root["To"] = recipient
    if sender.reply_to:
        root["Reply-To"] = sender.reply_to
    root["Subject"] = _subject(mail.subject)
    root["Date"] = format_datetime(date)
    root["Message-ID"] = message_id(mail.reference, sender)
    root["Auto-Submitted"] = "auto-generated"
    _say_how_to_unsubscribe(root, mail.unsubscribe)
    wire = BytesIO()
    BytesGenerator(wire, mangle_from_=False, policy=_WIRE).flatten(root)
    return wire.getvalue()


def _say_how_to_unsubscribe(root: MIMENonMultipart | MIMEMultipart, uris: tuple[str, ...]) -> None:
    if uris:
        root["List-Unsubscribe"] = ", ".join(f"<{uri}>" for uri in uris)
    if any(uri.startswith("https:") for uri in uris):
        root["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058 allows it for https alone


def _body(mail: Mail) -> MIMENonMultipart | MIMEMultipart:
    texts: MIMENonMultipart | MIMEMultipart = _text_part("plain", mail.text)
    if mail.html:
        # RFC 2046 section 5.1.4: in order of increasing preference.
        texts = MIMEMultipart(
            "alternative", boundary=_BOUNDARY_OF_TEXTS, _subparts=[texts, _text_part("html", mail.html)]
        )
    if not mail.attachments:
        return texts
    return MIMEMultipart("mixed", boundary=_BOUNDARY_OF_FILES, _subparts=[texts, *map(_file_part, mail.attachments)])


def _text_part(subtype: str, text: str) -> MIMENonMultipart:
    clean = _NOT_IN_A_BODY.sub("", _LINE_BREAK.sub("\n", text))
    raw = clean.encode("utf-8")
    part = MIMENonMultipart("text", subtype, charset="utf-8")
    # Quoted-printable stays readable in a log of the wire, but takes three bytes for each that is not ASCII.
    if len(clean) * 4 >= len(raw) * 3:
        part["Content-Transfer-Encoding"] = "quoted-printable"
        part.set_payload(b2a_qp(raw, istext=True).decode("ascii"))
    else:
        part["Content-Transfer-Encoding"] = "base64"
        part.set_payload(encodebytes(raw).decode("ascii"))
    return part


def _file_part(attachment: Attachment) -> MIMENonMultipart:
    main_type, _, subtype = attachment.media_type.partition("/")
    part = MIMENonMultipart(main_type, subtype, name=attachment.name)
    part["Content-Transfer-Encoding"] = "base64"
    part.add_header("Content-Disposition", "attachment", filename=attachment.name)
    part.set_payload(encodebytes(attachment.content).decode("ascii"))
    return part


def _subject(text: str) -> str:
    subject = _one_line(text)
    if _PLAIN_SUBJECT.fullmatch(subject) and "=?" not in subject:
        return subject
    return Header(subject, "utf-8", header_name="Subject").encode(linesep="")  # the generator folds it


def _one_line(text: str) -> str:
    """Text for a header: each run of white space and control characters becomes one space."""
    return _NOT_TEXT.sub(" ", text).strip()
