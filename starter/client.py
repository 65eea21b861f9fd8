"""A small typed client of Dunlin: register accounts, open cases, send messages, see where a case stands.

Whatever it sends is in Postgres before Temporal hears of it, so a payment stops contact even while Temporal is down.
Everything is idempotent on ids of the caller's choosing: after an error, send the same again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from temporalio.client import Client

from activities.signatures import CaseSheet
from activities.turn import sheet_of
from db.cases import CaseRecord, find_case
from db.consumer_facts import put_contact_point, store_reply
from db.inbox import Acceptance, accept_message
from db.journal import JournalLine, read
from db.registration import RegistrationOutcome, register_lender
from db.session import Database, Session
from domain import events
from domain.accept import ACCEPTED_WHEN_CLOSED
from domain.balance import total_charged, total_settling
from domain.casework import AnswerStatus
from domain.charging import brought_up_to_date
from domain.clock import PRODUCTION_CLOCK, Clock
from domain.compliance.model import RulePack
from domain.events import AnyMessage, Entry
from domain.money import Money
from domain.names import Channel, ReplyIntent
from domain.policy import Policy, PolicyStatus
from domain.proposals import Proposal, Shape, divide_debt, propose_arrangement
from domain.refusals import Refusal
from domain.registration import AccountRegistration, ContactPointRegistration, LenderRegistration
from domain.replies import also_refused, intent_of, refuses_to_pay
from domain.state import CaseState, CaseStatus
from rulebook.load import Rulebook, UnknownPolicy
from starter.case_key import CaseKey
from starter.gateway import CaseGateway, CaseTerms, NotRunning
from starter.refusals import (
    Refused,
    case_closed,
    id_used_for_another,
    not_opened,
    not_started,
    policy_in_another_currency,
    unknown_account,
    unknown_policy,
)
from starter.registrar import Registrar
from starter.verbs import Verbs
from starter.whereabouts import Locator
from workflows.inputs import MessageResult

ANSWER_WITHIN = timedelta(seconds=30)

Beside = Callable[[Session, CaseRecord], Awaitable[None]]
"""What is written in the transaction that accepts a message: personal data, which the message itself never carries."""


class DunlinClient(Verbs):
    """Raises Refused for what is not applied, NoAnswer when no worker answers, RPCError when Temporal is away."""

    def __init__(
        self,
        temporal: Client,
        database: Database,
        rulebook: Rulebook,
        *,
        clock: Clock = PRODUCTION_CLOCK,
        answer_within: timedelta = ANSWER_WITHIN,
    ) -> None:
        self._database = database
        self._rulebook = rulebook
        self._clock = clock
        self._opening = 0
        self._locator = Locator(rulebook.places)
        self._registrar = Registrar(database, self._locator.locate, lambda: self._opening)
        self._gateway = CaseGateway(temporal, clock, answer_within)

    async def register_lender(self, lender: LenderRegistration) -> None:
        """Say who collects, or correct it."""
        async with self._database.transaction() as session:
            await register_lender(session, lender)

    async def register(self, account: AccountRegistration) -> RegistrationOutcome:
        """Make an account known without starting its case: it was created, updated or unchanged. Raises Refused."""
        policy = self._pinned_policy(account.policy, account.policy_version)
        if policy.currency != account.currency:
            raise policy_in_another_currency(account.currency, policy)
        outcome = await self._registrar.register(account)
        if outcome.remedy is not None:
            raise Refused(outcome, outcome.remedy)
        return outcome

    async def open_case(self, account: AccountRegistration) -> str:
        """Register an account and start its case, or leave the case that runs as it is. Returns the workflow's id."""
        self._opening += 1
        try:
            return await self._open(account)
        finally:
            self._opening -= 1

    async def _open(self, account: AccountRegistration) -> str:
        await self.register(account)
        case = CaseKey(lender=account.lender, account=account.account)
        owed = Money.total((obligation.amount for obligation in account.obligations), account.currency)
        policy = self._pinned_policy(account.policy, account.policy_version)
        await self._gateway.start(_case_terms(case, account.product, owed, policy))
        return case.workflow_id

    async def start_case(self, lender: str, account: str) -> str:
        """Start the case of an account that is registered already. Returns the workflow's id. Raises Refused."""
        case = CaseKey(lender=lender, account=account)
        async with self._database.transaction() as session:
            record = await _find(session, case)
        await self._gateway.start(self._terms(case, record))
        return case.workflow_id

    async def submit(self, case: CaseKey, message: AnyMessage, *, beside: Beside | None = None) -> MessageResult:
        """Have a message applied, and say what it did. What a closed case still accepts starts it again.

        Sent again with the same id and content, it gets the same answer, as a duplicate.
        """
        record, acceptance = await self._accept(case, message, beside)
        result = await self._update(case, record, message)
        # The inbox knows whether it came before. The update does not: a turn under way may have applied it from
        # the inbox first, and Temporal answers an update that it had before with what it answered then.
        status = AnswerStatus.APPLIED if acceptance is Acceptance.ACCEPTED else AnswerStatus.DUPLICATE
        return result.model_copy(update={"status": status})

    async def signal(self, case: CaseKey, message: AnyMessage, *, beside: Beside | None = None) -> None:
        """Hand a message over without waiting for what it does: what the case refuses is only in its journal."""
        record, _ = await self._accept(case, message, beside)
        if _starts_the_case(record, message):
            await self._gateway.signal_with_start(self._terms(case, record), message)
            return
        try:
            await self._gateway.signal(case, message)
        except NotRunning:
            raise not_started(case.case_id) from None

    async def change_contact_point(
        self, case: CaseKey, point: ContactPointRegistration, *, message_id: str
    ) -> MessageResult:
        """Add or change a number or an address. The point must have an id; its value goes to Postgres alone."""

        where = self._locator.of_point(point)

        async def keep(session: Session, record: CaseRecord) -> None:
            await put_contact_point(session, record.consumer_id, point, where)

        message = events.ContactPointChanged(
            id=message_id, contact_point=point.id or "", channel=point.channel, usable=True
        )
        return await self.submit(case, message, beside=keep)

    async def reply(self, case: CaseKey, channel: Channel, text: str, *, message_id: str) -> MessageResult:
        """The borrower answered. The text goes to Postgres alone; the message says what its keyword asks for."""
        message, keep = self._reply(channel, text, message_id)
        return await self.submit(case, message, beside=keep)

    async def pass_reply_on(self, case: CaseKey, channel: Channel, text: str, *, message_id: str) -> None:
        """The same, without waiting for what it does."""
        message, keep = self._reply(channel, text, message_id)
        await self.signal(case, message, beside=keep)

    def _reply(self, channel: Channel, text: str, message_id: str) -> tuple[events.ReplyReceived, Beside]:
        async def keep(session: Session, record: CaseRecord) -> None:
            now = self._clock.business(datetime.now(UTC))
            await store_reply(session, record.case_id, message_id, channel, text, now)

        intent = intent_of(text)
        others = also_refused(text, channel) if intent is ReplyIntent.STOP else ()
        message = events.ReplyReceived(
            id=message_id,
            channel=channel,
            intent=intent,
            also_refused=others,
            refuses_to_pay=refuses_to_pay(text),
        )
        return message, keep

    async def propose_arrangement(self, case: CaseKey, shape: Shape) -> Proposal:
        """A plan of that shape that the case would agree to now; it is not told of it. Raises Refused."""
        record, _ = await self._read(case)
        state, policy, _, now = self._up_to_date(case, record)
        return _proposed(propose_arrangement(state, policy, now, shape))

    async def divide_debt(self, case: CaseKey, shape: Shape) -> Proposal:
        """The same, whether or not the case would agree to it: when it is sent, the case is the judge. So what is sent
        again is the same message, until the balance or, where the shape names no first day, the date is another.
        """
        record, _ = await self._read(case)
        state, policy, _, now = self._up_to_date(case, record)
        return _proposed(divide_debt(state, policy, now, shape))

    async def sheet(self, case: CaseKey) -> CaseSheet:
        """Where the case stands now, open or closed. It is read from Postgres, so it costs Temporal nothing and needs
        no worker; the query `case_sheet` tells other Temporal clients what the case knew after its last turn.
        """
        record, lines = await self._read(case)
        last = [Entry.model_validate({"at": line.at, "event": line.event}) for line in lines[-1:]]
        state, policy, packs, now = self._up_to_date(case, record)
        return sheet_of(state, policy, packs, now, last)

    async def _read(self, case: CaseKey) -> tuple[CaseRecord, tuple[JournalLine, ...]]:
        async with self._database.transaction() as session:
            return await _find(session, case), await read(session, case.case_id)

    def _up_to_date(
        self, case: CaseKey, record: CaseRecord
    ) -> tuple[CaseState, Policy, tuple[RulePack, ...], datetime]:
        """The case with what has accrued by now, its policy and law, and now. Raises Refused when it is not open."""
        if record.state is None:
            raise not_opened(case.case_id)
        policy = self._rulebook.policy(record.state.policy.id, record.state.policy.version)
        packs, now = self._rulebook.packs(policy.law), self._clock.business(datetime.now(UTC))
        return brought_up_to_date(record.state, policy, packs, now), policy, packs, now

    async def journal(self, case: CaseKey) -> tuple[JournalLine, ...]:
        """Everything that happened to the case, oldest line first."""
        async with self._database.transaction() as session:
            await _find(session, case)
            return await read(session, case.case_id)

    async def _update(self, case: CaseKey, record: CaseRecord, message: AnyMessage) -> MessageResult:
        if _starts_the_case(record, message):
            return await self._gateway.update_with_start(self._terms(case, record), message)
        try:
            return await self._gateway.update(case, message)
        except NotRunning:
            raise not_started(case.case_id) from None

    async def _accept(self, case: CaseKey, message: AnyMessage, beside: Beside | None) -> tuple[CaseRecord, Acceptance]:
        """Write the message to the inbox, where every contact looks before it leaves."""
        async with self._database.transaction() as session:
            record = await _find(session, case)
            closed = record.state is not None and record.state.status is CaseStatus.CLOSED
            if closed and not isinstance(message, ACCEPTED_WHEN_CLOSED):
                raise case_closed()
            if beside is not None:
                await beside(session, record)
            acceptance = await accept_message(session, case.case_id, message)
            if acceptance is Acceptance.CONFLICT:
                raise id_used_for_another()
        return record, acceptance

    def _terms(self, case: CaseKey, record: CaseRecord) -> CaseTerms:
        state = record.state
        if state is None:
            owed = Money.total((obligation.amount for obligation in record.obligations), record.currency)
            policy = self._pinned_policy(record.policy_id, record.policy_version)
        else:
            owed = max(total_charged(state) - total_settling(state), Money.zero(state.currency))
            policy = self._rulebook.policy(state.policy.id, state.policy.version)
        return _case_terms(case, record.product, owed, policy)

    def _pinned_policy(self, policy_id: str, version: int | None) -> Policy:
        """The policy that a case which opens now is pinned to. Raises Refused."""
        try:
            if version is None:
                return self._rulebook.latest_published(policy_id)
            policy = self._rulebook.policy(policy_id, version)
        except UnknownPolicy as error:
            raise unknown_policy(str(error)) from None
        if policy.status is not PolicyStatus.PUBLISHED:
            raise unknown_policy(f"policy {policy_id} v{version} is {policy.status}: name a published version")
        return policy


def _case_terms(case: CaseKey, product: str, outstanding: Money, policy: Policy) -> CaseTerms:
    return CaseTerms(case, product, outstanding, f"{policy.id} v{policy.version}", policy.priority)


def _proposed(proposal: Proposal | Refusal) -> Proposal:
    if isinstance(proposal, Refusal):
        raise Refused(proposal.code, proposal.detail)
    return proposal


async def _find(session: Session, case: CaseKey) -> CaseRecord:
    record = await find_case(session, case.case_id)
    if record is None:
        raise unknown_account(case.case_id)
    return record


def _starts_the_case(record: CaseRecord, message: AnyMessage) -> bool:
    """Whether a message wakes a case that has ended. Money does in any case, also one that was never started."""
    if isinstance(message, events.PaymentReceived | events.PaymentReversed):
        return True
    return record.state is not None and isinstance(message, ACCEPTED_WHEN_CLOSED)
