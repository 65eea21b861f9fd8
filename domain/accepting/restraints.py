"""What speaks against holds and disputes."""

from __future__ import annotations

from domain import events
from domain.names import HoldKind
from domain.refusals import Checks, Refusal, RefusalCode, Situation


def _hold(message: events.HoldPlaced, situation: Situation) -> Refusal | None:
    if message.until is not None and message.until <= situation.today:
        return Refusal(RefusalCode.HOLD_DAY_PASSED, "until must be later than today: it is the first day without hold")
    return None


def _lift(message: events.HoldLifted, situation: Situation) -> Refusal | None:
    if any(hold.kind is message.hold and hold.covers(situation.today) for hold in situation.state.holds):
        return None
    return Refusal(RefusalCode.NO_SUCH_HOLD, "no hold of that kind is in force today")


def _resolution(message: events.DisputeResolved, situation: Situation) -> Refusal | None:
    disputes = [hold for hold in situation.state.holds if hold.kind is HoldKind.DISPUTE]
    if any(hold.id == message.dispute and hold.covers(situation.today) for hold in disputes):
        return None
    return Refusal(RefusalCode.NO_SUCH_DISPUTE, "no open dispute has that id: send the id of the dispute_opened")


CHECKS: Checks = (
    (events.HoldPlaced, _hold),
    (events.HoldLifted, _lift),
    (events.DisputeResolved, _resolution),
)
