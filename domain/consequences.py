"""What a message brings about at once, beside its own effect: a dispute or a hold by a reply, or work for a person.

Consequences are events of their own in the journal, right behind the message. They happen whichever way the message
came, and they can have consequences in their turn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from domain import events
from domain.disputes import is_unanswered
from domain.events import AnyEvent, DisputeCategory, DisputeOutcome, Entry, Event, Reason, WorkKind, WorkOutcome
from domain.evolve import evolve
from domain.holds import holds_on
from domain.identifiers import dispute_id, follow_up_id
from domain.localtime import local_date, zone_of
from domain.names import Channel, HoldKind, Outcome, ReplyIntent
from domain.registration import case_id_of
from domain.state import CaseState, CaseStatus, WorkItem
from domain.work import work_asked, work_withdrawn

CALLS_FAILED_UNTIL_LOST = 3
"""A debtor counts as lost when a number is invalid and three calls in a row have failed: rule cn.third-party."""

_PERSON_FOR_HOLD = {HoldKind.ATTORNEY: WorkKind.ATTORNEY, HoldKind.DECEASED: WorkKind.ESTATE}
_DISPUTE_OUTCOMES = {WorkOutcome.UPHELD: DisputeOutcome.UPHELD, WorkOutcome.REJECTED: DisputeOutcome.REJECTED}


@dataclass(frozen=True, slots=True)
class Change:
    """The case before and after the event, at a business instant. `after` has the earlier consequences too."""

    before: CaseState
    after: CaseState
    now: datetime

    @property
    def case_id(self) -> str:
        return case_id_of(self.after.lender, self.after.account)

    @property
    def today(self) -> date:
        return local_date(self.now, zone_of(self.after.zone))

    @property
    def is_closed(self) -> bool:
        return self.after.status is CaseStatus.CLOSED


Consequence = Callable[[Any, Change], Iterable[AnyEvent]]
"""What follows from an event of the type that it is registered for. It opens at most one work item: ids are counted."""


def happen(state: CaseState, entry: Entry) -> tuple[CaseState, tuple[Entry, ...]]:
    """The case after an entry with all that follows from it at once, and those entries in their order, it being the
    first.
    """
    change = Change(before=state, after=evolve(state, entry), now=entry.at)
    entries = [entry]
    for event_types, consequence in CONSEQUENCES:
        if isinstance(entry.event, event_types):
            for event in consequence(entry.event, change):
                after, caused = happen(change.after, Entry(at=entry.at, event=event))
                change = replace(change, after=after)
                entries.extend(caused)
    return change.after, tuple(entries)


def _after_reply(reply: events.ReplyReceived, change: Change) -> Iterable[AnyEvent]:
    """What is understood is done; the text is for a person wherever something is left to understand or to answer."""
    match reply.intent:
        case ReplyIntent.STOP if _refuses_all_contact(reply):
            return (_to_read(reply, change),)
        case ReplyIntent.STOP | ReplyIntent.START:
            return ()
        case ReplyIntent.HELP:
            return (work_asked(change.after, WorkKind.HELP_ASKED, change.now, reply.id),)
        case ReplyIntent.DISPUTE | ReplyIntent.ALREADY_PAID if not _is_disputed(change):
            paid = reply.intent is ReplyIntent.ALREADY_PAID
            category = DisputeCategory.ALREADY_PAID if paid else DisputeCategory.OTHER
            opened = events.DisputeOpened(id=dispute_id(change.case_id, reply.id), category=category)
            return (opened, _to_read(reply, change)) if change.is_closed else (opened,)
        case _:
            return (_to_read(reply, change),)


def _refuses_all_contact(reply: events.ReplyReceived) -> bool:
    """In writing, by any medium: under 12 CFR 1006.6(c) the hold `cease_contact`, which a person places where it binds.

    Until then every channel is closed already, over all accounts.
    """
    return reply.channel is not Channel.VOICE and {reply.channel, *reply.also_refused} == set(Channel)


def _to_read(reply: events.ReplyReceived, change: Change) -> events.WorkItemOpened:
    return work_asked(change.after, WorkKind.UNCLEAR_REPLY, change.now, reply.id)


def _after_refusal_to_pay(reply: events.ReplyReceived, change: Change) -> Iterable[AnyEvent]:
    """In writing, as 12 CFR 1006.6(c)(1) has it: contact stops at once where a rule says so, and a person reads why."""
    if not reply.refuses_to_pay or reply.channel is Channel.VOICE:
        return
    if not any(hold.kind is HoldKind.REFUSAL_TO_PAY for hold in holds_on(change.after, change.today)):
        placed = follow_up_id(change.case_id, reply.id, "hold_placed")
        yield events.HoldPlaced(id=placed, hold=HoldKind.REFUSAL_TO_PAY)
    if not any(item.about == reply.id for item in change.after.work):
        yield _to_read(reply, change)


def _is_disputed(change: Change) -> bool:
    return any(hold.kind is HoldKind.DISPUTE for hold in holds_on(change.after, change.today))


def _after_dispute(dispute: events.DisputeOpened, change: Change) -> Iterable[AnyEvent]:
    if change.is_closed:
        return ()
    paid = dispute.category is DisputeCategory.ALREADY_PAID
    work = WorkKind.ALREADY_PAID if paid else WorkKind.DISPUTE
    return (work_asked(change.after, work, change.now, dispute.id),)


def _after_resolution(resolved: events.DisputeResolved, change: Change) -> Iterable[AnyEvent]:
    return work_withdrawn(change.after, resolved.dispute)


def _after_hold(placed: events.HoldPlaced, change: Change) -> Iterable[AnyEvent]:
    work = _PERSON_FOR_HOLD.get(placed.hold)
    return () if work is None or change.is_closed else (work_asked(change.after, work, change.now, placed.id),)


def _after_lifting(lifted: events.HoldLifted, change: Change) -> Iterable[AnyEvent]:
    """The work that a hold asked for is over with it; a dispute or a complaint is over only with its answer."""
    held = [hold.id for hold in change.before.holds if hold.kind is lifted.hold]
    over = [hold for hold in held if not is_unanswered(hold, change.after)]
    return [withdrawn for hold in over for withdrawn in work_withdrawn(change.after, hold)]


def _after_trying_to_reach(_: Event, change: Change) -> Iterable[AnyEvent]:
    """Who is lost is looked for by a person; who is found again is looked for no more."""
    lost = [item for item in change.after.work if item.work is WorkKind.LOST_CONTACT]
    if not _is_lost(change.after):
        return [events.WorkItemWithdrawn(item=item.id) for item in lost]
    if lost or _is_lost(change.before) or change.is_closed:
        return ()
    return (work_asked(change.after, WorkKind.LOST_CONTACT, change.now, None),)


def _is_lost(state: CaseState) -> bool:
    return state.unreached.number_invalid and state.unreached.calls >= CALLS_FAILED_UNTIL_LOST


def _after_completion(completed: events.WorkItemCompleted, change: Change) -> Iterable[AnyEvent]:
    item = next((item for item in change.before.work if item.id == completed.item), None)
    if item is None:
        return
    if completed.call is not None:
        recorded = follow_up_id(change.case_id, completed.id, "call_outcome_recorded")
        yield events.CallOutcomeRecorded(id=recorded, outcome=completed.call)
    if item.call is not None:
        yield _step_taken(item, completed)
    if item.about is not None and completed.outcome in _DISPUTE_OUTCOMES:
        yield events.DisputeResolved(
            id=follow_up_id(change.case_id, completed.id, "dispute_resolved"),
            dispute=item.about,
            outcome=_DISPUTE_OUTCOMES[completed.outcome],
        )


def _step_taken(item: WorkItem, completed: events.WorkItemCompleted) -> AnyEvent:
    """What the call was for the policy: a step that was taken, one that needs its fallback, or one that is dropped."""
    assert item.call is not None and item.about is not None, "a call of the policy names its contact"
    step, obligation = item.call.step, item.call.obligation
    match completed.outcome:
        case WorkOutcome.REACHED:
            return events.ContactMade(
                step=step,
                obligation=obligation,
                contact=item.about,
                channel=Channel.VOICE,
                template=item.call.template,
                outcome=Outcome.SENT,
                allowed_by=item.call.allowed_by,
            )
        case WorkOutcome.NOT_REACHED:
            return events.ContactFailed(
                step=step,
                obligation=obligation,
                contact=item.about,
                channel=Channel.VOICE,
                code=WorkOutcome.NOT_REACHED,
            )
        case _:
            text = "The agent found that the call was not needed."
            reason = Reason(rule="work.not-needed", cite="an agent's decision", effect="forbid", text=text)
            return events.ContactSuppressed(step=step, obligation=obligation, channel=Channel.VOICE, reasons=(reason,))


CONSEQUENCES: tuple[tuple[type[Event] | tuple[type[Event], ...], Consequence], ...] = (
    (events.ReplyReceived, _after_reply),
    (events.ReplyReceived, _after_refusal_to_pay),
    (events.DisputeOpened, _after_dispute),
    (events.DisputeResolved, _after_resolution),
    (events.HoldPlaced, _after_hold),
    (events.HoldLifted, _after_lifting),
    ((events.CallOutcomeRecorded, events.ContactPointChanged, events.ReplyReceived), _after_trying_to_reach),
    (events.WorkItemCompleted, _after_completion),
)
"""Asked in this order, each with the case as those before it left it."""
