"""Whether a message may be applied to a case. A refusal is a value with a code of the contract, never an exception."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from pydantic import ValidationError

from domain import events
from domain.balance import Balance, total_charged, total_settling
from domain.events import MESSAGES, AnyMessage, Message
from domain.money import MINOR_UNITS_MAX
from domain.names import HoldKind, ReferralStatus
from domain.policy import Policy
from domain.state import Applied, CaseState, CaseStatus, PromiseStatus


class RefusalCode(StrEnum):
    """Why a message is refused. The list is part of the documented contract: codes are added, never changed."""

    UNKNOWN_MESSAGE = "unknown_message"
    MALFORMED = "malformed"
    CASE_CLOSED = "case_closed"
    CURRENCY_MISMATCH = "currency_mismatch"
    ID_USED_FOR_ANOTHER = "id_used_for_another"
    UNKNOWN_PAYMENT = "unknown_payment"
    ALREADY_REVERSED = "already_reversed"
    AMOUNT_IS_ZERO = "amount_is_zero"
    AMOUNT_TOO_LARGE = "amount_too_large"
    PROMISE_DAY_PASSED = "promise_day_passed"
    PROMISE_TOO_LATE = "promise_too_late"
    PROMISE_ALREADY_OPEN = "promise_already_open"
    PROMISE_LIMIT_REACHED = "promise_limit_reached"
    PROMISE_EXCEEDS_BALANCE = "promise_exceeds_balance"
    HOLD_DAY_PASSED = "hold_day_passed"
    NO_SUCH_HOLD = "no_such_hold"
    NO_SUCH_DISPUTE = "no_such_dispute"
    NO_REFERRAL = "no_referral"
    REFERRAL_ALREADY_DECIDED = "referral_already_decided"
    REFERRAL_NOT_APPROVED = "referral_not_approved"


MoneyMessage = events.PaymentReceived | events.ObligationDue | events.BalanceAdjusted | events.PromiseMade


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not, and what to do instead. The detail names fields and limits, never what the sender wrote."""

    code: RefusalCode
    detail: str


@dataclass(frozen=True, slots=True)
class Situation:
    """What a message is judged by."""

    state: CaseState
    policy: Policy
    balance: Balance
    today: date


def parse_message(kind: str, payload: Any) -> AnyMessage | Refusal:
    """Read a message's JSON as it came. The refusal names the wrong fields, and no value of theirs."""
    message_type = MESSAGES.get(kind)
    if message_type is None:
        return Refusal(RefusalCode.UNKNOWN_MESSAGE, f"known messages: {', '.join(MESSAGES)}")
    if not isinstance(payload, dict):
        return Refusal(RefusalCode.MALFORMED, f"send one JSON object, see docs/contract/{kind}.schema.json")
    try:
        return message_type.model_validate_json(json.dumps(payload), strict=True)
    except ValidationError as error:
        return Refusal(RefusalCode.MALFORMED, f"{_wrong_fields(error)}; see docs/contract/{kind}.schema.json")
    except (ValueError, TypeError, RecursionError):
        return Refusal(RefusalCode.MALFORMED, f"not plain JSON: see docs/contract/{kind}.schema.json")


def is_duplicate(state: CaseState, message: Message) -> bool:
    """Whether the case knows a message with this id. One that says something else is refused by `refusal_of`."""
    return _known_as(message, state) is not None


def refusal_of(message: Message, situation: Situation) -> Refusal | None:
    """Why this message may not be applied to the case now, or None if it may.

    A duplicate is refused only where it says something else than the message that was applied.
    """
    known = _known_as(message, situation.state)
    if known is not None:
        return None if known == Applied.of(message) else _CONTRADICTION
    if situation.state.status is CaseStatus.CLOSED and not isinstance(message, ACCEPTED_WHEN_CLOSED):
        return Refusal(RefusalCode.CASE_CLOSED, "the case is closed: open it again from the lender's system first")
    for message_type, check in _CHECKS:
        if isinstance(message, message_type):
            refusal = check(message, situation)
            if refusal is not None:
                return refusal
    return None


ACCEPTED_WHEN_CLOSED = (
    events.PaymentReceived,
    events.PaymentReversed,
    events.DisputeOpened,
    events.DisputeResolved,
    events.HoldPlaced,
    events.HoldLifted,
    events.ContactPointChanged,
    events.ConsentChanged,
    events.CallOutcomeRecorded,
    events.DeliveryReported,
    events.ReplyReceived,
    events.Recalled,
)
"""Facts that stay true and worth keeping after a case has closed: a reversed payment can open it again, and then the
borrower's attorney, dispute or breathing space must be known."""


PROBLEMS_NAMED_MAX = 5


def _wrong_fields(error: ValidationError) -> str:
    """The first few wrong fields, and how. Names of unknown fields are the sender's, so they aren't repeated."""
    problems = error.errors(include_input=False, include_context=False, include_url=False)
    named = []
    for problem in problems[:PROBLEMS_NAMED_MAX]:
        place = [str(part) for part in problem["loc"]]
        if problem["type"] == "extra_forbidden":
            place[-1] = "(unknown field)"
        named.append(f"{'.'.join(place) or 'message'}: {problem['msg'].removeprefix('Value error, ')}")
    if len(problems) > PROBLEMS_NAMED_MAX:
        named.append(f"and {len(problems) - PROBLEMS_NAMED_MAX} more")
    return "; ".join(named)


