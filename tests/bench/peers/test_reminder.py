"""All systems send one mail: the text that Dunlin sent, to another account."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest

from bench.peers.first_mail import save_reminder
from bench.peers.reminder import Reminder, account_name, address_of


def a_mail(account: str) -> EmailMessage:
    mail = EmailMessage()
    mail["To"] = address_of(account)
    mail["Subject"] = f"Your account {account}"
    mail.set_content(f"The account {account} is late.\n")
    mail.add_alternative(f"<p>The account {account} is late.</p>\n", subtype="html")
    return mail


def test_a_reminder_taken_from_one_mail_is_the_same_mail_to_another_account(tmp_path: Path) -> None:
    first, other = account_name(0), account_name(7)
    (tmp_path / "1-1.eml").write_bytes(a_mail(first).as_bytes())
    save_reminder(tmp_path, tmp_path / "reminder.json")

    sent, expected = Reminder.load(tmp_path / "reminder.json").message(other), a_mail(other)

    assert (sent["To"], sent["Subject"]) == (expected["To"], expected["Subject"])
    for part in ("plain", "html"):
        body, wanted = sent.get_body((part,)), expected.get_body((part,))
        assert body is not None and wanted is not None
        assert body.get_content() == wanted.get_content()


def test_a_mail_without_an_html_part_is_no_reminder() -> None:
    mail = EmailMessage()
    mail.set_content("Please pay.")

    with pytest.raises(ValueError, match="HTML"):
        Reminder.of(mail, account_name(0), 100)
