"""What needs a person: work items, and what came of them."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime, Field

from domain.events.base import Message, Occurrence, Reason
from domain.names import CallOutcome, Id
from domain.value import Value


class WorkKind(StrEnum):
    """What a person is asked to do."""

    CALL = "call"
    UNCLEAR_REPLY = "unclear_reply"
    HELP_ASKED = "help_asked"
    ALREADY_PAID = "already_paid"
    DISPUTE = "dispute"
    COMPLAINT = "complaint"
    HARDSHIP = "hardship"
    VULNERABILITY = "vulnerability"
    ESTATE = "estate"
    ATTORNEY = "attorney"
    LOST_CONTACT = "lost_contact"
    APPROVE_REFERRAL = "approve_referral"
    COUNSEL_SILENT = "counsel_silent"
    LIMITATION_NEAR = "limitation_near"
    OVERDUE = "overdue"
    """A time limit of the law ran out before somebody acted."""


class WorkOutcome(StrEnum):
    """What came of it. `reached` and `not_reached` are for calls, `upheld` and `rejected` decide a dispute."""

    DONE = "done"
    REACHED = "reached"
    NOT_REACHED = "not_reached"
    NOT_NEEDED = "not_needed"
    UPHELD = "upheld"
    REJECTED = "rejected"


class CallStep(Value):
    """The step of the policy that an agent's call is, and the rules by which it was allowed when it was asked for."""

    step: Id
    obligation: Id
    template: Id
    allowed_by: tuple[Reason, ...] = ()


class WorkItemOpened(Occurrence):
    """A person is needed. `about` names the message, dispute, complaint or referral that it is about."""

    kind: Literal["work_item_opened"] = "work_item_opened"
    item: Id
    work: WorkKind
    due: AwareDatetime
    priority: int = Field(ge=1, le=5, description="1 is the most urgent.")
    about: Id | None = None
    call: CallStep | None = None


class WorkItemCompleted(Message):
    """A person did what a work item asked for. `completed_by` is the staff member's opaque id."""

    kind: Literal["work_item_completed"] = "work_item_completed"
    item: Id
    outcome: WorkOutcome
    completed_by: Id
    call: CallOutcome | None = Field(
        default=None, description="How the telephone call ended, where one was made: the law counts it."
    )


class WorkItemWithdrawn(Occurrence):
    """The work is no longer needed: what it was about is over."""

    kind: Literal["work_item_withdrawn"] = "work_item_withdrawn"
    item: Id


WorkMessage = WorkItemCompleted

WorkOccurrence = WorkItemOpened | WorkItemWithdrawn