_CONTRADICTION = Refusal(
    RefusalCode.ID_USED_FOR_ANOTHER,
    "this id was used for a message that says something else: send the first content again, or a new id",
)


def _known_as(message: Message, state: CaseState) -> Applied | None:
    """What was applied under the message's id. Obligations of the opening count as announced by `obligation_due`."""
    applied = next((applied for applied in state.applied if applied.id == message.id), None)
    if applied is None and isinstance(message, events.ObligationDue):
        for known in state.obligations:
            if known.id == message.id:
                return Applied.of(
                    events.ObligationDue(id=known.id, amount=known.amount, due=known.due, component=known.component)
                )
    return applied


def _money_in_currency(message: MoneyMessage, situation: Situation) -> Refusal | None:
    if message.amount.currency == situation.state.currency:
        return None
    return Refusal(
        RefusalCode.CURRENCY_MISMATCH,
        f"this account is in {situation.state.currency}: convert at the payment system and send that amount",
    )


def _reversal(message: events.PaymentReversed, situation: Situation) -> Refusal | None:
    known = next((payment for payment in situation.state.payments if payment.id == message.payment), None)
    if known is None:
        return Refusal(RefusalCode.UNKNOWN_PAYMENT, "no payment of this case has that id: send the payment first")
    if known.reversed_because is not None:
        return Refusal(RefusalCode.ALREADY_REVERSED, "this payment was reversed before: nothing is left to reverse")
    return None


def _total_in_bounds(message: MoneyMessage, situation: Situation) -> Refusal | None:
    """Totals must stay exact integers that every part of the system can hold."""
    settles = isinstance(message, events.PaymentReceived) or message.amount.minor < 0
    total = total_settling(situation.state) if settles else total_charged(situation.state)
    if total.minor + abs(message.amount.minor) <= MINOR_UNITS_MAX:
        return None
    return Refusal(
        RefusalCode.AMOUNT_TOO_LARGE, "the account's total would be larger than any debt: check the decimal point"
    )


def _adjustment(message: events.BalanceAdjusted, situation: Situation) -> Refusal | None:
    if not message.amount:
        return Refusal(RefusalCode.AMOUNT_IS_ZERO, "an adjustment of nothing: send a positive or a negative amount")
    if any(obligation.id == message.id for obligation in situation.state.obligations):
        return Refusal(RefusalCode.ID_USED_FOR_ANOTHER, "an obligation of this case has that id: send a new id")
    return None


def _promise(message: events.PromiseMade, situation: Situation) -> Refusal | None:
    terms = situation.policy.promise
    promises = situation.state.promises
    if any(promise.status is PromiseStatus.OPEN for promise in promises):
        return Refusal(RefusalCode.PROMISE_ALREADY_OPEN, "a promise is open: it must be kept or broken first")
    if len(promises) >= terms.limit:
        return Refusal(RefusalCode.PROMISE_LIMIT_REACHED, f"the policy accepts {terms.limit} promises for a case")
    if message.due < situation.today:
        return Refusal(RefusalCode.PROMISE_DAY_PASSED, "the promised day has passed: send today or a later day")
    if message.due > situation.today + timedelta(days=terms.longest_days):
        return Refusal(RefusalCode.PROMISE_TOO_LATE, f"the policy accepts up to {terms.longest_days} days ahead")
    if message.amount > situation.balance.outstanding:
        return Refusal(
            RefusalCode.PROMISE_EXCEEDS_BALANCE, f"only {situation.balance.outstanding} is owed: promise at most that"
        )
    return None


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


def _referral_decision(message: Message, situation: Situation) -> Refusal | None:
    referral = situation.state.referral
    if referral is None:
        return Refusal(RefusalCode.NO_REFERRAL, "no referral was proposed for this case")
    if referral.status is not ReferralStatus.PROPOSED:
        return Refusal(RefusalCode.REFERRAL_ALREADY_DECIDED, f"the referral is {referral.status} already")
    return None


def _referral_status(message: Message, situation: Situation) -> Refusal | None:
    referral = situation.state.referral
    if referral is None:
        return Refusal(RefusalCode.NO_REFERRAL, "no referral was proposed for this case")
    if referral.status is ReferralStatus.PROPOSED or referral.status.is_final:
        return Refusal(
            RefusalCode.REFERRAL_NOT_APPROVED,
            f"the referral is {referral.status}: counsel has nothing to report",
        )
    return None


_Check = Callable[[Any, Situation], Refusal | None]

_CHECKS: tuple[tuple[type[Message] | tuple[type[Message], ...], _Check], ...] = (
    (
        (events.PaymentReceived, events.ObligationDue, events.BalanceAdjusted, events.PromiseMade),
        _money_in_currency,
    ),
    (events.PaymentReversed, _reversal),
    ((events.PaymentReceived, events.ObligationDue, events.BalanceAdjusted), _total_in_bounds),
    (events.BalanceAdjusted, _adjustment),
    (events.PromiseMade, _promise),
    (events.HoldPlaced, _hold),
    (events.HoldLifted, _lift),
    (events.DisputeResolved, _resolution),
    (events.ReferralDecided, _referral_decision),
    (events.ReferralStatusChanged, _referral_status),
)
