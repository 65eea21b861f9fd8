"""Claiming a contact, in one transaction: what is known, whether it is due and lawful now, and the claim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeGuard

from temporalio.exceptions import ApplicationError

from activities.asking import ask_gate
from activities.carrying import withhold
from activities.companions import Companion, find_companions, save_first
from activities.desk import HISTORY_LOOKBACK, Desk, Standing, check_sequence
from activities.message_facts import digest_of, facts_of, render_for
from activities.signatures import ContactCall, Turn
from db.cases import lock_case
from db.contact_facts import ContactFacts, load_for_contact
from db.contacts import ClaimKey, ContactRow, NewClaim, insert_claim, renew_claim
from db.session import Session
from db.shared_contacts import NamedCase, cases_named, name_cases
from db.tables import ClaimStatus
from domain import events
from domain.compliance.model import Effect, Verdict
from domain.consolidation import terms_of
from domain.consolidation_terms import CONSOLIDATION_HOURS_MAX
from domain.decision import ActionDecision, Contact
from domain.events import Entry, Reason
from domain.identifiers import contact_id
from domain.person import UsablePoint
from providers.base import Outgoing
from rulebook.render import UnfitFacts
from runtime.telemetry import DEFERRALS

SENDING_TAKES_AT_MOST = timedelta(seconds=25)
"""Real time after a claim in which only the case that made it may say what became of it: the contact's own timeout."""

_OUTSIDE_THE_PLAN = Reason(
    rule="policy.window",
    cite="treatment policy",
    effect=Effect.DEFER,
    text="The contact comes too late for its planned hours, and waits for the next ones.",
)


@dataclass(frozen=True, slots=True)
class Telling:
    """What a message does for one case that it names. `allowed_by` are the rules that were asked about that debt."""

    named: NamedCase
    allowed_by: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Claimed:
    """A contact that is committed to: everything to send it with.

    `template` is what it says, and `tellings` has each case that it names, the one that sends it first.
    """

    standing: Standing
    point: UsablePoint
    template: str
    message: Outgoing
    tellings: tuple[Telling, ...]


@dataclass(frozen=True, slots=True)
class Interrupted:
    """An earlier attempt claimed the contact and left no receipt.

    `tellings` has each case that it names, the one that claimed it first. `message` is what it had claimed, for asking
    the provider; None when a case has changed so that it can't be made again to the letter.
    """

    claim: ContactRow
    tellings: tuple[Telling, ...]
    message: Outgoing | None


async def claim(desk: Desk, call: ContactCall) -> Claimed | Interrupted | Turn:
    """Claim the contact. A Turn comes back where there is nothing to send: a payment came, or the law says later.

    Raises ApplicationError, which Temporal retries, while another case is sending a message that stands for this one.
    """
    now = desk.now(call.case, call.contact.at)
    planned = call.contact
    key = ClaimKey(planned.step, planned.obligation, planned.attempt)
    soon = now + timedelta(hours=CONSOLIDATION_HOURS_MAX)
    async with desk.database.transaction() as session:
        facts = await load_for_contact(session, call.case.case_id, key, now - HISTORY_LOOKBACK, soon)
        check_sequence(facts.case, call.sequence)
        if facts.claim is not None and facts.claim.status is ClaimStatus.CLAIMED:
            return await _interrupted(desk, session, facts, facts.claim, planned)
        if facts.claim_by_another is not None:
            _leave_it_to_the_other(desk, facts.claim_by_another)
            return await _interrupted(desk, session, facts, facts.claim_by_another, planned)
        standing = await desk.stand(session, facts.case, facts.person, facts.unapplied, (), now)
        decision = standing.decision
        if not _is_same(decision, planned):
            return await desk.save(session, standing)
        verdict = ask_gate(standing, planned.channel)
        if decision.at > now or verdict.verdict is not Effect.ALLOW:
            return await _defer(desk, session, standing, decision, verdict)
        withheld = withhold(desk, standing, decision, verdict, facts.recipient.locale, facts.collector)
        if withheld is not None:
            return await desk.save(session, desk.after(standing, (withheld,)))
        standing = await save_first(desk, session, standing)
        companions = await find_companions(desk, session, standing, decision, facts)
        claimed = _claimed(desk, facts, standing, decision, verdict, companions)
        await _write(session, claimed, key, is_new=facts.claim is None)
        return claimed


def _leave_it_to_the_other(desk: Desk, claimed: ContactRow) -> None:
    """Raises ApplicationError while whoever claimed the message may still be sending it."""
    if desk.real_now() - claimed.claimed_at_real < SENDING_TAKES_AT_MOST:
        raise ApplicationError(
            f"the message of case {claimed.case_id} that names this one too is being sent: look again shortly",
            type="sent_by_another_case",
        )


