"""What the workflows are started with and what they end with: the contract of `temporal workflow start`."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from pydantic import AwareDatetime, Field

    from activities.signatures import CaseRef
    from domain.balance import Settled
    from domain.clock import Clock
    from domain.money import Money
    from domain.names import CloseReason, Id, ReferralStatus
    from domain.value import Value

CASE_WORKFLOW = "CollectionCase"
REFERRAL_WORKFLOW = "LegalReferral"
RECONCILIATION_WORKFLOW = "Reconciliation"
NIGHTLY_CHECK_WORKFLOW = "NightlyCheck"


class CaseStart(Value):
    """Input of CollectionCase. The account itself is registered in Dunlin's database before."""

    lender: Id
    account: Id
    clock: Clock = Field(default=Clock(), description="Left out in production. A demonstration lives faster.")
    amounts_hidden: bool = Field(
        default=False, description="Whether payloads are encrypted: then no search attribute says an amount either."
    )
    sequence: int = Field(default=0, ge=0, description="Left out by callers: a case hands it to its own next run.")

    @property
    def case(self) -> CaseRef:
        return CaseRef(lender=self.lender, account=self.account, clock=self.clock)


class CaseOutcome(Value):
    """Result of CollectionCase."""

    closed: CloseReason
    outstanding: Money
    credit: Money


class MessageResult(Value):
    """What an update answers: what the message did, and where the case stands now."""

    message: str
    status: str = Field(description="`applied`, or `duplicate` when the same message had been applied before.")
    outstanding: Money
    past_due: Money
    credit: Money
    settled: tuple[Settled, ...] = Field(
        default=(), description="What the message settled of which obligation; negative where it took that back."
    )
    next: str = Field(description="What happens next, in words.")
    next_at: AwareDatetime | None = Field(
        default=None, description="When that happens; null when only a message can bring it about."
    )


class ReferralStart(Value):
    """Input of LegalReferral, a child of its case."""

    case: CaseRef
    referral: Id


class ReferralOutcome(Value):
    status: ReferralStatus


def case_workflow_id(lender: str, account: str) -> str:
    return f"case:{lender}:{account}"


def referral_workflow_id(case: CaseRef, referral: str) -> str:
    """Each referral of a case has its own: an earlier one may still be telling counsel to stop."""
    return f"referral:{case.case_id}:{referral}"
