"""Word on referrals that a case refuses or takes, as rows of `test_accept`."""

from __future__ import annotations

from domain import events
from domain.events import AnyEvent, Message
from domain.names import HoldKind, ReferralStatus
from domain.refusals import RefusalCode
from tests.domain.builders import money

PROPOSED = events.ReferralProposed(referral="r-1", outstanding=money("200.00"))
HARDSHIP = events.HoldPlaced(id="h-1", hold=HoldKind.HARDSHIP)


def _decision(approved: bool = True, id_: str = "x-1") -> events.ReferralDecided:
    return events.ReferralDecided(id=id_, approved=approved, decided_by="agent-1")


def _legal_cost(amount: str, id_: str = "x-1") -> events.BalanceAdjusted:
    return events.BalanceAdjusted(id=id_, amount=money(amount), reason=events.AdjustmentReason.LEGAL_COST)


def _filed(id_: str = "x-1") -> events.ReferralStatusChanged:
    return events.ReferralStatusChanged(id=id_, status=ReferralStatus.FILED)


DECLINED = _decision(approved=False, id_="y-1")

REFUSED_OF_REFERRALS: tuple[tuple[str, RefusalCode, Message, tuple[AnyEvent, ...]], ...] = (
    ("deciding on no referral", RefusalCode.NO_REFERRAL, _decision(), ()),
    ("a status of no referral", RefusalCode.NO_REFERRAL, _filed(), ()),
    ("deciding twice", RefusalCode.REFERRAL_ALREADY_DECIDED, _decision(id_="x-2"), (PROPOSED, _decision())),
    ("a status before the approval", RefusalCode.REFERRAL_NOT_APPROVED, _filed(), (PROPOSED,)),
    (
        "a status of a declined referral",
        RefusalCode.REFERRAL_NOT_APPROVED,
        _filed("x-2"),
        (PROPOSED, _decision(approved=False)),
    ),
    (
        "a status of a recalled referral",
        RefusalCode.REFERRAL_NOT_APPROVED,
        _filed("x-2"),
        (PROPOSED, _decision(), events.ReferralRecalled(referral="r-1")),
    ),
    (
        "a decision on an earlier referral",
        RefusalCode.NO_SUCH_REFERRAL,
        events.ReferralDecided(id="x-1", referral="r-0", approved=True, decided_by="agent-1"),
        (PROPOSED,),
    ),
    (
        "a status of an earlier referral",
        RefusalCode.NO_SUCH_REFERRAL,
        events.ReferralStatusChanged(id="x-2", referral="r-0", status=ReferralStatus.FILED),
        (PROPOSED, _decision()),
    ),
    ("approving under a hold", RefusalCode.REFERRAL_BARRED, _decision(), (PROPOSED, HARDSHIP)),
    ("legal costs without counsel", RefusalCode.NOT_WITH_COUNSEL, _legal_cost("20.00"), ()),
    ("legal costs of a declined referral", RefusalCode.NOT_WITH_COUNSEL, _legal_cost("20.00"), (PROPOSED, DECLINED)),
    (
        "legal costs over the limit",
        RefusalCode.LEGAL_COST_OVER_LIMIT,
        _legal_cost("30.01"),
        (PROPOSED, _decision(id_="y-1"), _legal_cost("20.00", "x-2")),
    ),
)

ACCEPTED_OF_REFERRALS: tuple[tuple[str, Message, tuple[AnyEvent, ...]], ...] = (
    ("a decision", _decision(), (PROPOSED,)),
    ("declining under a hold", _decision(approved=False), (PROPOSED, HARDSHIP)),
    ("legal costs up to the limit", _legal_cost("50.00"), (PROPOSED, _decision(id_="y-1"))),
    ("legal costs given back", _legal_cost("-5.00"), ()),
    ("a status after the approval", _filed("x-2"), (PROPOSED, _decision())),
)