def _is_same(decision: ActionDecision, planned: Contact) -> TypeGuard[Contact]:
    """Whether the planner, asked again, still wants this attempt. Its instant and words may have moved."""
    return isinstance(decision, Contact) and (
        (decision.step, decision.obligation, decision.channel, decision.attempt)
        == (planned.step, planned.obligation, planned.channel, planned.attempt)
    )


async def _defer(desk: Desk, session: Session, standing: Standing, later: Contact, verdict: Verdict) -> Turn:
    """Journal until when the contact has to wait, and by which rules."""
    reasons = tuple(reason for reason in verdict.reasons if reason.effect != Effect.ALLOW) or (_OUTSIDE_THE_PLAN,)
    deferral = events.ContactDeferred(
        step=later.step,
        obligation=later.obligation,
        channel=later.channel,
        until=max(later.at, verdict.until or later.at),
        reasons=reasons,
    )
    for reason in reasons:
        DEFERRALS.add(1, {"channel": later.channel, "rule": reason.rule})
    return await desk.save(session, desk.after(standing, (Entry(at=standing.now, event=deferral),)))


def _claimed(
    desk: Desk,
    facts: ContactFacts,
    standing: Standing,
    contact: Contact,
    verdict: Verdict,
    companions: tuple[Companion, ...],
) -> Claimed:
    """The contact as it is to leave: in its own words, or in those that name several accounts."""
    point = standing.person.point_for(contact.channel)
    assert point is not None, "the planner only chooses channels that have a usable contact point"
    terms = terms_of(contact, standing.policy)
    template = terms.template if terms is not None and companions else contact.template
    reference = contact_id(standing.record.case_id, contact.step, contact.obligation, contact.attempt)
    about = (standing, *(companion.standing for companion in companions))
    message = _message(desk, facts, about, point, template, reference)
    tellings = (
        Telling(_named(standing, contact), verdict.reasons),
        *(Telling(_named(each.standing, each.contact), each.allowed_by) for each in companions),
    )
    return Claimed(standing, point, template, message, tellings)


def _named(standing: Standing, contact: Contact) -> NamedCase:
    return NamedCase(standing.record.case_id, contact.step, contact.obligation, contact.attempt)


def _message(
    desk: Desk, facts: ContactFacts, about: Sequence[Standing], point: UsablePoint, template: str, reference: str
) -> Outgoing:
    """The text about some accounts of the person: the first is the one that sends it."""
    address = facts.recipient.address(point.id)
    assert address is not None, "usable points and addresses come from the same rows"
    content = render_for(
        desk.rulebook.templates,
        template,
        point.channel,
        facts.recipient,
        about[0].policy.locale,
        facts_of(about, facts.recipient, facts.collector),
    )
    return Outgoing(reference=reference, to=address, content=content)


async def _write(session: Session, claimed: Claimed, key: ClaimKey, *, is_new: bool) -> None:
    standing, message = claimed.standing, claimed.message
    named = tuple(telling.named for telling in claimed.tellings)
    is_shared = len(named) > 1
    row = NewClaim(
        id=message.reference,
        case_id=standing.record.case_id,
        consumer_id=standing.record.consumer_id,
        key=key,
        channel=claimed.point.channel,
        place=claimed.point.place,
        contact_point_id=claimed.point.id,
        template=claimed.template,
        content_digest=digest_of(message.content),
        policy_version=standing.policy.version,
        claimed_at=standing.now,
        debts=tuple(each.case_id for each in named) if is_shared else (),
    )
    if is_new:
        written = await insert_claim(session, row)
        assert written, "the case is locked, and it had no such claim a moment ago"
    else:
        await renew_claim(session, row)
    if is_shared:
        await name_cases(session, row.id, named)


async def _interrupted(
    desk: Desk, session: Session, facts: ContactFacts, earlier: ContactRow, planned: Contact
) -> Interrupted:
    """Make the claimed text again, as of the instant at which it was claimed."""
    named = await cases_named(session, earlier.id) or (NamedCase.of_claim(earlier),)
    records = {facts.case.case_id: facts.case}
    for case_id in sorted(each.case_id for each in named if each.case_id not in records):
        records[case_id] = await lock_case(session, case_id)
    about = [desk.as_recorded(records[each.case_id], facts.person, planned, earlier.claimed_at) for each in named]
    unclear = Interrupted(earlier, tuple(map(Telling, named)), None)
    point = facts.person.point_for(earlier.channel)
    if point is None:
        return unclear
    assert earlier.template is not None, "only what Dunlin sends is claimed"
    try:
        message = _message(desk, facts, about, point, earlier.template, earlier.id)
    except UnfitFacts:
        return unclear
    return replace(unclear, message=message) if digest_of(message.content) == earlier.content_digest else unclear
