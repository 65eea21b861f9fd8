"""The state of one case: small, immutable, JSON-able, and free of personal data."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from enum import StrEnum
from typing import Self

from pydantic import AwareDatetime

from domain.agreed import Arrangement, Settlement
from domain.events import (
    CallStep,
    ComplaintCategory,
    ComplaintOutcome,
    DisputeCategory,
    DisputeOutcome,
    Message,
    PolicyRef,
    ReversalReason,
    WorkKind,
)
from domain.itemization import Itemization
from domain.money import Money
from domain.names import (
    Channel,
    CloseReason,
    Component,
    HoldKind,
    Id,
    RecallReason,
    ReferralStatus,
    ReminderKind,
)
from domain.value import Value


class CaseStatus(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class PromiseStatus(StrEnum):
    OPEN = "open"
    KEPT = "kept"
    PARTLY_KEPT = "partly_kept"
    BROKEN = "broken"
    SUPERSEDED = "superseded"
    """An arrangement or a settlement took its place."""


class StepOutcome(StrEnum):
    """What became of one attempt at a step."""

    MADE = "made"
    FAILED = "failed"
    SUPPRESSED = "suppressed"


class ObligationOrigin(StrEnum):
    """Who says that it is owed: the lender, or Dunlin, which charges it by the policy."""

    LENDER = "lender"
    INTEREST = "interest"
    LATE_FEE = "late_fee"


class Obligation(Value):
    """What fell or falls due on one day. What is allocated to it is derived, see `domain.balance`."""

    id: Id
    amount: Money
    due: date
    component: Component
    origin: ObligationOrigin = ObligationOrigin.LENDER


class Payment(Value):
    id: Id
    amount: Money
    on: date
    reversed_because: ReversalReason | None = None


class CreditKind(StrEnum):
    """Why a reduction of the balance was given: the account of the ledger that bears it."""

    ADJUSTMENT = "adjustment"
    SETTLEMENT_DISCOUNT = "settlement_discount"
    WRITE_OFF = "write_off"


class Credit(Value):
    """A reduction of the balance that is not a payment."""

    id: Id
    amount: Money
    on: date
    kind: CreditKind = CreditKind.ADJUSTMENT


class Promise(Value):
    """A promise to pay. `paid_before` is what had been paid in all when it was made: later payments count to it.

    When one of the payments before it is reversed, that is taken off too, lest a kept promise look broken.
    """

    id: Id
    amount: Money
    due: date
    made_on: date
    paid_before: Money
    status: PromiseStatus = PromiseStatus.OPEN


class Hold(Value):
    """Something that stops a case, or a part of it, in `[placed_on, ends_on)`; open while `ends_on` is None.

    `amount` is the disputed part of the debt; None when all of it is held. `alone`: it is about this account, although
    holds of its kind are about the person.
    """

    id: Id
    kind: HoldKind
    placed_on: date
    ends_on: date | None
    amount: Money | None = None
    alone: bool = False

    def covers(self, day: date) -> bool:
        return self.placed_on <= day and (self.ends_on is None or day < self.ends_on)


class Dispute(Value):
    """`amount` is what was said to be wrong; None when it is the whole debt. One that `repeats` another has no hold."""

    id: Id
    category: DisputeCategory
    amount: Money | None
    opened_on: date
    repeats: Id | None = None
    outcome: DisputeOutcome | None = None
    in_validation_period: bool = False
    """It came in writing within the validation period: nothing is collected until verification was sent."""


class Complaint(Value):
    """`owner` answers for it. `outcome` is its final answer."""

    id: Id
    category: ComplaintCategory
    owner: Id
    opened_on: date
    outcome: ComplaintOutcome | None = None


class Hardship(Value):
    """What the borrower said they can pay a month, if anything. Its hold has the same id."""

    id: Id
    affordable: Money | None
    stated_on: date


class Asked(Value):
    """People are asked once about one thing."""

    about: Id
    work: WorkKind


class Attempt(Value):
    """One attempt at a step of the policy for one obligation, on a date where the account lives.

    `delivered_on` is the date of a report that proves its delivery.
    """

    step: Id
    obligation: Id
    channel: Channel
    outcome: StepOutcome
    on: date
    delivered_on: date | None = None


class Deferral(Value):
    """A step that waits for a lawful instant, found out only when it was about to leave."""

    step: Id
    obligation: Id
    until: AwareDatetime


class Referral(Value):
    """`reference` is counsel's own; `reminded` has what somebody was reminded of already."""

    id: Id
    status: ReferralStatus
    proposed_on: date
    handed_over_on: date | None = None
    filed_on: date | None = None
    reference: Id | None = None
    reminded: tuple[ReminderKind, ...] = ()
    recalled_because: RecallReason | None = None


