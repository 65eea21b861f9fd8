"""What a policy says of legal referrals."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from domain.charge_terms import DecimalAmount
from domain.money import Money
from domain.slugs import Slug
from domain.value import Value


class Approval(StrEnum):
    HUMAN = "human"
    AUTOMATIC = "automatic"


class Counsel(Value):
    """To whom a referral is handed over. A firm, not a person."""

    name: str = Field(min_length=1, max_length=120)
    email: str = Field(pattern=r"^[^@\s]+@[^@\s]+$")


class Notice(Value):
    """The step that tells the borrower that a referral may follow, and how long they have to answer it."""

    step: Slug = Field(description="Id of a mandatory step. Where it was not made, no referral is proposed.")
    days: int = Field(
        ge=1,
        le=365,
        description="Days to answer, from the step or from its proven delivery if that is later; days on hold "
        "don't count. No referral is proposed before they are over.",
    )
    proof: bool = Field(default=False, description="No referral is proposed until a report proves its delivery.")


class AfterWithdrawal(StrEnum):
    """What becomes of a case that counsel gives back."""

    CONTINUE = "continue"
    CLOSE = "close"


class ReferralTerms(Value):
    """When a case is proposed for legal referral, after which notice, and who has to agree."""

    day: int = Field(ge=1, le=2000, description="Delinquent day from which a referral may be proposed.")
    notice: Notice
    minimum_balance: DecimalAmount = Field(description="In the policy's currency: below it no referral is proposed.")
    approval: Approval
    counsel: Counsel
    estimated_cost: DecimalAmount = Field(
        default="0", description="What a suit is expected to cost, in the policy's currency."
    )
    minimum_ratio: Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]{0,3})(\.[0-9]{1,2})?$")] = Field(
        default="0", description='How often the balance must cover that cost, such as "2.5".'
    )
    limitation_required: bool = Field(
        default=False, description="No referral is proposed while nobody knows until when the debt can be sued for."
    )
    remind_days: int = Field(default=7, ge=1, le=90, description="Days after which an undecided proposal is urged.")
    escalate_days: int = Field(
        default=14, ge=2, le=180, description="Days after which an undecided proposal is the most urgent work."
    )
    acknowledge_days: int = Field(
        default=7, ge=1, le=90, description="Days after the hand-over in which counsel is to acknowledge it."
    )
    costs_limit: DecimalAmount | None = Field(
        default=None, description="Most legal costs that are charged without a review, in the policy's currency."
    )
    after_withdrawal: AfterWithdrawal = AfterWithdrawal.CONTINUE

    @model_validator(mode="after")
    def _escalates_after_the_reminder(self) -> Self:
        if self.escalate_days <= self.remind_days:
            raise ValueError("escalate_days must be later than remind_days")
        return self

    def is_worth_its_cost(self, outstanding: Money) -> bool:
        """Whether the balance covers the expected cost as often as the policy asks. Exact: no rounding."""
        cost = Money.parse(self.estimated_cost, outstanding.currency)
        return outstanding.minor >= Decimal(self.minimum_ratio) * cost.minor
