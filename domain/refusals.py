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
    ARRANGEMENT_NOT_OFFERED = "arrangement_not_offered"
    ARRANGEMENT_NOT_BY_THEM = "arrangement_not_by_them"
    ARRANGEMENT_IN_FORCE = "arrangement_in_force"
    NO_SUCH_ARRANGEMENT = "no_such_arrangement"
    ARRANGEMENT_REPLANS_USED = "arrangement_replans_used"
    ARRANGEMENT_TOO_MANY_INSTALMENTS = "arrangement_too_many_instalments"
    ARRANGEMENT_INSTALMENT_TOO_SMALL = "arrangement_instalment_too_small"
    ARRANGEMENT_FIRST_TOO_LATE = "arrangement_first_too_late"
    ARRANGEMENT_TOO_LONG = "arrangement_too_long"
    ARRANGEMENT_GAP_TOO_LONG = "arrangement_gap_too_long"
    ARRANGEMENT_DOES_NOT_ADD_UP = "arrangement_does_not_add_up"
    INSTALMENT_DAY_PASSED = "instalment_day_passed"
    INSTALMENTS_OUT_OF_ORDER = "instalments_out_of_order"
    NO_SUCH_OFFER = "no_such_offer"
    OFFER_NOT_POSSIBLE = "offer_not_possible"
    OFFER_NOT_FOR_THIS_BALANCE = "offer_not_for_this_balance"
    OFFER_NOT_OPEN = "offer_not_open"
    SETTLEMENT_IN_FORCE = "settlement_in_force"
    SETTLEMENT_TOO_MANY_PARTS = "settlement_too_many_parts"
    SETTLEMENT_TOO_LONG = "settlement_too_long"
    SETTLEMENT_DOES_NOT_ADD_UP = "settlement_does_not_add_up"
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
