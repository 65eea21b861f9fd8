"""The mail that every system sends: the text of a real reminder of Dunlin's, with the account filled in."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path
from typing import ClassVar, Self

DOMAIN = "borrowers.example.com"


def address_of(account: str) -> str:
    """Where an account's borrower is written to: the mail sink tells accounts apart by it."""
    return f"{account}@{DOMAIN}"


def account_name(number: int) -> str:
    """The same names in every system."""
    return f"account-{number:05}"


@dataclass(frozen=True, slots=True)
class Reminder:
    """A mail with MARK where the account goes. `size_bytes` is that of the mail that it was taken from."""

    MARK: ClassVar[str] = "{account}"

    subject: str
    text: str
    html: str
    size_bytes: int

    @classmethod
    def of(cls, mail: EmailMessage, account: str, size_bytes: int) -> Self:
        """The reminder that this mail is for any account. Raises ValueError for a mail without both text and HTML."""
        text, html = mail.get_body(("plain",)), mail.get_body(("html",))
        if text is None or html is None:
            raise ValueError("a reminder has a text and an HTML part, and this mail lacks one")
        parts = (str(mail["Subject"]), str(text.get_content()), str(html.get_content()))
        subject, plain, page = (part.replace(account, cls.MARK) for part in parts)
        return cls(subject, plain, page, size_bytes)

    @classmethod
    def load(cls, path: Path) -> Self:
        return cls(**json.loads(path.read_text(encoding="utf-8")))

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")

    def message(self, account: str) -> EmailMessage:
        """The mail to one account's borrower."""
        mail = EmailMessage()
        mail["From"] = "collections@lender.example"
        mail["To"] = address_of(account)
        mail["Subject"] = self.subject.replace(self.MARK, account)
        mail["Message-ID"] = make_msgid(domain="lender.example")
        mail.set_content(self.text.replace(self.MARK, account))
        mail.add_alternative(self.html.replace(self.MARK, account), subtype="html")
        return mail
