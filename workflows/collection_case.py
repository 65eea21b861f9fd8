"""One delinquent account, from its first reminder to its end, as one workflow."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import (
    ActivityError,
    ApplicationError,
    WorkflowAlreadyStartedError,
    is_cancelled_exception,
)

from workflows import attributes, calls, sheet
from workflows.hearing import hears
from workflows.inbox import Inbox
from workflows.inputs import (
    CASE_WORKFLOW,
    REFERRAL_WORKFLOW,
    CaseOutcome,
    CaseStart,
    MessageResult,
    ReferralStart,
    case_workflow_id,
    referral_workflow_id,
)

with workflow.unsafe.imports_passed_through():
    from activities.signatures import (
        AdvanceRequest,
        Answer,
        ApplyRequest,
        CaseSheet,
        ContactCall,
        OpenCaseRequest,
        RawMessage,
        Turn,
    )
    from domain.decision import Contact
    from domain.events import MESSAGES
    from domain.money import Money
    from domain.names import ReferralStatus

_BEFORE_COUNSEL = (ReferralStatus.PROPOSED, ReferralStatus.APPROVED)
"""What a referral is when it is new: a policy may approve it in the turn that proposes it."""

_OF_REFERRALS = ("referral_decided", "referral_status_changed")

REFUSALS_REACH_REFERRALS = "refusals-reach-referrals"
"""Patch: cases of earlier releases told a referral's workflow nothing of what they refused."""

HISTORY_EVENTS_MAX = 2_000
"""A case continues as new beyond this. Few ever get there: a contact takes 11 events, a payment 10."""


