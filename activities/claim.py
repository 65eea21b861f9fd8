"""Claiming a contact, in one transaction: what is known, whether it is due and lawful now, and the claim."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeGuard

from activities.desk import HISTORY_LOOKBACK, Desk, Standing, check_sequence
from activities.message_facts import digest_of, facts_of, render_for
from activities.signatures import ContactCall, Turn
from activities.turn import sheet_of
from db.contact_facts import ContactFacts, load_for_contact
from db.contacts import ClaimKey, ContactRow, NewClaim, insert_claim, renew_claim
from db.session import Session
from db.tables import ClaimStatus
from domain import events
from domain.compliance.gate import gate
from domain.compliance.model import ContactRequest, Effect, Verdict
from domain.decision import ActionDecision, Contact
from domain.events import Entry, Reason
from domain.identifiers import contact_id
from domain.localtime import local_date, zone_of
from domain.person import UsablePoint
from providers.base import Outgoing
from rulebook.render import UnfitFacts
from runtime.telemetry import DEFERRALS

_OUTSIDE_THE_PLAN = Reason(
    rule="policy.window",
    cite="treatment policy",
    effect=Effect.DEFER,
    text="The contact comes too late for its planned hours, and waits for the next ones.",
)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A contact that is committed to: everything to send it with. `allowed_by` are the rules that were asked."""

    standing: Standing
    point: UsablePoint
    message: Outgoing
    allowed_by: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Interrupted:
    """An earlier attempt claimed the contact and left no receipt.

    `message` is what it had claimed, for asking the provider; None when the case has changed so that it can't be made
    again to the letter.
    """

    claim: ContactRow
    message: Outgoing | None


async def claim(desk: Desk, call: ContactCall) -> Claimed | Interrupted | Turn:
    """Claim the contact. A Turn comes back where there is nothing to send: a payment came, or the law says later."""
    now = desk.now(call.case, call.contact.at)
    planned = call.contact
    key = ClaimKey(planned.step, planned.obligation, planned.attempt)
    async with desk.database.transaction() as session:
        facts = await load_for_contact(session, call.case.case_id, key, now - HISTORY_LOOKBACK)
        check_sequence(facts.case, call.sequence)
        if facts.claim is not None and facts.claim.status is ClaimStatus.CLAIMED:
            return _interrupted(desk, facts, facts.claim, planned)
        standing = await desk.stand(session, facts.case, facts.person, facts.unapplied, (), now)
        decision = standing.decision
        if not _is_same(decision, planned):
            return await desk.save(session, standing)
        verdict = _ask_gate(standing, planned)
        if decision.at > now or verdict.verdict is not Effect.ALLOW:
            return await _defer(desk, session, standing, decision, verdict)
        if standing.entries:
            standing = await _save_first(desk, session, standing)
        claimed = Claimed(
            standing, _point(standing, planned), _message(desk, standing, facts, planned), verdict.reasons
        )
        await _write(session, claimed, planned, is_new=facts.claim is None)
        return claimed


def _is_same(decision: ActionDecision, planned: Contact) -> TypeGuard[Contact]:
    """Whether the planner, asked again, still wants this attempt. Its instant and words may have moved."""
    return isinstance(decision, Contact) and (
        (decision.step, decision.obligation, decision.channel, decision.attempt)
        == (planned.step, planned.obligation, planned.channel, planned.attempt)
    )


def _point(standing: Standing, planned: Contact) -> UsablePoint:
    point = standing.person.point_for(planned.channel)
    assert point is not None, "the planner only chooses channels that have a usable contact point"
    return point


def _ask_gate(standing: Standing, planned: Contact) -> Verdict:
    """The gate's own word at this instant, holds of the case included."""
    today = local_date(standing.now, zone_of(standing.state.zone))
    holds = tuple(dict.fromkeys(hold.kind for hold in standing.state.holds if hold.covers(today)))
    request = ContactRequest(channel=planned.channel, debt=standing.record.case_id, to=_point(standing, planned).place)
    return gate(
        request,
        standing.person.consumer.model_copy(update={"holds": holds}),
        standing.person.history,
        standing.packs,
        standing.policy.collector,
        standing.now,
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


async def _save_first(desk: Desk, session: Session, standing: Standing) -> Standing:
    """Messages or bookkeeping that came to light are saved with the claim, in the same transaction."""
    sheet = sheet_of(standing.state, standing.policy, standing.now, standing.entries)
    saved = await desk.write(session, standing, sheet)
    return replace(standing, record=saved, entries=(), settled=())


def _message(desk: Desk, standing: Standing, facts: ContactFacts, planned: Contact) -> Outgoing:
    address = facts.recipient.address(_point(standing, planned).id)
    assert address is not None, "usable points and addresses come from the same rows"
    content = render_for(
        desk.rulebook.templates,
        planned.template,
        planned.channel,
        facts.recipient,
        standing.policy.locale,
        facts_of(standing, facts.recipient, facts.collector),
    )
    reference = contact_id(facts.case.case_id, planned.step, planned.obligation, planned.attempt)
    return Outgoing(reference=reference, to=address, content=content)


async def _write(session: Session, claimed: Claimed, planned: Contact, *, is_new: bool) -> None:
    standing, message = claimed.standing, claimed.message
    if not is_new:
        await renew_claim(session, message.reference, digest_of(message.content), standing.now)
        return
    written = await insert_claim(
        session,
        NewClaim(
            id=message.reference,
            case_id=standing.record.case_id,
            consumer_id=standing.record.consumer_id,
            key=ClaimKey(planned.step, planned.obligation, planned.attempt),
            channel=planned.channel,
            place=claimed.point.place,
            contact_point_id=claimed.point.id,
            template=planned.template,
            content_digest=digest_of(message.content),
            policy_version=standing.policy.version,
            claimed_at=standing.now,
        ),
    )
    assert written, "the case is locked, and it had no such claim a moment ago"


def _interrupted(desk: Desk, facts: ContactFacts, earlier: ContactRow, planned: Contact) -> Interrupted:
    """Make the claimed text again, as of the instant at which it was claimed."""
    standing = desk.as_recorded(facts.case, facts.person, planned, earlier.claimed_at)
    if facts.person.point_for(earlier.channel) is None:
        return Interrupted(earlier, None)
    try:
        message = _message(desk, standing, facts, planned)
    except UnfitFacts:
        return Interrupted(earlier, None)
    return Interrupted(earlier, message if digest_of(message.content) == earlier.content_digest else None)
