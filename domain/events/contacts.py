"""Contacts with the borrower, what becomes of them, and how the borrower may be reached."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, Field

from domain.events.base import Message, Occurrence, Reason
from domain.names import (
    CalendarDate,
    CallOutcome,
    CaseId,
    Channel,
    ConsentMeans,
    Direction,
    Id,
    Outcome,
    Place,
    ReplyIntent,
    TelephonePlace,
)
from domain.preferences import InconvenientTime

INCONVENIENT_TIMES_MAX = 20
DISCUSSED_DEBTS_MAX = 50


class ContactPointChanged(Message):
    """A number or address was added, changed or found unusable. Its value is in Dunlin's database, never here."""

    kind: Literal["contact_point_changed"] = "contact_point_changed"
    contact_point: Id
    channel: Channel
    usable: bool


class ConsentChanged(Message):
    """The borrower allowed or refused a channel. All such words are kept; for each channel the newest counts."""

    kind: Literal["consent_changed"] = "consent_changed"
    channel: Channel
    consented: bool
    given_on: CalendarDate | None = Field(
        default=None, description="The date on which they said so, where they are; the day of acceptance if left out."
    )
    given_how: ConsentMeans = ConsentMeans.UNSTATED


class ContactPreferencesChanged(Message):
    """What the borrower asked for about places and times, over all of their accounts.

    It states the whole set as it is known now: what it leaves out no longer holds.
    """

    kind: Literal["contact_preferences_changed"] = "contact_preferences_changed"
    refused_places: tuple[Place, ...] = Field(
        default=(), max_length=len(Place), description="Where they are not to be contacted, such as at work."
    )
    inconvenient_times: tuple[InconvenientTime, ...] = Field(
        default=(),
        max_length=INCONVENIENT_TIMES_MAX,
        description="When they are not to be contacted, on any day, by the clock where they are.",
    )


class CallOutcomeRecorded(Message):
    """How a telephone call ended, by an agent or by the telephone provider."""

    kind: Literal["call_outcome_recorded"] = "call_outcome_recorded"
    outcome: CallOutcome
    direction: Direction = Direction.OUTBOUND
    contact: Id | None = Field(default=None, description="The contact that it belongs to, when Dunlin placed the call.")
    debts: tuple[CaseId, ...] = Field(
        default=(),
        max_length=DISCUSSED_DEBTS_MAX,
        description="Further cases of the same person that were talked about: the call counts for each of them.",
    )
    place: TelephonePlace | None = Field(
        default=None, description="Where it reached them. Left out: where Dunlin called, else a mobile telephone."
    )
    at: AwareDatetime | None = Field(
        default=None, description="When the call was made, not in the future; the instant of acceptance if left out."
    )


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
    also_refused: tuple[Channel, ...] = Field(
        default=(), description='What a stop is about besides its own channel, as "stop calling me" in a text message.'
    )
    refuses_to_pay: bool = Field(
        default=False, description="They will not pay, whatever else they say. In writing it places a hold."
    )


class StepEvent(Occurrence):
    """Something about one step of the policy, for one obligation."""

    step: Id
    obligation: Id


class ContactEvent(StepEvent):
    """What became of a contact. Its message may have named further accounts of the person with the same lender."""

    covers: tuple[str, ...] = Field(
        default=(), description="The other cases that the message of this one named as well."
    )
    covered_by: str | None = Field(
        default=None, description="The case whose message named this one; left out: it was a message of its own."
    )


class ContactMade(ContactEvent):
    """A contact left. `outcome` is `unknown` where a crash hides whether the provider took it: it counts as sent."""

    kind: Literal["contact_made"] = "contact_made"
    contact: Id
    channel: Channel
    template: Id
    outcome: Literal[Outcome.SENT, Outcome.UNKNOWN]
    allowed_by: tuple[Reason, ...] = ()


class ContactFailed(ContactEvent):
    """The contact can't be made by this channel. The next channel of the step's fallbacks follows, if there is one.

    The provider refused it for good; or, with `reasons`, its message lacks what the law demands.
    """

    kind: Literal["contact_failed"] = "contact_failed"
    contact: Id
    channel: Channel
    code: str
    reasons: tuple[Reason, ...] = ()


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


ContactMessage = (
    ContactPointChanged
    | ConsentChanged
    | ContactPreferencesChanged
    | CallOutcomeRecorded
    | DeliveryReported
    | ReplyReceived
)

ContactOccurrence = ContactMade | ContactFailed | ContactDeferred | ContactSuppressed
