"""Takes what the peers send from a mail that Dunlin has sent."""

from __future__ import annotations

from email import message_from_bytes, policy
from pathlib import Path

from bench.peers.reminder import Reminder
from bench.peers.tally import read_mails


def save_reminder(mails: Path, target: Path) -> None:
    """Save the text of one of these mails, with its account left open."""
    account = read_mails(mails)[0].address.partition("@")[0]
    for path in mails.glob("*.eml"):
        content = path.read_bytes()
        mail = message_from_bytes(content, policy=policy.SMTP)
        if account in str(mail["To"]):
            Reminder.of(mail, account, len(content)).save(target)
            return
