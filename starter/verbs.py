"""What can happen to a case, as one method each: thin names over the messages of the contract.

`message_id` is the sender's own id of the message: sent again, it counts once.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import date, datetime

from domain import events
from domain.events import (
    AdjustmentReason,
    AnyMessage,
    ComplaintCategory,
    ComplaintOutcome,
    DisputeCategory,
    DisputeOutcome,
    HardshipCategory,
    Instalment,
    ReversalReason,
    WorkOutcome,
)
from domain.money import Money
from domain.names import (
    AgreedBy,
    CallOutcome,
    Channel,
    Component,
    ConsentMeans,
    Direction,
    HoldKind,
    Place,
    ReferralStatus,
    TelephonePlace,
)
from domain.preferences import InconvenientTime
from starter.case_key import CaseKey
from workflows.inputs import MessageResult


class Verbs(ABC):
    """Each raises Refused when the case does not take the message, and NoAnswer when no worker answers in time."""

    @abstractmethod
    async def submit(self, case: CaseKey, message: AnyMessage) -> MessageResult:
        """Have a message applied, and say what it did."""

    async def pay(self, case: CaseKey, amount: Money, *, payment: str) -> MessageResult:
        """Money arrived. `payment` is the payment's own id: with another amount it is refused."""
        return await self.submit(case, events.PaymentReceived(id=payment, amount=amount))

    async def reverse(self, case: CaseKey, *, payment: str, reason: ReversalReason, message_id: str) -> MessageResult:
        """A payment that had been counted did not stand."""
        return await self.submit(case, events.PaymentReversed(id=message_id, payment=payment, reason=reason))

    async def bill(
        self, case: CaseKey, amount: Money, *, due: date, obligation: str, component: Component = Component.PRINCIPAL
    ) -> MessageResult:
        """A further instalment, statement balance or charge falls due. `obligation` is its own id."""
        return await self.submit(case, events.ObligationDue(id=obligation, amount=amount, due=due, component=component))

    async def adjust(
        self, case: CaseKey, amount: Money, *, reason: AdjustmentReason, message_id: str, due: date | None = None
    ) -> MessageResult:
        """The lender corrects the balance: a negative amount is credited, a positive one is a charge due on `due`."""
        return await self.submit(case, events.BalanceAdjusted(id=message_id, amount=amount, reason=reason, due=due))

    async def promise(
        self, case: CaseKey, amount: Money, *, due: date, message_id: str, channel: Channel | None = None
    ) -> MessageResult:
        """The borrower promises to pay an amount by the end of a day. `channel` is how they said so."""
        return await self.submit(case, events.PromiseMade(id=message_id, amount=amount, due=due, channel=channel))

    async def agree_arrangement(
        self,
        case: CaseKey,
        instalments: Sequence[Instalment],
        *,
        arrangement: str,
        agreed_by: AgreedBy,
        channel: Channel | None = None,
        replaces: str | None = None,
    ) -> MessageResult:
        """A plan was agreed. `arrangement` names it, `replaces` the one in force that gives way to it."""
        agreed = events.ArrangementAgreed(
            id=arrangement, instalments=tuple(instalments), agreed_by=agreed_by, channel=channel, replaces=replaces
        )
        return await self.submit(case, agreed)

    async def offer_settlement(self, case: CaseKey, offer: str, *, message_id: str) -> MessageResult:
        """An agent has one of the policy's settlements offered now, before or without its day."""
        return await self.submit(case, events.SettlementRequested(id=message_id, offer=offer))

    async def accept_settlement(
        self, case: CaseKey, offer: str, *, message_id: str, parts: Sequence[Instalment] = ()
    ) -> MessageResult:
        """The borrower accepts an offer that is open; without parts, all of it is due by the offer's last day."""
        return await self.submit(case, events.SettlementAccepted(id=message_id, offer=offer, parts=tuple(parts)))

    async def dispute(
        self,
        case: CaseKey,
        *,
        dispute: str,
        category: DisputeCategory,
        in_writing: bool = False,
        amount: Money | None = None,
        repeats: str | None = None,
    ) -> MessageResult:
        """The borrower disputes the debt or an amount of it, which stops. `dispute` names it until it is resolved."""
        return await self.submit(
            case,
            events.DisputeOpened(id=dispute, category=category, in_writing=in_writing, amount=amount, repeats=repeats),
        )

    async def resolve_dispute(
        self, case: CaseKey, *, dispute: str, outcome: DisputeOutcome, message_id: str
    ) -> MessageResult:
        """The dispute was decided. Upheld, its amount is credited."""
        return await self.submit(case, events.DisputeResolved(id=message_id, dispute=dispute, outcome=outcome))

    async def complain(
        self, case: CaseKey, *, complaint: str, category: ComplaintCategory, owner: str
    ) -> MessageResult:
        """The borrower complains. `complaint` is its number, `owner` the opaque id of who answers for it."""
        return await self.submit(case, events.ComplaintOpened(id=complaint, category=category, owner=owner))

    async def answer_complaint(
        self, case: CaseKey, *, complaint: str, outcome: ComplaintOutcome, message_id: str
    ) -> MessageResult:
        """The complaint got its final answer."""
        return await self.submit(case, events.ComplaintResolved(id=message_id, complaint=complaint, outcome=outcome))

    async def state_hardship(
        self, case: CaseKey, category: HardshipCategory, *, message_id: str, affordable: Money | None = None
    ) -> MessageResult:
        """The borrower cannot pay as agreed. `affordable` is what they can pay a month."""
        return await self.submit(case, events.HardshipStated(id=message_id, category=category, affordable=affordable))

    async def state_vulnerability(self, case: CaseKey, *, message_id: str) -> MessageResult:
        """The borrower may be vulnerable: all of their cases stop until a person has decided."""
        return await self.submit(case, events.VulnerabilityStated(id=message_id))

    async def hold(
        self,
        case: CaseKey,
        kind: HoldKind,
        *,
        message_id: str,
        since: date | None = None,
        until: date | None = None,
        only_this_account: bool = False,
    ) -> MessageResult:
        """What holds of that kind stop is stopped until the day `until`, or until the hold is released."""
        return await self.submit(
            case,
            events.HoldPlaced(id=message_id, hold=kind, since=since, until=until, only_this_account=only_this_account),
        )

    async def release(
        self,
        case: CaseKey,
        kind: HoldKind,
        *,
        message_id: str,
        until: date | None = None,
        only_this_account: bool = False,
    ) -> MessageResult:
        """Every hold of that kind ends, today or on the day `until`."""
        return await self.submit(
            case,
            events.HoldLifted(id=message_id, hold=kind, until=until, only_this_account=only_this_account),
        )

    async def change_consent(
        self,
        case: CaseKey,
        channel: Channel,
        *,
        consented: bool,
        message_id: str,
        given_on: date | None = None,
        given_how: ConsentMeans = ConsentMeans.UNSTATED,
    ) -> MessageResult:
        """The borrower allowed or refused a channel: on a date where they are, today if left out, and how."""
        word = events.ConsentChanged(
            id=message_id, channel=channel, consented=consented, given_on=given_on, given_how=given_how
        )
        return await self.submit(case, word)

    async def change_preferences(
        self,
        case: CaseKey,
        *,
        refused_places: Sequence[Place],
        inconvenient_times: Sequence[InconvenientTime],
        message_id: str,
    ) -> MessageResult:
        """Where and when the borrower does not want to be contacted: all that they asked for and still want."""
        asked = events.ContactPreferencesChanged(
            id=message_id, refused_places=tuple(refused_places), inconvenient_times=tuple(inconvenient_times)
        )
        return await self.submit(case, asked)

    async def record_call(
        self,
        case: CaseKey,
        outcome: CallOutcome,
        *,
        message_id: str,
        direction: Direction = Direction.OUTBOUND,
        contact: str | None = None,
        debts: Sequence[str] = (),
        place: TelephonePlace | None = None,
        at: datetime | None = None,
    ) -> MessageResult:
        """How a telephone call ended. `contact` names the contact that it belongs to, when Dunlin placed the call.

        `debts` are further cases of the person that were talked about; `at` is when it was made, now if left out.
        """
        call = events.CallOutcomeRecorded(
            id=message_id,
            outcome=outcome,
            direction=direction,
            contact=contact,
            debts=tuple(debts),
            place=place,
            at=at,
        )
        return await self.submit(case, call)

    async def decide_referral(
        self, case: CaseKey, *, approved: bool, decided_by: str, message_id: str, referral: str | None = None
    ) -> MessageResult:
        """A person approves or declines the proposed legal referral. `decided_by` is their opaque id.

        With a `referral`, the decision is refused when another was proposed since.
        """
        return await self.submit(
            case, events.ReferralDecided(id=message_id, referral=referral, approved=approved, decided_by=decided_by)
        )

    async def report_referral(
        self,
        case: CaseKey,
        status: ReferralStatus,
        *,
        message_id: str,
        referral: str | None = None,
        reference: str | None = None,
    ) -> MessageResult:
        """Counsel reports how the referral stands, with `acknowledged` their own reference of the matter.

        Raises ValueError for a status that is not counsel's to report.
        """
        report = {"id": message_id, "referral": referral, "status": status, "reference": reference}
        return await self.submit(case, events.ReferralStatusChanged.model_validate(report))

    async def complete_work(
        self,
        case: CaseKey,
        item: str,
        outcome: WorkOutcome,
        *,
        completed_by: str,
        message_id: str,
        call: CallOutcome | None = None,
    ) -> MessageResult:
        """A person did what a work item asked for. `call` says how the telephone call ended, where one was made."""
        return await self.submit(
            case,
            events.WorkItemCompleted(id=message_id, item=item, outcome=outcome, completed_by=completed_by, call=call),
        )

    async def note_limitation(self, case: CaseKey, last_day: date, *, message_id: str) -> MessageResult:
        """The lender says on which day the debt can be sued for last."""
        return await self.submit(case, events.LimitationNoted(id=message_id, last_day=last_day))

    async def recall(self, case: CaseKey, *, message_id: str) -> MessageResult:
        """The lender takes the account back: all contact ends."""
        return await self.submit(case, events.Recalled(id=message_id))

    async def transfer(self, case: CaseKey, *, to: str, message_id: str) -> MessageResult:
        """The lender hands the account to another agency, an opaque id: all contact ends."""
        return await self.submit(case, events.Transferred(id=message_id, to=to))
