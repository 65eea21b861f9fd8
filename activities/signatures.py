"""What workflows and activities say to each other: names, inputs and results. No personal data in any of them."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any

from pydantic import AwareDatetime, Field

from domain.balance import Settled
from domain.clock import Clock
from domain.decision import ActionDecision, Contact
from domain.events import WorkKind
from domain.money import Money
from domain.names import Channel, CloseReason, HoldKind, Id, ReferralStatus
from domain.registration import LenderId
from domain.value import Value

CASE_QUEUE = "dunlin-cases"
REFERRAL_QUEUE = "dunlin-referrals"
UPKEEP_QUEUE = "dunlin-upkeep"


def channel_queue(channel: Channel) -> str:
    """The task queue of a channel's contacts: each has its own workers and rate limit."""
    return f"dunlin-{channel}"


class ActivityName(StrEnum):
    OPEN_CASE = "open_case"
    APPLY_MESSAGES = "apply_messages"
    ADVANCE_CASE = "advance_case"
    CONTACT = "contact"
    HAND_OVER_REFERRAL = "hand_over_referral"
    RECALL_REFERRAL = "recall_referral"
    RECONCILE = "reconcile"
    NIGHTLY_CHECK = "nightly_check"


class CaseRef(Value):
    """Which case, and the clock that it lives by."""

    lender: Id
    account: Id
    clock: Clock = Clock()

    @property
    def case_id(self) -> str:
        return f"{self.lender}:{self.account}"


class RawMessage(Value):
    """A message as it came: its kind, and JSON that has not been checked yet."""

    kind: str
    payload: Any


class HoldLine(Value):
    """A hold in force: since when, until when if that is known, and what it stops, in words."""

    kind: HoldKind
    since: date
    until: date | None
    amount: Money | None = Field(default=None, description="The disputed part of the debt; all of it if left out.")
    stops: tuple[str, ...]


class PlanLine(Value):
    """An arrangement in force: its next instalment with what is left of it, and how many are paid in full."""

    arrangement: Id
    next_amount: Money
    next_due: date
    kept: int
    instalments: int


class SettlementLine(Value):
    """A settlement that is offered or accepted: until when it can be accepted, or all of it must be paid."""

    offer: Id
    accepted: bool
    amount: Money
    paid: Money
    until: date


class CaseSheet(Value):
    """What people need to know of a case at a glance."""

    status: str
    stage: str | None
    delinquent_days: int
    days_past_due: int
    outstanding: Money
    past_due: Money
    credit: Money
    oldest_due: date | None
    delinquent_since: date | None
    holds: tuple[HoldKind, ...]
    hold_lines: tuple[HoldLine, ...] = ()
    promise_due: date | None
    promise_partly_kept: Money | None = Field(
        default=None, description="What was promised last, where only a part of it was paid."
    )
    plan: PlanLine | None = None
    settlement: SettlementLine | None = None
    validation_period_ends_on: date | None = Field(
        default=None, description="The last day on which the borrower can dispute in writing, once they had the notice."
    )
    referral: ReferralStatus | None
    referral_id: Id | None
    work: tuple[WorkKind, ...] = Field(default=(), description="What people are asked to do.")
    limitation: date | None = Field(default=None, description="The last day on which the debt can be sued for.")
    policy: str
    last: str = Field(description="The latest occurrence, in a few words.")


class Answer(Value):
    """What a message did: applied, already known (`duplicate`), or refused with a code from the contract's list."""

    message: str
    status: str
    code: str | None = None
    detail: str | None = None
    settled: tuple[Settled, ...] = ()


class PassedOn(Value):
    """A message about the person that waits in the inbox of another case of theirs, which is to be told."""

    lender: Id
    account: Id
    message: RawMessage


class Turn(Value):
    """What every activity of a case returns: where the case stands now, and what to do next."""

    sequence: int
    decision: ActionDecision
    sheet: CaseSheet
    answers: tuple[Answer, ...] = ()
    passed_on: tuple[PassedOn, ...] = ()
    closed: CloseReason | None = None


class OpenCaseRequest(Value):
    case: CaseRef


class ApplyRequest(Value):
    case: CaseRef
    sequence: int
    messages: tuple[RawMessage, ...]


class AdvanceRequest(Value):
    """Look again: nothing happened but time, or a decision other than a contact is to be carried out.

    `not_before` is the business instant that the workflow waited for: a worker whose clock is behind takes it as now.
    """

    case: CaseRef
    sequence: int
    not_before: AwareDatetime | None


class ContactCall(Value):
    case: CaseRef
    sequence: int
    contact: Contact


class ReferralRef(Value):
    case: CaseRef
    referral: Id


class ReconcileRequest(Value):
    """Compare the file `{lender}.csv` of the reconciliation folder with the lender's cases."""

    lender: LenderId
    open_missing: bool = False


class ReconcileResult(Value):
    """Accounts by finding; `report` is the name of the file in which they are listed."""

    accounts: int
    findings: dict[str, int]
    opened: int
    rejected_rows: int
    report: str


class NightlyCheckResult(Value):
    """How many problems each check found, and the first few in words."""

    problems: dict[str, int]
    first: tuple[str, ...]
