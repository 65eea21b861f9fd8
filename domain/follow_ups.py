"""What comes due on a case by itself, beside its treatment: charges, lapsed offers, time limits, work for people.

Each follow-up derives from the state what it would journal next, and when. Once that is journaled it derives something
later or nothing, so that nothing is journaled twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from domain.agent_calls import miss_calls
from domain.arrangement_follow_ups import end_arrangement
from domain.charging import charge_late_fees
from domain.compliance.model import RulePack
from domain.follow_up import Follow, FollowUp
from domain.policy import Policy
from domain.referring import follow_referral
from domain.restraint_follow_ups import follow_restraints
from domain.settlement_follow_ups import end_settlement, offer_settlement
from domain.state import CaseState

FOLLOWS: tuple[Follow, ...] = (
    charge_late_fees,
    miss_calls,
    follow_restraints,
    follow_referral,
    end_arrangement,
    end_settlement,
    offer_settlement,
)


def next_follow_up(state: CaseState, policy: Policy, packs: Sequence[RulePack], now: datetime) -> FollowUp | None:
    """The earliest of all; of those of one instant, the first in the order of FOLLOWS."""
    return min(
        (due for follow in FOLLOWS for due in follow(state, policy, packs, now)), key=lambda due: due.at, default=None
    )