class WorkItem(Value):
    """Something that a person has to do. Only open ones are kept: the journal has the rest."""

    id: Id
    work: WorkKind
    due: AwareDatetime
    priority: int
    about: Id | None
    opened_on: date
    call: CallStep | None = None


class Unreached(Value):
    """Since somebody was reached last: calls that failed, and whether a number was found not to be in service."""

    calls: int = 0
    number_invalid: bool = False


class Placement(Value):
    """The itemization with which the case opened, and how many obligations stood for it: later ones are additions."""

    itemization: Itemization
    obligations: int


class ValidationNotice(Value):
    """The notice of 12 CFR 1006.34 was sent; the person may dispute in writing until the end of `period_ends_on`."""

    sent_on: date
    period_ends_on: date

    def runs_on(self, day: date) -> bool:
        return day <= self.period_ends_on


class Applied(Value):
    """A message that was applied: its id, and what it said as a digest, to tell a repetition from a contradiction."""

    id: Id
    digest: str

    @classmethod
    def of(cls, message: Message) -> Self:
        """Fields at their default are left out, so that one that is added later doesn't change old digests."""
        said = {"kind": message.kind} | message.model_dump(mode="json", exclude_defaults=True)
        return cls(id=message.id, digest=hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16])


REFUSED_KEPT_MAX = 20


class IdlePeriod(Value):
    """Days `[since, until)` on which the case was closed although something was owed: nothing is charged for them."""

    since: date
    until: date


class CaseState(Value):
    """Everything about a case that a decision needs. Only `domain.evolve` makes a new one.

    `settlement_requested` is the policy's offer that an agent asked for and that is still to be made.
    `referral` is the latest of `referral_count` that were proposed; `referral_withheld` the rules that forbid another,
    as the journal last said; `legal_costs` the ids of charges among the obligations. `uncertain` are the attempts that
    count as made although nobody can say whether they left. `applied` are all messages that were applied; `refused` the
    ids of the latest ones that were not, so that a message that comes by two ways is journaled once.
    """

    lender: Id
    account: Id
    currency: str
    zone: str
    policy: PolicyRef
    opened_on: date | None = None
    status: CaseStatus = CaseStatus.OPEN
    closed_because: CloseReason | None = None
    closed_on: date | None = None
    idle: tuple[IdlePeriod, ...] = ()
    obligations: tuple[Obligation, ...]
    payments: tuple[Payment, ...] = ()
    credits: tuple[Credit, ...] = ()
    charged_until: date | None = None
    stage: Id | None = None
    stage_obligation: Id | None = None
    attempts: tuple[Attempt, ...] = ()
    uncertain: tuple[Attempt, ...] = ()
    deferral: Deferral | None = None
    promises: tuple[Promise, ...] = ()
    arrangements: tuple[Arrangement, ...] = ()
    settlements: tuple[Settlement, ...] = ()
    settlement_requested: Id | None = None
    holds: tuple[Hold, ...] = ()
    referral: Referral | None = None
    referral_count: int = 0
    referral_withheld: tuple[str, ...] = ()
    legal_costs: tuple[Id, ...] = ()
    limitation_noted: date | None = None
    limitation_warned: date | None = None
    recalled: bool = False
    disputes: tuple[Dispute, ...] = ()
    complaints: tuple[Complaint, ...] = ()
    hardships: tuple[Hardship, ...] = ()
    asked: tuple[Asked, ...] = ()
    transferred_to: Id | None = None
    placement: Placement | None = None
    validation_notice: ValidationNotice | None = None
    work: tuple[WorkItem, ...] = ()
    work_count: int = 0
    unreached: Unreached = Unreached()
    applied: tuple[Applied, ...] = ()
    refused: tuple[Id, ...] = ()
