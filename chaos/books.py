"""What is proved of the books and the cases when everything has come to rest."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import text
from temporalio.client import WorkflowExecutionStatus
from temporalio.service import RPCError

from activities.signatures import Turn
from chaos.deeds import Life
from chaos.driver import Sent
from chaos.proof import Proof
from chaos.servers import Servers
from chaos.silences import owed_minor
from chaos.sinks import Taken
from db.journal import JournalLine, verify
from db.ledger import disagreements
from db.session import DatabaseFailure
from domain.clock import Clock
from domain.events import PaymentReceived
from rulebook.load import Rulebook
from starter.case_key import CaseKey
from starter.client import DunlinClient
from workflows import sheet

_REST_SECONDS_MAX = 240.0
_LOOK_AGAIN_SECONDS = 0.5
_WAITING = text("""
SELECT EXISTS (
    SELECT 1 FROM inbox
    WHERE case_id = :case_id AND applied_at IS NULL AND NOT (:has_ended AND passed_on_from IS NOT NULL)
)
""")


@dataclass(frozen=True, slots=True)
class Books:
    """Looks at cases through the client, as anybody can."""

    servers: Servers
    client: DunlinClient
    rulebook: Rulebook
    clock: Clock

    async def come_to_rest(self, lives: Sequence[Life]) -> Proof:
        """Wait until each case is closed, or waits for a stated instant or message with nothing left to do."""
        waiting_for = {life.account.case_id: "not looked at" for life in lives}
        closed = 0
        deadline = asyncio.get_running_loop().time() + _REST_SECONDS_MAX
        while waiting_for and asyncio.get_running_loop().time() < deadline:
            for case_id in list(waiting_for):
                unrest, is_closed = await self._unrest(case_id)
                if unrest is None:
                    closed += is_closed
                    del waiting_for[case_id]
                else:
                    waiting_for[case_id] = unrest
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)
        resting = len(lives) - closed - len(waiting_for)
        wrong = tuple(f"{case_id}: {unrest}" for case_id, unrest in waiting_for.items())
        return Proof("every case closed or waiting for a stated instant", f"{closed} closed, {resting} wait", wrong)

    async def _unrest(self, case_id: str) -> tuple[str | None, bool]:
        """What keeps a case from being at rest, or None; and whether it is closed."""
        handle = self.servers.temporal.get_workflow_handle(_key(case_id).workflow_id)
        try:
            described = await handle.describe()
            has_ended = described.status is WorkflowExecutionStatus.COMPLETED
            if await self._waits_in_inbox(case_id, has_ended=has_ended):
                return "a message waits in the inbox", False
            if has_ended:
                status = (await self.client.sheet(_key(case_id))).status
                return (None, True) if status == "closed" else (f"its workflow has ended, and it is {status}", False)
            if described.status is not WorkflowExecutionStatus.RUNNING:
                return f"its workflow is {described.status}", False
            if described.raw_description.pending_activities:
                return "an activity is being tried", False
            turn: Turn | None = await handle.query("case_sheet", result_type=Turn)
        except (RPCError, DatabaseFailure) as error:
            return f"no answer: {error}", False
        if turn is None:
            return "not opened yet", False
        due = sheet.due_at(turn)
        if due is None:
            return (None if turn.decision.reason else "it waits, and nobody knows for what"), False
        return (None if due > self.clock.business(datetime.now(UTC)) else f"due since {due}"), False

    async def _waits_in_inbox(self, case_id: str, *, has_ended: bool) -> bool:
        """What other cases of the person passed on to one that has ended waits until money opens it again."""
        values = {"case_id": case_id, "has_ended": has_ended}
        async with self.servers.database.transaction() as session:
            return bool((await session.execute(_WAITING, values)).scalar_one())

    async def prove(self, lives: Sequence[Life], sent: Sequence[Sent], taken: Sequence[Taken]) -> list[Proof]:
        """Of money, messages, chains and ledger. Nothing may be running any more."""
        journals = {life.account.case_id: await self.client.journal(_key(life.account.case_id)) for life in lives}
        by_case = {
            case_id: [each for each in sent if each.case_id == case_id and each.accepted_at and not each.refused]
            for case_id in journals
        }
        async with self.servers.database.transaction() as session:
            broken = await verify(session)
        async with self.servers.database.transaction() as session:
            differing = await disagreements(session, self.rulebook.waterfall)
        lines = sum(map(len, journals.values()))
        return [
            await self._payments_counted_once(lives, by_case, journals),
            _nothing_lost(by_case, journals),
            _nothing_off_the_books(taken, journals),
            Proof("hash chains whole", f"{lines} lines of {len(journals)} journals", tuple(map(str, broken))),
            Proof("ledger equal to state", f"{len(journals)} cases", tuple(map(str, differing))),
        ]

    async def _payments_counted_once(
        self,
        lives: Sequence[Life],
        by_case: dict[str, list[Sent]],
        journals: dict[str, tuple[JournalLine, ...]],
    ) -> Proof:
        wrong: list[str] = []
        payments = 0
        for life in lives:
            case_id = life.account.case_id
            now = await self.client.sheet(_key(case_id))
            expected = owed_minor(life, by_case[case_id])
            found = now.outstanding.minor - now.credit.minor
            if expected != found:
                wrong.append(f"{case_id}: {found} minor units are owed, by the senders' log {expected}")
            counted = Counter(line.message_id for line in journals[case_id] if line.kind == "payment_received")
            paid = {each.message.id for each in by_case[case_id] if isinstance(each.message, PaymentReceived)}
            payments += len(paid)
            if counted != Counter(paid):
                wrong.append(f"{case_id}: payments {dict(counted)} in the journal, and {sorted(paid)} were accepted")
        return Proof("every payment counted once", f"{payments} payments", tuple(wrong))


def _nothing_lost(by_case: dict[str, list[Sent]], journals: dict[str, tuple[JournalLine, ...]]) -> Proof:
    """Each accepted message is in the journal once: applied, or refused with a reason."""
    wrong: list[str] = []
    for case_id, accepted in by_case.items():
        lines = journals[case_id]
        applied = Counter(line.message_id for line in lines if line.message_id is not None)
        refused = {line.event["message"] for line in lines if line.kind == "message_refused"}
        wrong += [f"{case_id}: {id} was applied {count} times" for id, count in applied.items() if count > 1]
        wrong += [
            f"{case_id}: {each.message.kind} {each.message.id} was accepted by {each.accepted_by}, and is lost"
            for each in accepted
            if not applied[each.message.id] and each.message.id not in refused
        ]
    accepted_in_all = sum(map(len, by_case.values()))
    return Proof("no accepted message lost", f"{accepted_in_all} messages", tuple(wrong))


def _nothing_off_the_books(taken: Sequence[Taken], journals: dict[str, tuple[JournalLine, ...]]) -> Proof:
    """What a provider took is in the journal, as sent or as not known: never as failed, and never missing."""
    made = {line.event["contact"] for lines in journals.values() for line in lines if line.kind == "contact_made"}
    wrong = tuple(f"{each.channel} {each.reference} is in no journal" for each in taken if each.reference not in made)
    return Proof("every contact that left is journaled", f"{len(taken)} contacts", wrong)


def _key(case_id: str) -> CaseKey:
    lender, account = case_id.split(":")
    return CaseKey(lender=lender, account=account)