@workflow.defn(name=CASE_WORKFLOW)
@hears(MESSAGES)
class CollectionCase:
    """Sleeps until the case's next decision is due or a message comes, has it carried out, and is told the next one.

    It decides nothing: activities judge messages, keep the law and choose what follows, so this loop hardly changes.
    """

    @workflow.init
    def __init__(self, start: CaseStart) -> None:
        self._case = start.case
        self._amounts_hidden = start.amounts_hidden
        self._sequence = start.sequence
        self._inbox = Inbox()
        self._turn: Turn | None = None
        workflow.set_dynamic_signal_handler(self._unknown_signal)

    @workflow.run
    async def run(self, start: CaseStart) -> CaseOutcome:
        turn = await self._take(await calls.open_case(OpenCaseRequest(case=self._case)))
        while turn.closed is None or self._somebody_waits():
            if self._somebody_waits():
                turn = await self._answer_everybody(turn)
            elif self._is_due(turn):
                turn = await self._perform(turn)
            else:
                await self._sleep(turn)
            if turn.closed is None and self._has_grown_long():
                await self._continue_as_new(turn)
        return CaseOutcome(closed=turn.closed, outstanding=turn.sheet.outstanding, credit=turn.sheet.credit)

    @workflow.query(name="case_sheet", description="Where the case stands, and its next decision.")
    def case_sheet(self) -> Turn | None:
        return self._turn

    def hear(self, kind: str, payload: Any) -> None:
        """A signal came. It takes any JSON: what it gets is judged by the activity, where a refusal is journaled."""
        self._inbox.put(kind, payload)

    async def answer(self, kind: str, payload: Any) -> MessageResult:
        """An update came: have it judged, and say what it did. Raises ApplicationError with the code of a refusal."""
        answer = await self._inbox.answer_to(kind, payload)
        assert self._turn is not None, "an answer comes with a turn"
        stands = self._turn.sheet
        return MessageResult(
            message=answer.message,
            status=answer.status,
            outstanding=stands.outstanding,
            past_due=stands.past_due,
            credit=stands.credit,
            settled=answer.settled,
            next=sheet.next_in_words(self._turn),
            next_at=sheet.due_at(self._turn) if self._turn.closed is None else None,
        )

    def _unknown_signal(self, name: str, args: Sequence[RawValue]) -> None:
        """A message that the contract does not know is journaled as refused, not lost in silence."""
        self._inbox.put(name, None)

    def _somebody_waits(self) -> bool:
        return bool(self._inbox) or not workflow.all_handlers_finished()

    async def _answer_everybody(self, turn: Turn) -> Turn:
        """Apply all that came, and what comes meanwhile, until nobody waits: a run must not end on an open question."""
        while self._somebody_waits():
            if self._inbox:
                turn = await self._apply_messages()
            await workflow.wait_condition(lambda: bool(self._inbox) or workflow.all_handlers_finished())
        return turn

    async def _apply_messages(self) -> Turn:
        batch = self._inbox.batch()
        messages = tuple(message for _, message in batch)
        request = ApplyRequest(case=self._case, sequence=self._sequence, messages=messages)
        turn = await self._take(await calls.apply_messages(request))
        self._inbox.settle(batch, turn.answers)
        await self._pass_refusals_on(messages, turn.answers)
        return turn

    async def _pass_refusals_on(self, messages: Sequence[RawMessage], answers: Sequence[Answer]) -> None:
        """A referral's own workflow reports by signals, which have no answers: it is told what was not taken."""
        for message, answer in zip(messages, answers, strict=True):
            referral = message.payload.get("referral") if isinstance(message.payload, dict) else None
            if not isinstance(referral, str) or message.kind not in _OF_REFERRALS or answer.status != "refused":
                continue
            if workflow.patched(REFUSALS_REACH_REFERRALS):
                await self._signal_referral(referral, "refused", answer)

    async def _perform(self, turn: Turn) -> Turn:
        decision = turn.decision
        if isinstance(decision, Contact):
            return await self._contact(decision)
        request = AdvanceRequest(case=self._case, sequence=self._sequence, not_before=sheet.due_at(turn))
        return await self._take(await calls.advance_case(request, decision.reason))

    async def _contact(self, decision: Contact) -> Turn:
        call = ContactCall(case=self._case, sequence=self._sequence, contact=decision)
        try:
            return await self._take(await calls.contact(call))
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            workflow.logger.warning("contact not made: provider down", extra={"channel": decision.channel})
        # Nothing was recorded, or the claim says what is not known. The case must be free to react while it waits.
        await self._wait_for_message(calls.CONTACT_AGAIN_AFTER, f"{decision.channel} provider down: try again later")
        request = AdvanceRequest(case=self._case, sequence=self._sequence, not_before=decision.at)
        return await self._take(await calls.advance_case(request, "plan the contact anew"))

    async def _sleep(self, turn: Turn) -> None:
        due = sheet.due_at(turn)
        words = sheet.next_in_words(turn)
        await self._wait_for_message(None if due is None else due - self._now(), words)

    async def _wait_for_message(self, business_time: timedelta | None, words: str) -> None:
        """Sleep until a message comes or the business time is over: at most one timer."""
        now = self._now()
        delay = None if business_time is None else self._case.clock.real_delay(now, now + business_time)
        try:
            await workflow.wait_condition(lambda: bool(self._inbox), timeout=delay, timeout_summary=words[:200])
        except TimeoutError:
            return

    def _is_due(self, turn: Turn) -> bool:
        due = sheet.due_at(turn)
        return due is not None and due <= self._now()

    def _now(self) -> datetime:
        return self._case.clock.business(workflow.now())

    async def _take(self, turn: Turn) -> Turn:
        """Remember where the case stands, show it to people, and let the referral follow."""
        before = self._turn.sheet if self._turn is not None else None
        self._turn = turn
        self._sequence = turn.sequence
        workflow.set_current_details(sheet.markdown(turn))
        changes = attributes.changes(
            turn.sheet, workflow.info().typed_search_attributes, amounts_hidden=self._amounts_hidden
        )
        if changes:
            workflow.upsert_search_attributes(changes)
        await self._follow_referral(before, turn.sheet)
        await self._tell_siblings(turn)
        return turn

    async def _tell_siblings(self, turn: Turn) -> None:
        """Wake the person's other cases for what waits in their inboxes. One that has ended finds it if it reopens."""
        for passed_on in turn.passed_on:
            handle = workflow.get_external_workflow_handle(case_workflow_id(passed_on.lender, passed_on.account))
            try:
                await handle.signal(passed_on.message.kind, passed_on.message.payload)
            except ApplicationError:
                workflow.logger.info("another case of the person is not running")

    async def _follow_referral(self, before: CaseSheet | None, now: CaseSheet) -> None:
        """Start the referral's own workflow when it is proposed, and pass on what happens to it."""
        known = (None, None) if before is None else (before.referral_id, before.referral)
        if now.referral is None or now.referral_id is None or (now.referral_id, now.referral) == known:
            return
        if known[0] is not None and known[0] != now.referral_id:
            # Only a recalled referral is followed by another. That may have happened in one turn, unseen.
            await self._tell_referral(known[0], ReferralStatus.RECALLED)
        if now.referral in _BEFORE_COUNSEL and now.referral_id != known[0]:
            await self._start_referral(now.referral_id, now.outstanding)
        if now.referral is not ReferralStatus.PROPOSED:
            await self._tell_referral(now.referral_id, now.referral)

    async def _tell_referral(self, referral: str, status: ReferralStatus) -> None:
        await self._signal_referral(referral, "status_changed", status)

    async def _signal_referral(self, referral: str, signal: str, content: ReferralStatus | Answer) -> None:
        handle = workflow.get_external_workflow_handle(referral_workflow_id(self._case, referral))
        try:
            await handle.signal(signal, content)
        except ApplicationError:
            workflow.logger.info("the referral's workflow has ended already")

    async def _start_referral(self, referral: str, outstanding: Money) -> None:
        try:
            await workflow.start_child_workflow(
                REFERRAL_WORKFLOW,
                ReferralStart(case=self._case, referral=referral),
                id=referral_workflow_id(self._case, referral),
                parent_close_policy=workflow.ParentClosePolicy.ABANDON,
                static_summary=f"legal referral of {self._case.case_id}: {outstanding}",
            )
        except WorkflowAlreadyStartedError:
            workflow.logger.info("an earlier run of this case started the referral")

    def _has_grown_long(self) -> bool:
        info = workflow.info()
        return info.is_continue_as_new_suggested() or info.get_current_history_length() > HISTORY_EVENTS_MAX

    async def _continue_as_new(self, turn: Turn) -> None:
        """Go on with a fresh history, once every message that came is applied and answered."""
        if (await self._answer_everybody(turn)).closed is None:
            workflow.continue_as_new(
                CaseStart(
                    lender=self._case.lender,
                    account=self._case.account,
                    clock=self._case.clock,
                    amounts_hidden=self._amounts_hidden,
                    sequence=self._sequence,
                )
            )
