"""The desk at which every activity works on a case: facts from Postgres, decisions from the domain, one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from temporalio.exceptions import ApplicationError

from activities.facts import record_facts
from activities.signatures import CaseRef, CaseSheet, PassedOn, RawMessage, Turn
from activities.turn import answer_of, sheet_of, view_of
from db.cases import CaseRecord, UnknownCase, lock_case, save_case
from db.inbox import InboxMessage, mark_applied
from db.persons import load_person
from db.session import Database, Session
from db.siblings import Sibling, pass_on
from domain.casework import Judged, receive
from domain.charging import charges_due
from domain.compliance.model import RulePack
from domain.conduct import conduct
from domain.decision import ActionDecision
from domain.events import CaseOpened, Entry, Message
from domain.evolve import evolve
from domain.ledger import ledger_entries
from domain.person import Person
from domain.person_wide import is_about_the_person
from domain.policy import Policy
from domain.state import CaseState
from rulebook.load import Rulebook

HISTORY_LOOKBACK = timedelta(days=30)
"""How far back the contacts of a person are loaded: longer than any window in which a rule of law counts them."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A case in the middle of a transaction: locked, up to date with every accepted message, and decided."""

    record: CaseRecord
    state: CaseState
    person: Person
    policy: Policy
    packs: tuple[RulePack, ...]
    now: datetime
    decision: ActionDecision
    entries: tuple[Entry, ...]
    judged: tuple[Judged, ...] = ()
    settled: tuple[str, ...] = ()
    passed_on: tuple[PassedOn, ...] = ()


class DatabaseBehindHistory(ApplicationError):
    """The case's row is older than what the workflow was told: a database restored from an old backup.

    Temporal keeps retrying, and the pending activity shows this alarm, until the right database is back.
    """

    def __init__(self, case_id: str, row: int, history: int) -> None:
        super().__init__(
            f"case {case_id}: the database is at sequence {row}, the history at {history}. Restore the newer database; "
            "the case stands still until then.",
            type="database_behind_history",
        )


