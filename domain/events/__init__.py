"""Everything that can happen to a case.

Messages come from outside (a payment system, an agent, a provider) and carry an id of the sender's choosing, on which
they are idempotent. Occurrences are what Dunlin itself did or found. Both are facts in the journal, each with the
business instant at which it was accepted; neither ever holds a name, a number, an address or a text.
"""

from __future__ import annotations

from typing import Annotated, get_args

from pydantic import AwareDatetime, Field, TypeAdapter

from domain.events.agreements import (
    AgreementMessage,
    AgreementOccurrence,
    ArrangementAgreed,
    ArrangementBroken,
    ArrangementCompleted,
    Instalment,
    PromiseBroken,
    PromiseKept,
    PromiseMade,
    PromisePartlyKept,
    SettlementAccepted,
    SettlementCompleted,
    SettlementLapse,
    SettlementLapsed,
    SettlementOffered,
    SettlementRequested,
)
from domain.events.base import Event, Message, Occurrence, Reason
from domain.events.charges import ChargeOccurrence, InterestCharged, LateFeeCharged, PeriodInterest
from domain.events.contacts import (
    CallOutcomeRecorded,
    ConsentChanged,
    ContactDeferred,
    ContactEvent,
    ContactFailed,
    ContactMade,
    ContactMessage,
    ContactOccurrence,
    ContactPointChanged,
    ContactPreferencesChanged,
    ContactSuppressed,
    DeliveryReported,
    ReplyReceived,
    StepEvent,
)
from domain.events.lifecycle import (
    CaseClosed,
    CaseOpened,
    CaseReopened,
    LifecycleMessage,
    LifecycleOccurrence,
    MessageRefused,
    OpeningObligation,
    PolicyRef,
    Recalled,
    StageEntered,
    Transferred,
)
from domain.events.money import (
    AdjustmentReason,
    BalanceAdjusted,
    MoneyMessage,
    ObligationDue,
    PaymentReceived,
    PaymentReversed,
    ReversalReason,
)
from domain.events.notices import NoticeOccurrence, ValidationNoticeSent
from domain.events.referrals import (
    LimitationNeared,
    LimitationNoted,
    ReferralDecided,
    ReferralMessage,
    ReferralMessageBase,
    ReferralOccurrence,
    ReferralProposed,
    ReferralRecalled,
    ReferralReminded,
    ReferralStatusChanged,
    ReferralWithheld,
)
from domain.events.restraints import (
    ComplaintCategory,
    ComplaintOpened,
    ComplaintOutcome,
    ComplaintResolved,
    DisputeCategory,
    DisputeOpened,
    DisputeOutcome,
    DisputeResolved,
    HardshipCategory,
    HardshipStated,
    HoldEndSet,
    HoldLifted,
    HoldPlaced,
    RestraintMessage,
    RestraintOccurrence,
    VulnerabilityStated,
)
from domain.events.work import (
    CallStep,
    WorkItemCompleted,
    WorkItemOpened,
    WorkItemWithdrawn,
    WorkKind,
    WorkMessage,
    WorkOccurrence,
    WorkOutcome,
)
from domain.value import Value

__all__ = [
    "MESSAGES",
    "MESSAGE_ADAPTER",
    "MESSAGE_TYPES",
    "AdjustmentReason",
    "AgreementMessage",
    "AgreementOccurrence",
    "AnyEvent",
    "AnyMessage",
    "AnyOccurrence",
    "ArrangementAgreed",
    "ArrangementBroken",
    "ArrangementCompleted",
    "BalanceAdjusted",
    "CallOutcomeRecorded",
    "CallStep",
    "CaseClosed",
    "CaseOpened",
    "CaseReopened",
    "ChargeOccurrence",
    "ComplaintCategory",
    "ComplaintOpened",
    "ComplaintOutcome",
    "ComplaintResolved",
    "ConsentChanged",
    "ContactDeferred",
    "ContactEvent",
    "ContactFailed",
    "ContactMade",
    "ContactMessage",
    "ContactOccurrence",
    "ContactPointChanged",
    "ContactPreferencesChanged",
    "ContactSuppressed",
    "DeliveryReported",
    "DisputeCategory",
    "DisputeOpened",
    "DisputeOutcome",
    "DisputeResolved",
    "Entry",
    "Event",
    "HardshipCategory",
    "HardshipStated",
    "HoldEndSet",
    "HoldLifted",
    "HoldPlaced",
    "Instalment",
    "InterestCharged",
    "LateFeeCharged",
    "LifecycleMessage",
    "LifecycleOccurrence",
    "LimitationNeared",
    "LimitationNoted",
    "Message",
    "MessageRefused",
    "MoneyMessage",
    "NoticeOccurrence",
    "ObligationDue",
    "Occurrence",
    "OpeningObligation",
    "PaymentReceived",
    "PaymentReversed",
    "PeriodInterest",
    "PolicyRef",
    "PromiseBroken",
    "PromiseKept",
    "PromiseMade",
    "PromisePartlyKept",
    "Reason",
    "Recalled",
    "ReferralDecided",
    "ReferralMessage",
    "ReferralMessageBase",
    "ReferralOccurrence",
    "ReferralProposed",
    "ReferralRecalled",
    "ReferralReminded",
    "ReferralStatusChanged",
    "ReferralWithheld",
    "ReplyReceived",
    "RestraintMessage",
    "RestraintOccurrence",
    "ReversalReason",
    "SettlementAccepted",
    "SettlementCompleted",
    "SettlementLapse",
    "SettlementLapsed",
    "SettlementOffered",
    "SettlementRequested",
    "StageEntered",
    "StepEvent",
    "Transferred",
    "ValidationNoticeSent",
    "VulnerabilityStated",
    "WorkItemCompleted",
    "WorkItemOpened",
    "WorkItemWithdrawn",
    "WorkKind",
    "WorkMessage",
    "WorkOccurrence",
    "WorkOutcome",
    "message_kind",
]

AnyMessage = Annotated[
    MoneyMessage
    | AgreementMessage
    | RestraintMessage
    | ContactMessage
    | ReferralMessage
    | WorkMessage
    | LifecycleMessage,
    Field(discriminator="kind"),
]

AnyOccurrence = Annotated[
    ChargeOccurrence
    | AgreementOccurrence
    | RestraintOccurrence
    | ContactOccurrence
    | NoticeOccurrence
    | ReferralOccurrence
    | WorkOccurrence
    | LifecycleOccurrence,
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
