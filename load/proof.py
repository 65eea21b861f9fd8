"""The proof after a load run: every payment applied once, nobody mailed twice, every case closed or waiting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from bench.mails import mails_in
from bench.servers import Servers
from db.journal import verify
from db.ledger import disagreements
from domain.events import PaymentReceived
from load.progress import Progress
from rulebook.load import Rulebook
from starter.case_key import CaseKey
from workflows.inputs import CASE_WORKFLOW

_TYPE = f"WorkflowType = '{CASE_WORKFLOW}'"

_PAYMENTS = text("SELECT case_id, id, amount_minor, reversed_because FROM payment")
_JOURNALED = text("SELECT case_id, message_id FROM journal WHERE kind = 'payment_received'")
_CONTACTS = text("""
SELECT substr(case_id, strpos(case_id, ':') + 1) AS account, count(*) AS contacts
FROM journal WHERE kind = 'contact_made' GROUP BY 1
""")
_NOT_MADE = text("""
SELECT count(*) FROM journal WHERE kind IN ('contact_deferred', 'contact_suppressed', 'contact_failed')
""")
_HANGING = text("SELECT count(*) FROM collection_case WHERE status <> 'closed' AND next_action_at IS NULL")
_WAITING = text("SELECT count(*) FROM collection_case WHERE status <> 'closed' AND next_action_at IS NOT NULL")
_CLOSED = text("SELECT count(*) FROM collection_case WHERE status = 'closed'")
_LATE_CONTACTS = text("""
SELECT count(*) FROM journal AS contact
JOIN journal AS payment ON payment.case_id = contact.case_id AND payment.kind = 'payment_received'
    AND payment.sequence < contact.sequence
JOIN collection_case AS k ON k.id = contact.case_id AND k.status = 'closed'
WHERE contact.kind = 'contact_made' AND contact.event ->> 'template' <> 'receipt'
""")


@dataclass(frozen=True, slots=True)
class Sent:
    """A payment that was handed over, and when the call began."""

    case: CaseKey
    payment: PaymentReceived
    at: datetime


async def still_waiting(servers: Servers) -> int:
    """Open cases that have an instant to wait for."""
    async with servers.database.transaction() as session:
        return int((await session.execute(_WAITING)).scalar_one())


async def faults(
    servers: Servers, rulebook: Rulebook, sent: Sequence[Sent], cases: int, progress: Progress
) -> list[str]:
    """What is lost, doubled or left hanging, each in words. `cases` are those that had a wave."""
    found = [*await _payments(servers, sent), *await _contacts(servers, cases), *await _ends(servers)]
    progress.say("verifying hash chains and ledger ...")
    async with servers.database.transaction() as session:
        found += [f"journal: {broken}" for broken in await verify(session)]
    async with servers.database.transaction() as session:
        found += [str(each) for each in await disagreements(session, rulebook.waterfall)]
    return found


async def _payments(servers: Servers, sent: Sequence[Sent]) -> list[str]:
    expected = Counter((each.case.case_id, each.payment.id, each.payment.amount.minor) for each in sent)
    async with servers.database.transaction() as session:
        applied = Counter((row.case_id, row.id, int(row.amount_minor)) for row in await session.execute(_PAYMENTS))
        journaled = Counter((row.case_id, row.message_id) for row in await session.execute(_JOURNALED))
    found = []
    if lost := expected - applied:
        found.append(f"{lost.total()} payments are lost, such as {next(iter(lost))}")
    if surplus := applied - expected:
        found.append(f"{surplus.total()} payments are there that nobody sent, such as {next(iter(surplus))}")
    if doubled := [key for key, count in journaled.items() if count > 1]:
        found.append(f"{len(doubled)} payments are journaled twice, such as {doubled[0]}")
    return found


async def _contacts(servers: Servers, cases: int) -> list[str]:
    """The sink's mails against the journal, and each case of the waves has one reminder and one receipt."""
    mails = Counter(mail.account for mail in mails_in(servers.stack.mail_folder))
    async with servers.database.transaction() as session:
        journaled = Counter({row.account: int(row.contacts) for row in await session.execute(_CONTACTS)})
        not_made = int((await session.execute(_NOT_MADE)).scalar_one())
        late = int((await session.execute(_LATE_CONTACTS)).scalar_one())
    found = []
    if mails != journaled:
        differing = {*(mails - journaled), *(journaled - mails)}
        found.append(f"mails in the sink and contacts in the journal differ for {len(differing)} accounts")
    of_waves = [count for account, count in mails.items() if account.startswith("load-")]
    if len(of_waves) != cases or any(count != 2 for count in of_waves):
        found.append(f"of {cases} cases, {sum(count == 2 for count in of_waves)} had one reminder and one receipt")
    if not_made:
        found.append(f"{not_made} contacts were deferred, suppressed or failed")
    if late:
        found.append(f"{late} reminders were made after the payment that closed the case")
    return found


async def _ends(servers: Servers) -> list[str]:
    """Every case is closed, and so is its workflow, or waits for a stated instant, and its workflow runs."""
    async with servers.database.transaction() as session:
        counted = [int((await session.execute(each)).scalar_one()) for each in (_HANGING, _WAITING, _CLOSED)]
    hanging, waiting, closed = counted
    completed = (await servers.temporal.count_workflows(f"{_TYPE} AND ExecutionStatus = 'Completed'")).count
    running = (await servers.temporal.count_workflows(f"{_TYPE} AND ExecutionStatus = 'Running'")).count
    found = []
    if hanging:
        found.append(f"{hanging} open cases wait for nothing")
    if (completed, running) != (closed, waiting):
        found.append(f"{closed} cases are closed and {waiting} wait, but {completed} workflows ended, {running} run")
    return found