class Desk:
    """Holds what activities need, and takes cases through their turns."""

    def __init__(self, database: Database, rulebook: Rulebook, real_now: Callable[[], datetime]) -> None:
        self.database = database
        self.rulebook = rulebook
        self.real_now = real_now

    def now(self, case: CaseRef, not_before: datetime | None) -> datetime:
        """Business time. Never before the instant that the workflow waited for, whatever this machine's clock says."""
        now = case.clock.business(self.real_now())
        return now if not_before is None else max(now, not_before)

    async def locked(self, session: Session, case: CaseRef, sequence: int) -> CaseRecord:
        """The case's record under lock. Raises DatabaseBehindHistory."""
        try:
            record = await lock_case(session, case.case_id)
        except UnknownCase as unknown:
            raise ApplicationError(str(unknown), type="unknown_account") from None
        check_sequence(record, sequence)
        return record

    async def stand(
        self,
        session: Session,
        record: CaseRecord,
        person: Person,
        inbox: Sequence[InboxMessage],
        messages: Sequence[RawMessage],
        now: datetime,
    ) -> Standing:
        """Open the case if it is new, apply what waits in the inbox and then the given messages, and decide."""
        policy = self._policy_of(record)
        state = record.state
        opening: tuple[Entry, ...] = ()
        if state is None:
            opening = (self._opening(record, policy, now),)
            state = evolve(None, opening[0])
        # A message is judged, and answered, by what is owed at this instant.
        charged = charges_due(state, policy, self.rulebook.packs_for(policy, person), now)
        for entry in charged:
            state = evolve(state, entry)
        waiting = [(message.kind, message.payload) for message in inbox]
        asked = [(message.kind, message.payload) for message in messages]
        # What the client wrote to the inbox before it sent it is one message, and is answered as such.
        received = receive(state, [*waiting, *(message for message in asked if message not in waiting)], policy, now)
        applied = [entry.event for entry in received.entries if isinstance(entry.event, Message)]
        if await record_facts(session, record, applied, now):
            person = await load_person(session, record.consumer_id, now - HISTORY_LOOKBACK)
        packs = self.rulebook.packs_for(policy, person)
        conducted = conduct(received.state, person, policy, packs, now)
        return Standing(
            record=record,
            state=conducted.state,
            person=person,
            policy=policy,
            packs=packs,
            now=now,
            decision=conducted.decision,
            entries=(*opening, *charged, *received.entries, *conducted.entries),
            judged=_answers(waiting, asked, received.judged),
            settled=tuple(one.message_id for one in received.judged),
            passed_on=await _pass_on(session, record, received.judged),
        )

    def as_recorded(self, record: CaseRecord, person: Person, decision: ActionDecision, now: datetime) -> Standing:
        """An open case as its row has it, with the decision that is being carried out."""
        state = record.state
        assert state is not None, "only an open case has a decision"
        policy = self._policy_of(record)
        return Standing(
            record=record,
            state=state,
            person=person,
            policy=policy,
            packs=self.rulebook.packs_for(policy, person),
            now=now,
            decision=decision,
            entries=(),
        )

    def after(self, standing: Standing, entries: Sequence[Entry]) -> Standing:
        """The case after something was done: evolved, and decided anew."""
        state = standing.state
        for entry in entries:
            state = evolve(state, entry)
        conducted = conduct(state, standing.person, standing.policy, standing.packs, standing.now)
        return replace(
            standing,
            state=conducted.state,
            decision=conducted.decision,
            entries=(*standing.entries, *entries, *conducted.entries),
        )

    async def save(self, session: Session, standing: Standing) -> Turn:
        """Write the case, its journal and its read model, and say where it stands."""
        sheet = sheet_of(standing.state, standing.policy, standing.packs, standing.now, standing.entries)
        saved = await self.write(session, standing, sheet)
        return Turn(
            sequence=saved.sequence,
            decision=standing.decision,
            sheet=sheet,
            answers=tuple(answer_of(one) for one in standing.judged),
            passed_on=standing.passed_on,
            closed=standing.state.closed_because,
        )

    async def write(self, session: Session, standing: Standing, sheet: CaseSheet) -> CaseRecord:
        """Write the case, its journal and its read model."""
        view = view_of(sheet, standing.decision, standing.now)
        record, entries = standing.record, standing.entries
        moved = ledger_entries(record.state, entries, record.journal_length, self.rulebook.waterfall)
        saved = await save_case(session, record, standing.state, entries, moved, view)
        if standing.settled:
            await mark_applied(session, saved.case_id, standing.settled, standing.now)
        return saved

    def _policy_of(self, record: CaseRecord) -> Policy:
        """The policy that the case is pinned to, or is to be pinned to now."""
        if record.state is not None:
            return self.rulebook.policy(record.state.policy.id, record.state.policy.version)
        if record.policy_version is not None:
            return self.rulebook.policy(record.policy_id, record.policy_version)
        return self.rulebook.latest_published(record.policy_id)

    def _opening(self, record: CaseRecord, policy: Policy, now: datetime) -> Entry:
        return Entry(
            at=now,
            event=CaseOpened(
                lender=record.lender,
                account=record.account,
                currency=record.currency,
                zone=record.zone,
                policy=self.rulebook.ref(policy),
                obligations=record.obligations,
                itemization=record.itemization,
            ),
        )


def _answers(
    waiting: Sequence[tuple[str, Any]], asked: Sequence[tuple[str, Any]], judged: Sequence[Judged]
) -> tuple[Judged, ...]:
    """What became of each message that was asked about, in their order."""
    only_asked = iter(judged[len(waiting) :])
    return tuple(judged[waiting.index(message)] if message in waiting else next(only_asked) for message in asked)


async def _pass_on(session: Session, record: CaseRecord, judged: Sequence[Judged]) -> tuple[PassedOn, ...]:
    """Hand what is about the person to their other cases. A repetition names those that have not applied it yet."""
    told: list[tuple[Sibling, Message]] = []
    for one in judged:
        if one.message is not None and is_about_the_person(one.message):
            told += await pass_on(session, record, one.message)
    return tuple(
        PassedOn(
            lender=sibling.lender,
            account=sibling.account,
            message=RawMessage(kind=message.kind, payload=message.model_dump(mode="json")),
        )
        for sibling, message in told
    )


def check_sequence(record: CaseRecord, sequence: int) -> None:
    """Raises DatabaseBehindHistory when the row is older than what the workflow was told."""
    if record.sequence < sequence:
        raise DatabaseBehindHistory(record.case_id, record.sequence, sequence)
