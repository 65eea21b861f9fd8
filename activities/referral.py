"""Legal referral: the evidence bundle for counsel, and the word to stop when the debt is paid."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.desk import Desk
from activities.signatures import ActivityName, ReferralRef
from db.cases import CaseRecord, find_case
from db.contacts import ContactRow, contacts_of_case
from db.journal import JournalLine, read
from db.persons import Recipient, load_debtor, load_lender
from domain.balance import balance_of
from domain.localtime import local_date, zone_of
from domain.messaging import CollectorIdentity
from domain.names import Outcome, RecallReason
from domain.policy import Policy
from domain.referral_terms import ReferralTerms
from domain.state import CaseState
from providers.base import ProviderError
from providers.counsel.bundle import make_bundle
from providers.counsel.mail import CounselMail
from providers.counsel.model import (
    ContactLine,
    CreditLine,
    ObligationLine,
    Party,
    PaymentLine,
    RecallNotice,
    Statement,
)


@dataclass(frozen=True, slots=True)
class ReferredCase:
    """What counsel is told, as it was read in one transaction."""

    record: CaseRecord
    state: CaseState
    policy: Policy
    terms: ReferralTerms
    debtor: Recipient
    collector: CollectorIdentity
    contacts: tuple[ContactRow, ...]
    journal: tuple[JournalLine, ...]


class ReferralActivities:
    """After a crash counsel may get a mail twice, which its Message-ID tells: better than a bundle that never came."""

    def __init__(self, desk: Desk, counsel: CounselMail) -> None:
        self._desk = desk
        self._counsel = counsel

    @activity.defn(name=ActivityName.HAND_OVER_REFERRAL)
    async def hand_over_referral(self, referral: ReferralRef) -> bool:
        """Send counsel the statement of account, the contact history and the journal.

        False when the referral was recalled before the bundle could leave: counsel never had it. A retry that follows a
        mail whose fate is not known finds out the same, and then counsel is told to stop, in case they have it.
        """
        case = await self._read(referral)
        known = case.state.referral
        if known is None or known.id != referral.referral or known.status.is_final:
            return activity.info().attempt > 1
        statement = statement_of(case, referral.referral, self._desk.now(referral.case, None))
        bundle = await make_bundle(statement, [_entry(line) for line in case.journal])
        await self._deliver(self._counsel.hand_over(bundle, case.terms.counsel.email))
        return True

    @activity.defn(name=ActivityName.RECALL_REFERRAL)
    async def recall_referral(self, referral: ReferralRef) -> None:
        """Tell counsel to stop, and why."""
        case = await self._read(referral)
        today = local_date(self._desk.now(referral.case, None), zone_of(case.state.zone))
        notice = RecallNotice(
            referral=referral.referral,
            account=case.record.account,
            locale=case.policy.locale,
            on=today,
            because=_why_recalled(case, referral.referral, today),
            collector=_collector(case),
            counsel=Party(case.terms.counsel.name),
        )
        await self._deliver(self._counsel.recall(notice, case.terms.counsel.email))

    async def _read(self, referral: ReferralRef) -> ReferredCase:
        async with self._desk.database.transaction() as session:
            record = await find_case(session, referral.case.case_id)
            assert record is not None, "a referral belongs to a registered case"
            assert record.state is not None, "a referral belongs to an opened case"
            policy = self._desk.rulebook.policy(record.state.policy.id, record.state.policy.version)
            assert policy.referral is not None, "only a policy with referral terms proposes one"
            return ReferredCase(
                record=record,
                state=record.state,
                policy=policy,
                terms=policy.referral,
                debtor=await load_debtor(session, record.consumer_id),
                collector=await load_lender(session, record.lender),
                contacts=await contacts_of_case(session, record.case_id),
                journal=await read(session, record.case_id),
            )

    async def _deliver(self, sending: Awaitable[object]) -> None:
        """Temporal retries whatever went wrong: the pending activity shows the code to whoever has to mend it."""
        try:
            await sending
        except ProviderError as error:
            raise ApplicationError(f"counsel's mail was not taken: {error.code}", type=error.code) from None


def statement_of(case: ReferredCase, referral: str, now: datetime) -> Statement:
    """The account and its contacts as of a business instant."""
    state = case.state
    balance = balance_of(state, case.policy.waterfall, local_date(now, zone_of(state.zone)))
    return Statement(
        referral=referral,
        case_id=case.record.case_id,
        account=case.record.account,
        locale=case.policy.locale,
        zone=state.zone,
        as_of=now,
        currency=state.currency,
        creditor=Party(case.collector.creditor),
        collector=_collector(case),
        debtor=Party(case.debtor.full_name, tuple(address.value for address in case.debtor.addresses)),
        counsel=Party(case.terms.counsel.name, (case.terms.counsel.email,)),
        obligations=tuple(
            ObligationLine(
                id=allocation.obligation.id,
                due=allocation.obligation.due,
                component=allocation.obligation.component,
                amount=allocation.obligation.amount,
                settled=allocation.settled,
            )
            for allocation in balance.allocations
        ),
        payments=tuple(
            PaymentLine(payment.id, payment.on, payment.amount, payment.reversed_because) for payment in state.payments
        ),
        credits=tuple(CreditLine(credit.id, credit.on, credit.amount) for credit in state.credits),
        contacts=tuple(
            ContactLine(
                id=contact.id,
                at=contact.sent_at or contact.claimed_at,
                channel=contact.channel,
                outcome=contact.outcome or Outcome.UNKNOWN,
                direction=contact.direction,
            )
            for contact in case.contacts
        ),
    )


def _why_recalled(case: ReferredCase, referral: str, today: date) -> RecallReason:
    """As the journal says; an earlier referral of the case is told by what is owed now."""
    known = case.state.referral
    if known is not None and known.id == referral and known.recalled_because is not None:
        return known.recalled_because
    owes = balance_of(case.state, case.policy.waterfall, today).outstanding
    return RecallReason.ACCOUNT_RECALLED if owes else RecallReason.PAID


def _collector(case: ReferredCase) -> Party:
    collector = case.collector
    return Party(collector.name, (*collector.postal_address.splitlines(), collector.phone, collector.email))


def _entry(line: JournalLine) -> dict[str, Any]:
    return {
        "sequence": line.sequence,
        "at": line.at.isoformat(),
        "event": line.event,
        "hash": line.hash,
    }
