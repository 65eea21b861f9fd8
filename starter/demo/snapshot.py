"""Reads what the live view shows, and what the agent works through, in one short transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter

from db import reports
from db.journal import JournalLine as StoredLine
from db.reports import CaseLine
from db.session import Database
from domain.describe import describe
from domain.events import Entry
from domain.money import Money
from domain.names import CloseReason, Outcome, ReferralStatus
from domain.policy import Policy
from domain.state import CaseStatus, PromiseStatus
from starter.demo.view import ChannelCount, JournalLine, Snapshot, Stage, Withheld

JOURNAL_LINES = 60
"""More than a large terminal shows."""

_CASES_MAX = 1000
_WITH_COUNSEL = frozenset(
    {
        ReferralStatus.APPROVED,
        ReferralStatus.HANDED_OVER,
        ReferralStatus.FILED,
        ReferralStatus.SERVED,
        ReferralStatus.JUDGMENT,
        ReferralStatus.ENFORCEMENT,
    }
)
_ENTRY: TypeAdapter[Entry] = TypeAdapter(Entry)


@dataclass(frozen=True, slots=True)
class Portfolio:
    """All cases as they stand, each and in sum."""

    cases: tuple[CaseLine, ...]
    snapshot: Snapshot


async def read_portfolio(database: Database, policy: Policy, accounts: int) -> Portfolio:
    """Where everything stands now, of as many accounts as there are to be."""
    async with database.transaction() as session:
        cases = await reports.list_cases(session, reports.CaseFilter(), _CASES_MAX)
        contacts = await reports.count_contacts(session)
        withheld = await reports.count_withheld(session)
        promises = {each.status: each.promises for each in await reports.count_promises(session)}
        totals = await reports.totals_by_currency(session)
        newest = await reports.newest_lines(session, JOURNAL_LINES)
    snapshot = Snapshot(
        stages=stages(cases, policy, accounts),
        channels=_channels(contacts),
        withheld=_withheld(withheld),
        promises_kept=promises.get(PromiseStatus.KEPT, 0),
        promises_broken=promises.get(PromiseStatus.BROKEN, 0),
        promises_open=promises.get(PromiseStatus.OPEN, 0),
        outstanding=Money.total((each.outstanding for each in totals), policy.currency),
        collected=Money.total((each.collected for each in totals), policy.currency),
        journal=tuple(_journal_line(line) for line in newest),
    )
    return Portfolio(cases, snapshot)


def stages(cases: Sequence[CaseLine], policy: Policy, accounts: int) -> tuple[Stage, ...]:
    """How many accounts are where: before, in the policy's stages, at an end. Ends that nobody came to are left out."""
    places = Counter(_place(case, policy) for case in cases)
    before = Stage("Not handed over yet", accounts - len(cases))
    titles = [stage.title for stage in policy.stages]
    on_the_way = tuple(Stage(title, places.pop(title, 0)) for title in titles)
    return (before, *on_the_way, *(Stage(title, count, is_end=True) for title, count in sorted(places.items())))


def entry_of(line: StoredLine) -> Entry:
    """A stored journal line as the domain knows it."""
    return _ENTRY.validate_python({"at": line.at, "event": line.event})


def _place(case: CaseLine, policy: Policy) -> str:
    if case.status is CaseStatus.CLOSED:
        return _END_TITLES[case.close_reason] if case.close_reason else "Closed"
    if case.referral_status in _WITH_COUNSEL:
        return "With counsel"
    titles = {stage.id: stage.title for stage in policy.stages}
    return titles.get(case.stage or "", policy.stages[0].title)


_END_TITLES = {
    CloseReason.PAID: "Paid",
    CloseReason.SETTLED: "Settled",
    CloseReason.RECALLED: "Recalled by the lender",
    CloseReason.CHARGED_OFF: "Charged off",
    CloseReason.RETURNED_TO_LENDER: "Returned to the lender",
    CloseReason.REFERRAL_ENDED: "Referral ended",
    CloseReason.TRANSFERRED: "Transferred",
}


def _channels(contacts: Iterable[reports.ContactCount]) -> tuple[ChannelCount, ...]:
    sent: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    for each in contacts:
        (failed if each.outcome is Outcome.FAILED else sent)[each.channel] += each.contacts
    return tuple(ChannelCount(name, sent[name], failed[name]) for name in sorted(sent | failed))


def _withheld(counts: Iterable[reports.WithheldCount]) -> tuple[Withheld, ...]:
    deferred: Counter[str] = Counter()
    suppressed: Counter[str] = Counter()
    for each in counts:
        (deferred if each.kind == "contact_deferred" else suppressed)[each.rule] += each.contacts
    return tuple(Withheld(rule, deferred[rule], suppressed[rule]) for rule in sorted(deferred | suppressed))


def _journal_line(line: StoredLine) -> JournalLine:
    _, _, account = line.case_id.partition(":")
    return JournalLine(line.at, account, describe(entry_of(line).event))
