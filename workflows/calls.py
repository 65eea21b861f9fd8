"""How workflows call activities: every timeout and retry policy, by name."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from activities.signatures import (
        CASE_QUEUE,
        REFERRAL_QUEUE,
        UPKEEP_QUEUE,
        ActivityName,
        AdvanceRequest,
        ApplyRequest,
        ContactCall,
        NightlyCheckResult,
        OpenCaseRequest,
        ReconcileRequest,
        ReconcileResult,
        ReferralRef,
        Turn,
        channel_queue,
    )
    from domain.value import Value

BOOKKEEPING_TIMEOUT = timedelta(seconds=30)
"""An activity that only touches Postgres."""

CONTACT_TIMEOUT = timedelta(seconds=25)
"""A contact: longer than the provider's own timeout, so that the activity itself says what became of it."""

COUNSEL_TIMEOUT = timedelta(minutes=2)
"""Building the bundle and mailing it."""

UPKEEP_TIMEOUT = timedelta(hours=4)
"""Reading every journal, or opening a lender's missing accounts."""

UNTIL_IT_WORKS = RetryPolicy(
    initial_interval=timedelta(seconds=1), backoff_coefficient=2.0, maximum_interval=timedelta(minutes=5)
)
"""What must be recorded waits for the database however long that takes: the pending activity shows why."""

A_FEW_TIMES = RetryPolicy(
    initial_interval=timedelta(seconds=2),
    backoff_coefficient=3.0,
    maximum_interval=timedelta(seconds=30),
    maximum_attempts=4,
)
"""A provider that is down: after this the case sleeps, free to react to a payment, and comes back later."""

CONTACT_AGAIN_AFTER = timedelta(hours=1)
"""Business time until a contact is planned anew after its provider stayed down."""


async def open_case(request: OpenCaseRequest) -> Turn:
    return await _record(ActivityName.OPEN_CASE, request, "open the case")


async def apply_messages(request: ApplyRequest) -> Turn:
    kinds = ", ".join(dict.fromkeys(message.kind for message in request.messages))
    return await _record(ActivityName.APPLY_MESSAGES, request, f"apply {kinds}")


async def advance_case(request: AdvanceRequest, summary: str) -> Turn:
    return await _record(ActivityName.ADVANCE_CASE, request, summary)


async def contact(call: ContactCall) -> Turn:
    """Raises ActivityError when the provider stayed down over a few attempts."""
    turn: Turn = await workflow.execute_activity(
        ActivityName.CONTACT,
        call,
        result_type=Turn,
        start_to_close_timeout=CONTACT_TIMEOUT,
        retry_policy=A_FEW_TIMES,
        task_queue=channel_queue(call.contact.channel),
        summary=_short(f"{call.contact.channel}: {call.contact.reason}"),
    )
    return turn


async def hand_over_referral(referral: ReferralRef) -> bool:
    """Whether counsel has it: not when it was recalled before it left. Early releases returned nothing then."""
    sent = await _tell_counsel(ActivityName.HAND_OVER_REFERRAL, referral, "hand the evidence bundle over to counsel")
    return sent is not False


async def recall_referral(referral: ReferralRef) -> None:
    await _tell_counsel(ActivityName.RECALL_REFERRAL, referral, "tell counsel to stop")


async def reconcile(request: ReconcileRequest) -> ReconcileResult:
    """Raises ActivityError for a file that cannot be read."""
    result: ReconcileResult = await workflow.execute_activity(
        ActivityName.RECONCILE,
        request,
        result_type=ReconcileResult,
        start_to_close_timeout=UPKEEP_TIMEOUT,
        retry_policy=UNTIL_IT_WORKS,
        task_queue=UPKEEP_QUEUE,
        summary=f"compare the books of {request.lender}",
    )
    return result


async def nightly_check() -> NightlyCheckResult:
    result: NightlyCheckResult = await workflow.execute_activity(
        ActivityName.NIGHTLY_CHECK,
        result_type=NightlyCheckResult,
        start_to_close_timeout=UPKEEP_TIMEOUT,
        retry_policy=UNTIL_IT_WORKS,
        task_queue=UPKEEP_QUEUE,
        summary="check journals, states and ledger",
    )
    return result


async def _record(activity: ActivityName, request: Value, summary: str) -> Turn:
    turn: Turn = await workflow.execute_activity(
        activity,
        request,
        result_type=Turn,
        start_to_close_timeout=BOOKKEEPING_TIMEOUT,
        retry_policy=UNTIL_IT_WORKS,
        task_queue=CASE_QUEUE,
        summary=_short(summary),
    )
    return turn


async def _tell_counsel(activity: ActivityName, referral: ReferralRef, summary: str) -> bool | None:
    sent: bool | None = await workflow.execute_activity(
        activity,
        referral,
        result_type=bool | None,  # type: ignore[arg-type]
        start_to_close_timeout=COUNSEL_TIMEOUT,
        retry_policy=UNTIL_IT_WORKS,
        task_queue=REFERRAL_QUEUE,
        summary=summary,
    )
    return sent


def _short(words: str) -> str:
    """Temporal refuses longer summaries."""
    return words[:200]
