"""Sends counsel the referral bundle, and tells them to stop."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from providers.base import ProviderReceipt
from providers.counsel.bundle import ReferralBundle
from providers.counsel.labels import labels_of
from providers.counsel.model import RecallNotice
from providers.email.message import Mail
from providers.email.smtp import SmtpEmailProvider
from providers.formatting import format_day, format_money

HAND_OVER_SUFFIX = ".hand-over"
RECALL_SUFFIX = ".recall"


class CounselMail:
    """Writes to counsel through the e-mail provider, whose errors it raises.

    A referral's Message-IDs are fixed, so counsel can tell a second copy; neither names nor amounts stand in a subject.
    """

    def __init__(self, email: SmtpEmailProvider) -> None:
        self._email = email

    async def hand_over(self, bundle: ReferralBundle, to: str) -> ProviderReceipt:
        """Send the bundle to counsel's mailbox."""
        statement = bundle.statement
        labels = labels_of(statement.locale)
        as_of = statement.as_of.astimezone(ZoneInfo(statement.zone)).date()
        text = labels.bundle_text.format(
            counsel=statement.counsel.name,
            account=statement.account,
            referral=statement.referral,
            date=format_day(as_of, statement.locale),
            outstanding=format_money(statement.outstanding, statement.locale),
            collector=statement.collector.name,
        )
        return await self._email.send_mail(
            Mail(
                reference=statement.referral + HAND_OVER_SUFFIX,
                to=to,
                subject=labels.bundle_subject.format(referral=statement.referral),
                text=text,
                attachments=bundle.files,
            )
        )

    async def recall(self, notice: RecallNotice, to: str) -> ProviderReceipt:
        """Tell counsel to stop work on a referral."""
        labels = labels_of(notice.locale)
        text = labels.recall_text.format(
            counsel=notice.counsel.name,
            account=notice.account,
            referral=notice.referral,
            date=format_day(notice.on, notice.locale),
            reason=labels.recall_reasons[notice.because],
            collector=notice.collector.name,
        )
        return await self._email.send_mail(
            Mail(
                reference=notice.referral + RECALL_SUFFIX,
                to=to,
                subject=labels.recall_subject.format(referral=notice.referral),
                text=text,
            )
        )
