"""Everything that can happen to a case.

Messages come from outside (a payment system, an agent, a provider) and carry an id of the sender's choosing, on which
they are idempotent. Occurrences are what Dunlin itself did or found. Both are facts in the journal, each with the
business instant at which it was accepted; neither ever holds a name, a number, an address or a text.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal, Self, get_args

from pydantic import AwareDatetime, Field, TypeAdapter, model_validator

from domain.money import Money, PositiveMoney
from domain.names import (
    CalendarDate,
    Channel,
    CloseReason,
    Component,
    Direction,
    HoldKind,
    Id,
    Outcome,
    ReferralStatus,
    ReplyIntent,
)
from domain.value import Value


class Event(Value):
    """A fact about one case. Each class narrows `kind` to its own name, by which its JSON is told from the others."""

    kind: str


class Message(Event):
    """A fact that somebody outside reports. Sent twice with one id, it counts once."""

    id: Id = Field(description="The sender's own id of this message. The same id is applied once.")


class ReversalReason(StrEnum):
    BOUNCED = "bounced"
    CHARGEBACK = "chargeback"
    MISTAKEN_POSTING = "mistaken_posting"


class AdjustmentReason(StrEnum):
    FEE = "fee"
    INTEREST = "interest"
    CORRECTION = "correction"
    GOODWILL = "goodwill"
    DISPUTE_UPHELD = "dispute_upheld"


class DisputeCategory(StrEnum):
    NOT_MINE = "not_mine"
    AMOUNT = "amount"
    ALREADY_PAID = "already_paid"
    FRAUD = "fraud"
    SERVICE = "service"
    OTHER = "other"


class DisputeOutcome(StrEnum):
    UPHELD = "upheld"
    REJECTED = "rejected"


class PaymentReceived(Message):
    """Money arrived. `id` is the payment's own id: the same id with another amount is refused."""

    kind: Literal["payment_received"] = "payment_received"
    amount: PositiveMoney


class PaymentReversed(Message):
    """A payment that had been counted did not stand. The account is re-aged as if it had never come."""

    kind: Literal["payment_reversed"] = "payment_reversed"
    payment: Id = Field(description="The id of the payment that is reversed.")
    reason: ReversalReason


class ObligationDue(Message):
    """A further instalment, statement balance or charge of the account. `id` is the obligation's own id."""

    kind: Literal["obligation_due"] = "obligation_due"
    amount: PositiveMoney
    due: CalendarDate = Field(description="The last day on which it can be paid on time.")
    component: Component = Component.PRINCIPAL


class BalanceAdjusted(Message):
    """The lender corrects the balance. A negative amount is credited; a positive one is a new charge due on `due`."""

    kind: Literal["balance_adjusted"] = "balance_adjusted"
    amount: Money
    reason: AdjustmentReason
    due: CalendarDate | None = Field(
        default=None, description="When a charge falls due; the day of acceptance if left out."
    )


class PromiseMade(Message):
    """The borrower promises to pay an amount by the end of a day."""

    kind: Literal["promise_made"] = "promise_made"
    amount: PositiveMoney
    due: CalendarDate


class DisputeOpened(Message):
    """The borrower disputes the debt or a part of it. Contact stops until it is resolved. `id` names the dispute."""

    kind: Literal["dispute_opened"] = "dispute_opened"
    category: DisputeCategory


class DisputeResolved(Message):
    """The dispute was decided. What is owed changes only by a separate `balance_adjusted`."""

    kind: Literal["dispute_resolved"] = "dispute_resolved"
    dispute: Id
    outcome: DisputeOutcome


class HoldPlaced(Message):
    """Contact must stop for a reason, until a day or until the hold is lifted."""

    kind: Literal["hold_placed"] = "hold_placed"
    hold: HoldKind
    until: CalendarDate | None = Field(default=None, description="The first day on which the hold no longer applies.")


class HoldLifted(Message):
    """Every hold of that kind ends today."""

    kind: Literal["hold_lifted"] = "hold_lifted"
    hold: HoldKind


class ContactPointChanged(Message):
    """A number or address was added, changed or found unusable. Its value is in Dunlin's database, never here."""

    kind: Literal["contact_point_changed"] = "contact_point_changed"
    contact_point: Id
    channel: Channel
    usable: bool


class ConsentChanged(Message):
    """The borrower allowed or refused a channel."""

    kind: Literal["consent_changed"] = "consent_changed"
    channel: Channel
    consented: bool


class CallOutcomeRecorded(Message):
    """How a telephone call ended, by an agent or by the telephone provider."""

    kind: Literal["call_outcome_recorded"] = "call_outcome_recorded"
    outcome: Outcome
    direction: Direction = Direction.OUTBOUND
    contact: Id | None = Field(default=None, description="The contact that it belongs to, when Dunlin placed the call.")


class DeliveryReported(Message):
    """A provider's report on a message that it had taken."""

    kind: Literal["delivery_reported"] = "delivery_reported"
    contact: Id
    outcome: Literal[Outcome.DELIVERED, Outcome.FAILED]
    code: Id | None = Field(default=None, description="The provider's own code.")


class ReplyReceived(Message):
    """The borrower answered. The text itself is in Dunlin's database, never here."""

    kind: Literal["reply_received"] = "reply_received"
    channel: Channel
    intent: ReplyIntent


class ReferralDecided(Message):
    """A person approved or declined the proposed legal referral."""

    kind: Literal["referral_decided"] = "referral_decided"
    approved: bool
    decided_by: Id = Field(description="The staff member's opaque id.")


