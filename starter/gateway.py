"""The Temporal side of the client: starts the workflow of a case, hands it messages, and asks where it stands."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import Priority, WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from activities.signatures import CASE_QUEUE
from domain.clock import Clock
from domain.events import AnyMessage
from domain.money import Money
from starter.case_key import CaseKey
from starter.refusals import NoAnswer, refusal_in
from workflows import attributes
from workflows.inputs import CASE_WORKFLOW, CaseStart, MessageResult

_ENDED_BEFORE_ANSWERING = "AcceptedUpdateCompletedWorkflow"
"""The failure that the server gives an update whose workflow ended before it had answered."""


class NotRunning(Exception):
    """No workflow of the case is running."""


@dataclass(frozen=True, slots=True)
class CaseTerms:
    """What a case's workflow is started with: enough to find it and to rank it, nothing personal."""

    case: CaseKey
    product: str
    outstanding: Money
    policy: str
    priority: int


class CaseGateway:
    """One case is one workflow. Everything here raises RPCError when Temporal cannot be reached."""

    def __init__(self, client: Client, clock: Clock, answer_within: timedelta) -> None:
        self._client = client
        self._clock = clock
        self._amounts_hidden = client.data_converter.payload_codec is not None
        self._answer_within = answer_within

    async def start(self, terms: CaseTerms) -> None:
        """Start the workflow, or leave the one that runs as it is."""
        await self._client.start_workflow(CASE_WORKFLOW, self._input(terms.case), **self._options(terms))

    async def update(self, case: CaseKey, message: AnyMessage) -> MessageResult:
        """Have the running workflow apply a message. Raises Refused, NoAnswer and NotRunning."""
        handle = self._client.get_workflow_handle(case.workflow_id)
        try:
            return await self._answer(
                handle.execute_update(message.kind, message, id=update_id(message), result_type=MessageResult)
            )
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                raise NotRunning from None
            raise

    async def update_with_start(self, terms: CaseTerms, message: AnyMessage) -> MessageResult:
        """The same, but a workflow that has ended is started again. Raises Refused and NoAnswer."""
        try:
            return await self._start_and_update(terms, message)
        except NotRunning:
            # It ended between accepting the update and answering it: now there is none, and a new one answers.
            return await self._start_and_update(terms, message)

    async def signal(self, case: CaseKey, message: AnyMessage) -> None:
        """Hand a message to the running workflow without waiting for what it does. Raises NotRunning."""
        try:
            await self._client.get_workflow_handle(case.workflow_id).signal(message.kind, message)
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                raise NotRunning from None
            raise

    async def signal_with_start(self, terms: CaseTerms, message: AnyMessage) -> None:
        """The same, but a workflow that has ended is started again."""
        await self._client.start_workflow(
            CASE_WORKFLOW,
            self._input(terms.case),
            start_signal=message.kind,
            start_signal_args=[message],
            **self._options(terms),
        )

    async def _start_and_update(self, terms: CaseTerms, message: AnyMessage) -> MessageResult:
        start: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
            CASE_WORKFLOW, self._input(terms.case), **self._options(terms)
        )
        # The SDK keeps what became of the start apart. When nobody asks for it, asyncio logs its failure as an error of
        # its own, beside the one that is raised.
        started = asyncio.ensure_future(start.workflow_handle())
        try:
            return await self._answer(
                self._client.execute_update_with_start_workflow(
                    message.kind,
                    message,
                    start_workflow_operation=start,
                    id=update_id(message),
                    result_type=MessageResult,
                )
            )
        finally:
            started.cancel()
            await asyncio.gather(started, return_exceptions=True)

    async def _answer(self, update: Awaitable[MessageResult]) -> MessageResult:
        try:
            async with asyncio.timeout(self._answer_within.total_seconds()):
                return await update
        except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError):
            raise NoAnswer(self._answer_within.total_seconds()) from None
        except WorkflowUpdateFailedError as error:
            cause = error.cause
            if isinstance(cause, ApplicationError) and cause.type == _ENDED_BEFORE_ANSWERING:
                raise NotRunning from None
            refusal = refusal_in(cause)
            if refusal is None:
                raise
            raise refusal from None

    def _input(self, case: CaseKey) -> CaseStart:
        return CaseStart(
            lender=case.lender, account=case.account, clock=self._clock, amounts_hidden=self._amounts_hidden
        )

    def _options(self, terms: CaseTerms) -> dict[str, Any]:
        """Everything but the input that the start of a case's workflow takes, however it is started."""
        return {
            "id": terms.case.workflow_id,
            "task_queue": CASE_QUEUE,
            "id_conflict_policy": WorkflowIDConflictPolicy.USE_EXISTING,
            "id_reuse_policy": WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            "priority": Priority(priority_key=terms.priority, fairness_key=terms.case.lender),
            "search_attributes": attributes.at_start(
                terms.case.lender, terms.policy, terms.outstanding, amounts_hidden=self._amounts_hidden
            ),
            "static_summary": f"{terms.case.case_id}: {terms.product}, {terms.outstanding}",
            "static_details": (
                f"Collection of account **{terms.case.account}** ({terms.product}) for lender **{terms.case.lender}**: "
                f"{terms.outstanding} at the start, by policy {terms.policy}.\n\nThe current details show where the "
                f"case stands now; `dunlin journal show {terms.case.case_id}` lists everything that happened."
            ),
        }


def update_id(message: AnyMessage) -> str:
    """The id under which Temporal takes an update once.

    It covers the content, so that a second message with a used id reaches the case, which refuses it, instead of being
    answered with the first one's result.
    """
    digest = hashlib.sha256(message.model_dump_json().encode()).hexdigest()[:12]
    return f"{message.kind}:{message.id}:{digest}"
