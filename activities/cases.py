"""The activities that only touch Postgres: a case is opened, hears messages, or is looked at when its time has come."""

from __future__ import annotations

from temporalio import activity

from activities.case_turn import take_turn
from activities.desk import Desk
from activities.signatures import ActivityName, AdvanceRequest, ApplyRequest, OpenCaseRequest, Turn


class CaseActivities:
    """Each is idempotent: messages count once by their ids, and what is due is decided anew from the state."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @activity.defn(name=ActivityName.OPEN_CASE)
    async def open_case(self, request: OpenCaseRequest) -> Turn:
        """Journal the opening unless the case is open already, and decide."""
        return await take_turn(self._desk, request.case, 0)

    @activity.defn(name=ActivityName.APPLY_MESSAGES)
    async def apply_messages(self, request: ApplyRequest) -> Turn:
        """Judge messages and journal each; decide what follows. Answers are in the messages' order."""
        return await take_turn(self._desk, request.case, request.sequence, messages=request.messages)

    @activity.defn(name=ActivityName.ADVANCE_CASE)
    async def advance_case(self, request: AdvanceRequest) -> Turn:
        """Carry out what is due without a contact: a stage, a broken promise, a referral's proposal, the end."""
        return await take_turn(self._desk, request.case, request.sequence, not_before=request.not_before)
