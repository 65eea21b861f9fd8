"""What Temporal's schedules do by night: compare with lenders' books, and check Dunlin's own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.signatures import ActivityName, NightlyCheckResult, ReconcileRequest, ReconcileResult

Reconcile = Callable[[ReconcileRequest], Awaitable[ReconcileResult]]
"""Raises OSError while the lender's file is not there yet, and ValueError for one that cannot be read."""

Check = Callable[[], Awaitable[Sequence[str]]]
"""What is wrong, a line for each case: ids and words, nothing personal."""

PROBLEMS_NAMED_MAX = 20


class UpkeepActivities:
    """`checks` are Dunlin's own, by name."""

    def __init__(self, reconcile: Reconcile, checks: dict[str, Check]) -> None:
        self._reconcile = reconcile
        self._checks = checks

    @activity.defn(name=ActivityName.RECONCILE)
    async def reconcile(self, request: ReconcileRequest) -> ReconcileResult:
        """Compare a lender's file with the running cases. Retried until the file is there."""
        try:
            return await self._reconcile(request)
        except OSError as error:
            raise ApplicationError(
                f"the lender's file cannot be read ({error.strerror}): put it into the reconciliation folder",
                type="no_file",
            ) from None
        except ValueError as error:
            raise ApplicationError(str(error), type="unreadable_file", non_retryable=True) from None

    @activity.defn(name=ActivityName.NIGHTLY_CHECK)
    async def nightly_check(self) -> NightlyCheckResult:
        """Run every check over all cases."""
        found = {name: await check() for name, check in self._checks.items()}
        return NightlyCheckResult(
            problems={name: len(lines) for name, lines in found.items()},
            first=tuple(f"{name}: {line}" for name, lines in found.items() for line in lines)[:PROBLEMS_NAMED_MAX],
        )