class ReferralStatusChanged(Message):
    """Counsel reports how the referral stands."""

    kind: Literal["referral_status_changed"] = "referral_status_changed"
    status: Literal[
        ReferralStatus.HANDED_OVER,
        ReferralStatus.FILED,
        ReferralStatus.SERVED,
        ReferralStatus.JUDGMENT,
        ReferralStatus.ENFORCEMENT,
        ReferralStatus.WITHDRAWN,
    ]


class Recalled(Message):
    """The lender takes the account back. All contact ends."""

    kind: Literal["recalled"] = "recalled"


class Reason(Value):
    """Why something was allowed, deferred or forbidden: a rule and where it stands."""

    rule: str
    cite: str
    effect: str
    text: str


class PolicyRef(Value):
    """The exact policy that a case is pinned to."""

    id: Id
    version: int
    digest: str = Field(description="SHA-256 of the policy's canonical form.")


class OpeningObligation(Value):
    id: Id
    amount: PositiveMoney
    due: CalendarDate
    component: Component = Component.PRINCIPAL


class Occurrence(Event):
    """A fact that Dunlin itself brought about or found."""


class CaseOpened(Occurrence):
    kind: Literal["case_opened"] = "case_opened"
    lender: Id
    account: Id
    currency: str
    zone: str = Field(description="IANA zone whose calendar the account lives by.")
    policy: PolicyRef
    obligations: tuple[OpeningObligation, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        """Obligations of one case are told apart by id and added up: both must be possible from the first entry on."""
        ids = {obligation.id for obligation in self.obligations}
        if len(ids) < len(self.obligations):
            raise ValueError("two obligations have the same id")
        Money.total((obligation.amount for obligation in self.obligations), self.currency)
        return self


class StageEntered(Occurrence):
    kind: Literal["stage_entered"] = "stage_entered"
    stage: Id
    obligation: Id
    day: int = Field(description="Treatment day on entry: negative before the due date, else delinquent days.")


class PromiseKept(Occurrence):
    kind: Literal["promise_kept"] = "promise_kept"
    promise: Id


class PromiseBroken(Occurrence):
    kind: Literal["promise_broken"] = "promise_broken"
    promise: Id


class StepEvent(Occurrence):
    """Something about one step of the policy, for one obligation."""

    step: Id
    obligation: Id


class ContactMade(StepEvent):
    """A contact left. `outcome` is `unknown` where a crash hides whether the provider took it: it counts as sent."""

    kind: Literal["contact_made"] = "contact_made"
    contact: Id
    channel: Channel
    template: Id
    outcome: Literal[Outcome.SENT, Outcome.UNKNOWN]
    allowed_by: tuple[Reason, ...] = ()


class ContactFailed(StepEvent):
    """The provider refused the contact for good. The next channel of the step's fallbacks follows, if there is one."""

    kind: Literal["contact_failed"] = "contact_failed"
    contact: Id
    channel: Channel
    code: str


class ContactDeferred(StepEvent):
    kind: Literal["contact_deferred"] = "contact_deferred"
    channel: Channel
    until: AwareDatetime
    reasons: tuple[Reason, ...]


class ContactSuppressed(StepEvent):
    """The step is skipped: no channel of it is both usable and lawful."""

    kind: Literal["contact_suppressed"] = "contact_suppressed"
    channel: Channel
    reasons: tuple[Reason, ...]


class ReferralProposed(Occurrence):
    kind: Literal["referral_proposed"] = "referral_proposed"
    referral: Id
    outstanding: Money


class ReferralRecalled(Occurrence):
    """The referral ended because the debt was paid or the account recalled; counsel was told to stop if they had it."""

    kind: Literal["referral_recalled"] = "referral_recalled"
    referral: Id


class MessageRefused(Occurrence):
    """A message was not applied. The journal keeps that it came and why it was refused."""

    kind: Literal["message_refused"] = "message_refused"
    message: str = Field(description="The message's id, or empty when it had none that could be read.")
    message_kind: str
    code: str


class CaseClosed(Occurrence):
    kind: Literal["case_closed"] = "case_closed"
    reason: CloseReason


class CaseReopened(Occurrence):
    kind: Literal["case_reopened"] = "case_reopened"


AnyMessage = Annotated[
    PaymentReceived
    | PaymentReversed
    | ObligationDue
    | BalanceAdjusted
    | PromiseMade
    | DisputeOpened
    | DisputeResolved
    | HoldPlaced
    | HoldLifted
    | ContactPointChanged
    | ConsentChanged
    | CallOutcomeRecorded
    | DeliveryReported
    | ReplyReceived
    | ReferralDecided
    | ReferralStatusChanged
    | Recalled,
    Field(discriminator="kind"),
]

AnyOccurrence = Annotated[
    CaseOpened
    | StageEntered
    | PromiseKept
    | PromiseBroken
    | ContactMade
    | ContactFailed
    | ContactDeferred
    | ContactSuppressed
    | ReferralProposed
    | ReferralRecalled
    | MessageRefused
    | CaseClosed
    | CaseReopened,
    Field(discriminator="kind"),
]

AnyEvent = Annotated[AnyMessage | AnyOccurrence, Field(discriminator="kind")]


class Entry(Value):
    """One line of a case's journal: what happened, and the business instant at which it was accepted."""

    at: AwareDatetime
    event: AnyEvent


MESSAGE_TYPES: tuple[type[AnyMessage], ...] = get_args(get_args(AnyMessage)[0])

MESSAGE_ADAPTER: TypeAdapter[AnyMessage] = TypeAdapter(AnyMessage)


def message_kind(message_type: type[Message]) -> str:
    """The name of a message on the wire, such as "payment_received": its signal, its update and its `kind`."""
    return str(message_type.model_fields["kind"].default)


MESSAGES: dict[str, type[AnyMessage]] = {message_kind(message_type): message_type for message_type in MESSAGE_TYPES}
