"""Why a message may not be applied, and what that is judged by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from domain.balance import Balance
from domain.events import Message
from domain.policy import Policy
from domain.state import CaseState


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
    CREDIT_HAS_NO_DUE_DATE = "credit_has_no_due_date"
    CHARGE_WRITTEN_OFF = "charge_written_off"
    PROMISE_DAY_PASSED = "promise_day_passed"
    PROMISE_TOO_LATE = "promise_too_late"
    PROMISE_ALREADY_OPEN = "promise_already_open"
    PROMISE_LIMIT_REACHED = "promise_limit_reached"
    PROMISE_EXCEEDS_BALANCE = "promise_exceeds_balance"
    HOLD_DAY_PASSED = "hold_day_passed"
    NO_SUCH_HOLD = "no_such_hold"
    NO_SUCH_DISPUTE = "no_such_dispute"
    IN_THE_FUTURE = "in_the_future"
    NO_REFERRAL = "no_referral"
    REFERRAL_ALREADY_DECIDED = "referral_already_decided"
    REFERRAL_NOT_APPROVED = "referral_not_approved"
    NO_SUCH_REFERRAL = "no_such_referral"
    REFERRAL_BARRED = "referral_barred"
    NOT_WITH_COUNSEL = "not_with_counsel"
    LEGAL_COST_OVER_LIMIT = "legal_cost_over_limit"
    NO_SUCH_WORK_ITEM = "no_such_work_item"
    WORK_OUTCOME_UNFIT = "work_outcome_unfit"
    HOLD_NOT_BEGUN = "hold_not_begun"
    DISPUTE_EXCEEDS_DEBT = "dispute_exceeds_debt"
    NO_SUCH_COMPLAINT = "no_such_complaint"


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
    now: datetime


Check = Callable[[Any, Situation], Refusal | None]
"""Whether a message of the type that it is registered for may be applied. None: nothing speaks against it."""

Checks = tuple[tuple[type[Message] | tuple[type[Message], ...], Check], ...]
"""Which checks a message has to pass. They are asked in order; the first objection is the answer."""
