"""The nightly workflows that Temporal's schedules start. One that finds something wrong fails, so that it is seen."""

from __future__ import annotations

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from workflows import calls
from workflows.inputs import NIGHTLY_CHECK_WORKFLOW, RECONCILIATION_WORKFLOW

with workflow.unsafe.imports_passed_through():
    from activities.signatures import NightlyCheckResult, ReconcileRequest, ReconcileResult


@workflow.defn(name=RECONCILIATION_WORKFLOW)
class Reconciliation:
    """Compares a lender's file of open accounts with the running cases."""

    @workflow.run
    async def run(self, request: ReconcileRequest) -> ReconcileResult:
        result = await calls.reconcile(request)
        found = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in result.findings.items())
        workflow.set_current_details(
            f"{result.accounts} accounts in the lender's file; {found or 'the books agree'}; opened {result.opened}. "
            f"Report: {result.report}."
        )
        return result


@workflow.defn(name=NIGHTLY_CHECK_WORKFLOW)
class NightlyCheck:
    """Checks that the journal's chains are whole and that journal, state and ledger agree."""

    @workflow.run
    async def run(self) -> NightlyCheckResult:
        result = await calls.nightly_check()
        words = "; ".join(f"{name}: {count}" for name, count in result.problems.items())
        workflow.set_current_details(f"Problems found, by check: {words}.")
        if any(result.problems.values()):
            raise ApplicationError("; ".join((words, *result.first)), type="books_disagree", non_retryable=True)
        return result
