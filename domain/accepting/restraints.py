"""What speaks against holds, disputes and complaints, and what people say of their situation."""

from __future__ import annotations

from domain import events
from domain.balance import total_charged
from domain.disputes import awaits_answer
from domain.lifting import is_meant
from domain.money import Money
from domain.refusals import Checks, Refusal, RefusalCode, Situation


def _hold(message: events.HoldPlaced, situation: Situation) -> Refusal | None:
    if message.until is not None and message.until <= situation.today:
        return Refusal(RefusalCode.HOLD_DAY_PASSED, "until must be later than today: it is the first day without hold")
    if message.since is not None and message.since > situation.today:
        return Refusal(RefusalCode.HOLD_NOT_BEGUN, "since must not be later than today: send the hold on that day")
    return None


def _lift(message: events.HoldLifted, situation: Situation) -> Refusal | None:
    if message.until is not None and message.until < situation.today:
        return Refusal(RefusalCode.HOLD_DAY_PASSED, "until must not have passed: the days on hold are not taken back")
    in_force = [hold for hold in situation.state.holds if hold.covers(situation.today)]
    if any(is_meant(message, hold) for hold in in_force):
        return None
    if any(hold.kind is message.hold for hold in in_force):
        return Refusal(
            RefusalCode.NO_SUCH_HOLD,
            "the hold of that kind is about this account alone: lift it with only_this_account",
        )
    return Refusal(RefusalCode.NO_SUCH_HOLD, "no hold of that kind is in force today")


def _dispute(message: events.DisputeOpened, situation: Situation) -> Refusal | None:
    state = situation.state
    if message.repeats is not None and not any(
        dispute.id == message.repeats and dispute.outcome is events.DisputeOutcome.REJECTED
        for dispute in state.disputes
    ):
        return Refusal(RefusalCode.NO_SUCH_DISPUTE, "repeats must name a dispute of this case that was rejected")
    if message.amount is None:
        return None
    refusal = _in_currency(message.amount, situation)
    if refusal is None and message.amount > total_charged(state):
        return Refusal(
            RefusalCode.DISPUTE_EXCEEDS_DEBT, "more is disputed than was ever charged: leave amount out for all of it"
        )
    return refusal


def _resolution(message: events.DisputeResolved, situation: Situation) -> Refusal | None:
    if awaits_answer(message.dispute, situation.state, situation.today):
        return None
    return Refusal(RefusalCode.NO_SUCH_DISPUTE, "no open dispute has that id: send the id of the dispute_opened")


def _answer(message: events.ComplaintResolved, situation: Situation) -> Refusal | None:
    complaints = situation.state.complaints
    if any(complaint.id == message.complaint and complaint.outcome is None for complaint in complaints):
        return None
    return Refusal(RefusalCode.NO_SUCH_COMPLAINT, "no open complaint has that number: send the id of complaint_opened")


def _hardship(message: events.HardshipStated, situation: Situation) -> Refusal | None:
    return None if message.affordable is None else _in_currency(message.affordable, situation)


def _in_currency(amount: Money, situation: Situation) -> Refusal | None:
    if amount.currency == situation.state.currency:
        return None
    return Refusal(
        RefusalCode.CURRENCY_MISMATCH, f"this account is in {situation.state.currency}: send the amount in that"
    )


CHECKS: Checks = (
    (events.HoldPlaced, _hold),
    (events.HoldLifted, _lift),
    (events.DisputeOpened, _dispute),
    (events.DisputeResolved, _resolution),
    (events.ComplaintResolved, _answer),
    (events.HardshipStated, _hardship),
)
