"""The agent decides referrals, in good time and by what is owed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.events import ReferralDecided
from domain.names import ReferralStatus
from starter.demo.agent import DECIDES_AFTER, decisions
from tests.starter.demo.builders import UPDATED, a_case_line

PROPOSED = a_case_line(referral=ReferralStatus.PROPOSED)


@pytest.mark.parametrize(("outstanding", "approved"), [("39999.99", False), ("40000.00", True)])
def test_a_referral_is_approved_when_enough_is_owed(outstanding: str, approved: bool) -> None:
    case = a_case_line(referral=ReferralStatus.PROPOSED, outstanding=outstanding)

    (act,) = decisions([case], UPDATED + DECIDES_AFTER)

    assert act.account == "card-7"
    assert isinstance(act.message, ReferralDecided)
    assert act.message.approved is approved


def test_the_agent_takes_a_few_days() -> None:
    assert decisions([PROPOSED], UPDATED + DECIDES_AFTER - timedelta(seconds=1)) == []


def test_a_decision_keeps_its_id_however_often_the_agent_looks() -> None:
    (first,) = decisions([PROPOSED], UPDATED + DECIDES_AFTER)
    (again,) = decisions([PROPOSED], UPDATED + DECIDES_AFTER + timedelta(days=1))

    assert first.message == again.message


def test_there_is_nothing_to_decide_where_no_referral_is_proposed() -> None:
    cases = [
        a_case_line(),
        a_case_line(referral=ReferralStatus.APPROVED),
        a_case_line(referral=ReferralStatus.DECLINED),
    ]

    assert decisions(cases, UPDATED + timedelta(days=30)) == []
