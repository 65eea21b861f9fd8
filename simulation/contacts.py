"""The contact activity: judge anew, claim, send, record, with whatever befalls it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from domain import events
from domain.compliance.gate import gate
from domain.compliance.model import Consumer, ContactRequest, Effect, PastContact, Verdict
from domain.decision import Contact, Wait
from domain.events import Entry
from domain.holds import under_holds
from domain.identifiers import contact_id
from domain.names import Outcome
from domain.policy import RECEIPT_STEP
from simulation.life import PLACES, Lifetime, Sent
from simulation.rest import why_treatment_rests
from simulation.story import Fate
from simulation.turns import recent, remember, set_opt_out, set_usable, turn

AGAIN_AFTER = timedelta(hours=1)


def contact(life: Lifetime, planned: Contact, fates: Iterator[Fate]) -> None:
    """The contact activity: judge anew, claim, send, record."""
    turn(life, ())
    decision = life.decision
    same = isinstance(decision, Contact) and (
        (decision.step, decision.obligation, decision.channel, decision.attempt)
        == (planned.step, planned.obligation, planned.channel, planned.attempt)
    )
    if not same or not isinstance(decision, Contact):
        return
    verdict = _ask_gate(life, decision)
    if decision.at > life.now or verdict.verdict is not Effect.ALLOW:
        reasons = tuple(reason for reason in verdict.reasons if reason.effect != Effect.ALLOW)
        until = max(decision.at, verdict.until or decision.at)
        deferral = events.ContactDeferred(
            step=decision.step, obligation=decision.obligation, channel=decision.channel, until=until, reasons=reasons
        )
        turn(life, (), [Entry(at=life.now, event=deferral)])
        return
    _send(life, decision, verdict, next(fates, Fate.SENT))


def _ask_gate(life: Lifetime, decision: Contact) -> Verdict:
    request = ContactRequest(channel=decision.channel, debt=life.case_id, to=PLACES[decision.channel])
    history = recent(life).history
    return gate(request, _consumer(life), history, life.packs, life.policy.collector, life.now)


def _consumer(life: Lifetime) -> Consumer:
    """The person, with the holds that are in force where the account lives."""
    return under_holds(life.person.consumer, life.state, life.today)


def _send(life: Lifetime, decision: Contact, verdict: Verdict, fate: Fate) -> None:
    reference = contact_id(life.case_id, decision.step, decision.obligation, decision.attempt)
    if fate is Fate.DOWN:
        life.decision = Wait(until=life.now + AGAIN_AFTER, reason="the provider is down")
        return
    if fate in {Fate.REFUSED, Fate.UNUSABLE, Fate.OPTED_OUT}:
        if fate is Fate.OPTED_OUT:
            set_opt_out(life, decision.channel, refused=True)
        if fate is Fate.UNUSABLE:
            set_usable(life, f"point-{decision.channel}", decision.channel, usable=False)
        failure = events.ContactFailed(
            step=decision.step, obligation=decision.obligation, contact=reference, channel=decision.channel, code="550"
        )
        turn(life, (), [Entry(at=life.now, event=failure)])
        return
    if fate is Fate.KILLED_BEFORE:
        # The claim is found without a receipt; the provider is asked, has nothing, and the whole is done again.
        life.now += timedelta(seconds=30)
        contact(life, decision, iter(()))
        return
    life.sent.append(
        Sent(
            at=life.now,
            reference=reference,
            step=decision.step,
            channel=decision.channel,
            place=PLACES[decision.channel],
            owed=life.owes or decision.step == RECEIPT_STEP,
            rests=why_treatment_rests(life),
            verdict=verdict,
            consumer=_consumer(life),
            history=recent(life).history,
        )
    )
    outcome = Outcome.UNKNOWN if fate is Fate.NOBODY_KNOWS else Outcome.SENT
    past = PastContact(
        at=life.now, channel=decision.channel, outcome=outcome, debts=(life.case_id,), to=PLACES[decision.channel]
    )
    remember(life, past)
    made = events.ContactMade(
        step=decision.step,
        obligation=decision.obligation,
        contact=reference,
        channel=decision.channel,
        template=decision.template,
        outcome=Outcome.UNKNOWN if outcome is Outcome.UNKNOWN else Outcome.SENT,
        allowed_by=verdict.reasons,
    )
    entry = Entry(at=life.now, event=made)
    if fate in {Fate.KILLED_AFTER, Fate.NOBODY_KNOWS}:
        life.now += timedelta(seconds=30)
    turn(life, (), [entry])
