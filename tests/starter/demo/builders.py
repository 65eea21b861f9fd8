"""Lines of a list of cases: each builder takes what the test is about and fills in the rest."""

from __future__ import annotations

from datetime import datetime

from db.reports import CaseLine
from domain.money import Money
from domain.names import CloseReason, ReferralStatus
from domain.state import CaseStatus
from tests.domain.builders import instant

UPDATED = instant("2026-03-02 10:00")


def a_case_line(
    *,
    stage: str | None = "early",
    closed: CloseReason | None = None,
    referral: ReferralStatus | None = None,
    outstanding: str = "50000.00",
    updated_at: datetime = UPDATED,
) -> CaseLine:
    return CaseLine(
        case_id="demo-bank:card-7",
        status=CaseStatus.OPEN if closed is None else CaseStatus.CLOSED,
        stage=stage,
        outstanding=Money.parse(outstanding, "TWD"),
        past_due=Money.parse(outstanding, "TWD"),
        credit=Money(0, "TWD"),
        oldest_due=None,
        holds=(),
        promise_due=None,
        next_action_at=None,
        next_action=None,
        referral_status=referral,
        policy_id="demo-credit-card",
        policy_version=1,
        opened_at=updated_at,
        updated_at=updated_at,
        close_reason=closed,
    )
