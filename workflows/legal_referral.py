"""The road to counsel: a person's approval, the evidence, the hand-over, and the way back when the debt is paid."""

from __future__ import annotations

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from workflows import calls
from workflows.inputs import REFERRAL_WORKFLOW, ReferralOutcome, ReferralStart, case_workflow_id

with workflow.unsafe.imports_passed_through():
    from activities.signatures import Answer, ReferralRef
    from domain.events import ReferralDecided, ReferralStatusChanged
    from domain.names import ReferralStatus


@workflow.defn(name=REFERRAL_WORKFLOW)
class LegalReferral:
    """Child of a case. The case journals every change of its status and passes it on here; this workflow acts on it."""

    @workflow.init
    def __init__(self, start: ReferralStart) -> None:
        self._ref = ReferralRef(case=start.case, referral=start.referral)
        self._status = ReferralStatus.PROPOSED
        self._refusals: dict[str, Answer] = {}

    @workflow.run
    async def run(self, start: ReferralStart) -> ReferralOutcome:
        self._show("waits for a person's decision")
        await workflow.wait_condition(lambda: self._status is not ReferralStatus.PROPOSED)
        if self._status is ReferralStatus.APPROVED:
            await self._work_with_counsel()
        self._show("has ended")
        await workflow.wait_condition(workflow.all_handlers_finished)
        return ReferralOutcome(status=self._status)

    async def _work_with_counsel(self) -> None:
        self._show("is handed over to counsel")
        # What is recalled meanwhile is not handed over any more, and counsel, who never had it, needs no word.
        has_it = await calls.hand_over_referral(self._ref)
        if not self._status.is_final:
            handed_over = ReferralStatusChanged(
                id=f"{self._ref.referral}:handed", referral=self._ref.referral, status=ReferralStatus.HANDED_OVER
            )
            await self._report(handed_over)
        self._show("is with counsel")
        await workflow.wait_condition(lambda: self._status.is_final)
        if self._status is ReferralStatus.RECALLED and has_it:
            await calls.recall_referral(self._ref)

    @workflow.signal(description="The case's journal has a new status of this referral.")
    def status_changed(self, status: ReferralStatus) -> None:
        self._status = ReferralStatus(status)
        self._show("changed")

    @workflow.signal(description="The case did not take what this referral reported to it.")
    def refused(self, answer: Answer) -> None:
        self._refusals[answer.message] = answer

    @workflow.update(description="A person approves or declines the referral. The case journals it, or refuses it.")
    async def decide(self, decision: ReferralDecided) -> ReferralStatus:
        """Returns where the referral stands then. Raises ApplicationError with the code of a refusal."""
        self._refusals.pop(decision.id, None)
        await self._report(decision.model_copy(update={"referral": decision.referral or self._ref.referral}))
        await workflow.wait_condition(
            lambda: self._status is not ReferralStatus.PROPOSED or decision.id in self._refusals
        )
        refusal = self._refusals.get(decision.id)
        if refusal is not None:
            raise ApplicationError(refusal.detail or "refused", type=refusal.code or "refused", non_retryable=True)
        if (self._status is ReferralStatus.DECLINED) is decision.approved or self._status is ReferralStatus.RECALLED:
            raise _already(self._status)
        return self._status

    @decide.validator
    def _can_decide(self, decision: ReferralDecided) -> None:
        if self._status is not ReferralStatus.PROPOSED:
            raise _already(self._status)

    @workflow.query(description="Where the referral stands.")
    def status(self) -> ReferralStatus:
        return self._status

    async def _report(self, message: ReferralDecided | ReferralStatusChanged) -> None:
        """Tell the case, which alone changes the journal."""
        case = workflow.get_external_workflow_handle(case_workflow_id(self._ref.case.lender, self._ref.case.account))
        await case.signal(message.kind, message)

    def _show(self, words: str) -> None:
        workflow.set_current_details(f"The legal referral {words}. Status: **{self._status}**.")


def _already(status: ReferralStatus) -> ApplicationError:
    return ApplicationError(f"the referral is {status} already", type="referral_already_decided", non_retryable=True)
