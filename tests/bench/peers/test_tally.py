"""What a system lost or doubled is counted from the sink's files alone."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.peers.reminder import account_name, address_of
from bench.peers.tally import Received, Tally, count_mails, read_mails, tally
from runtime.smtp_sink import SmtpSink, StoredMail

ADDRESSES = [address_of(account_name(number)) for number in range(4)]


def received(*numbers: int) -> list[Received]:
    return [Received(address_of(account_name(number)), float(at), 100) for at, number in enumerate(numbers)]


def a_mail(to: str | None) -> bytes:
    mail = EmailMessage()
    if to is not None:
        mail["To"] = to
    mail.set_content("Please pay.")
    return mail.as_bytes()


def test_one_mail_to_each_account_is_nothing_lost_and_nothing_doubled() -> None:
    expected = Tally(wanted=4, mails=4, missing=0, doubled=0, unknown=0)

    assert tally(ADDRESSES, received(3, 0, 2, 1)) == expected


def test_an_account_without_a_mail_is_missing_even_when_another_has_two() -> None:
    expected = Tally(wanted=4, mails=4, missing=1, doubled=1, unknown=0)

    assert tally(ADDRESSES, received(0, 1, 1, 2)) == expected


def test_a_third_mail_to_one_account_is_a_second_one_too_many() -> None:
    assert tally(ADDRESSES, received(0, 1, 1, 1, 2, 3)).doubled == 2


def test_a_mail_to_nobody_we_know_is_neither_doubled_nor_in_place_of_one_that_is_missing() -> None:
    expected = Tally(wanted=4, mails=4, missing=1, doubled=0, unknown=1)

    assert tally(ADDRESSES, received(0, 1, 2, 9)) == expected


@given(st.lists(st.integers(0, 6), max_size=40))
def test_every_mail_is_a_first_one_or_one_too_many_or_unknown(numbers: list[int]) -> None:
    found = tally(ADDRESSES, received(*numbers))

    assert found.mails == (found.wanted - found.missing) + found.doubled + found.unknown


def test_mails_are_read_from_what_the_sink_writes(tmp_path: Path) -> None:
    sink = SmtpSink(folder=tmp_path)
    for to in ("account-00001 <Account-00001@borrowers.example.com>", ADDRESSES[0]):
        sink.take(StoredMail("collections@lender.example", to, a_mail(to)))
    (tmp_path / "1-1.part").write_bytes(b"half a mail")

    mails = read_mails(tmp_path)

    assert [mail.address for mail in mails] == [ADDRESSES[1], ADDRESSES[0]]
    assert mails[0].at <= mails[1].at
    assert count_mails(tmp_path) == 2


@pytest.mark.parametrize("to", [None, "one@borrowers.example.com, two@borrowers.example.com"])
def test_a_mail_without_one_recipient_is_refused(tmp_path: Path, to: str | None) -> None:
    (tmp_path / "1-1.eml").write_bytes(a_mail(to))

    with pytest.raises(ValueError, match="each reminder goes to one"):
        read_mails(tmp_path)
