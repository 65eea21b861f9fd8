"""What counsel finds in the mailbox."""

from __future__ import annotations

from datetime import date

import pytest

from domain.names import RecallReason
from providers.base import FinalProviderError
from providers.counsel.bundle import make_bundle
from providers.counsel.mail import CounselMail
from providers.counsel.model import Party, RecallNotice
from providers.email.smtp import SmtpEmailProvider
from runtime.smtp_sink import SmtpSink
from tests.providers.builders import error_of
from tests.providers.counsel.referrals import a_statement

COUNSEL = "legal@solicitors.example"


def body_of(sink: SmtpSink) -> str:
    part = sink.mails[0].message.get_body(("plain",))
    assert part is not None
    content = part.get_content()
    assert isinstance(content, str)
    return content


def a_recall(*, locale: str, because: RecallReason = RecallReason.PAID) -> RecallNotice:
    return RecallNotice(
        referral="ref-0001",
        account="A-1001",
        locale=locale,
        on=date(2026, 12, 1),
        because=because,
        collector=Party("Example Recoveries Ltd"),
        counsel=Party("Example Solicitors LLP"),
    )


@pytest.mark.parametrize(
    ("locale", "subject", "words"),
    [
        ("en-GB", "Referral ref-0001: statement and journal", ["£2,161.50 is outstanding", "As of 23 November 2026"]),
        ("en-US", "Referral ref-0001: statement and journal", ["$2,161.50 is outstanding", "As of November 23, 2026"]),
        ("zh-CN", "委托 ref-0001：对账单及案件日志", ["未清偿余额为 ¥2,161.50", "截至2026年11月24日"]),
    ],
)
async def test_the_bundle_arrives_whole_in_counsels_language(
    sink: SmtpSink, email: SmtpEmailProvider, locale: str, subject: str, words: list[str]
) -> None:
    bundle = await make_bundle(a_statement(locale), ({"at": "x"},))

    receipt = await CounselMail(email).hand_over(bundle, COUNSEL)

    message = sink.mails[0].message
    arrived = [(part.get_filename(), part.get_payload(decode=True)) for part in message.iter_attachments()]
    assert arrived == [(file.name, file.content) for file in bundle.files]
    assert message["Subject"] == subject
    assert message["Message-ID"] == receipt.provider_id == "<ref-0001.hand-over@lender.example>"
    assert sink.mails[0].recipient == COUNSEL
    assert "List-Unsubscribe" not in message
    for word in words:
        assert word in body_of(sink)


@pytest.mark.parametrize(
    ("locale", "because", "subject", "words"),
    [
        ("en-GB", RecallReason.PAID, "Referral ref-0001: stop work", ["1 December 2026", "The debt has been paid."]),
        (
            "en-US",
            RecallReason.ACCOUNT_RECALLED,
            "Referral ref-0001: stop work",
            ["December 1, 2026", "The account has been recalled."],
        ),
        ("zh-CN", RecallReason.PAID, "委托 ref-0001：停止办理", ["2026年12月1日", "该债务已清偿。"]),
    ],
)
async def test_a_recall_tells_counsel_to_stop_and_why(
    sink: SmtpSink, email: SmtpEmailProvider, locale: str, because: RecallReason, subject: str, words: list[str]
) -> None:
    receipt = await CounselMail(email).recall(a_recall(locale=locale, because=because), COUNSEL)

    message = sink.mails[0].message
    assert message["Subject"] == subject
    assert receipt.provider_id == "<ref-0001.recall@lender.example>"
    for word in words:
        assert word in body_of(sink)


async def test_no_subject_names_the_debtor_or_an_amount(sink: SmtpSink, email: SmtpEmailProvider) -> None:
    await CounselMail(email).hand_over(await make_bundle(a_statement(), ()), COUNSEL)
    await CounselMail(email).recall(a_recall(locale="en-GB"), COUNSEL)

    for mail in sink.mails:
        assert "Borrower" not in mail.message["Subject"]
        assert "161.50" not in mail.message["Subject"]


async def test_a_wrong_mailbox_of_counsel_is_an_error(email: SmtpEmailProvider) -> None:
    error = await error_of(CounselMail(email).recall(a_recall(locale="en-GB"), "legal at solicitors"))

    assert isinstance(error, FinalProviderError)
