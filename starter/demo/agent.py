"""The lender's agent, who decides each proposed legal referral a few days after it was proposed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from db.reports import CaseLine
from domain.events import ReferralDecided
from domain.names import ReferralStatus
from domain.registration import case_id_of
from starter.demo.borrowers import Act
from starter.demo.portfolio import LENDER

DECIDES_AFTER = timedelta(days=3)
APPROVES_FROM_MINOR = 40_000_00
"""New Taiwan dollars, in cents: below it an agent finds that a court costs more than it brings."""

AGENT = "agent-7"


def decisions(cases: Iterable[CaseLine], now: datetime) -> list[Act]:
    """What the agent decides at a business instant, with an id that stays the same until the decision is applied."""
    return [
        _decision(case, now)
        for case in cases
        if case.referral_status is ReferralStatus.PROPOSED and case.updated_at + DECIDES_AFTER <= now
    ]


def _decision(case: CaseLine, now: datetime) -> Act:
    account = case.case_id.removeprefix(case_id_of(LENDER, ""))
    approved = case.outstanding.minor >= APPROVES_FROM_MINOR
    return Act(now, account, ReferralDecided(id=f"{account}-referral-decided", approved=approved, decided_by=AGENT))
