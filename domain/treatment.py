"""The treatment of an account that owes something: its stage, its next contact, the legal referral, and the end.

They follow each other by the days of the policy's axis: the referral comes after every step up to its day, the end
after everything, and nothing overtakes a mandatory step. A referral waits until its notice was given and answered by
nobody; a case that could not be given notice is not referred.
"""

from __future__ import annotations

from datetime import date, datetime

from domain.agent_calls import plan_call
from domain.channel_choice import Held, NoChannel, TooLate, choose_channel
from domain.decision import AskForCall, Close, Contact, EnterStage, ProposeReferral, Suppress, Wait
from domain.facts import Facts
from domain.holds import referral_possible_from
from domain.localtime import local_date, next_inside, start_of_day, with_offset_of
from domain.names import ReferralStatus
from domain.policy import ReferralTerms, StepBy
from domain.schedule import PendingStep, lapses_at, pending_steps, stage_on, wanted_at, window_of
from domain.state import Obligation, StepOutcome

HELD_BACK = "an open hold keeps the days from running"


def enter_stage(facts: Facts) -> EnterStage | None:
    """The stage that today's day of the oldest unpaid obligation is in, when the journal last said another."""
    obligation = _oldest_unpaid(facts)
    day = facts.day_of(obligation)
    stage = stage_on(facts.policy, day)
    if stage is None or (stage.id, obligation.id) == (facts.state.stage, facts.state.stage_obligation):
        return None
    return EnterStage(stage=stage.id, obligation=obligation.id, day=day)


def treat(facts: Facts) -> Contact | AskForCall | Suppress | ProposeReferral | Close | Wait:
    """The next thing that the policy wants, as of now: done at once where it is due, else planned for its instant."""
    obligation = _oldest_unpaid(facts)
    referral_day = _referral_day(facts, obligation)
    last_day = facts.policy.end.day if referral_day is None else referral_day
    contact = _next_contact(facts, obligation, last_day)
    if contact is not None:
        return contact
    if referral_day is not None:
        referral = _referral(facts, obligation, referral_day)
        if referral is not None:
            return referral
    end = facts.policy.end
    day = max(end.day, last_day)
    at = _start_of_business(facts, obligation, day)
    if at is None:
        return Wait(until=None, reason=HELD_BACK)
    reason = f"day {day}, the end of the policy: {facts.lateness(obligation, at)}"
    return Close(at=at, because=end.close, reason=reason)


def _referral(facts: Facts, obligation: Obligation, day: int) -> ProposeReferral | None:
    """The proposal, put off while a hold bars it. None when nobody knows until when, or when the notice is held."""
    at = _start_of_business(facts, obligation, day)
    if at is None or not _notice_was_given(facts, obligation):
        return None
    earliest = local_date(at, facts.account_zone)
    possible_on = referral_possible_from(facts.state, earliest)
    if possible_on is None:
        return None
    if possible_on > earliest:
        at = _open_from(facts, possible_on)
    reason = f"day {day}: {facts.lateness(obligation, at)}, {facts.treated.outstanding} outstanding"
    return ProposeReferral(at=at, reason=reason)


def _notice_was_given(facts: Facts, obligation: Obligation) -> bool:
    """A notice that is due can be kept back by a hold while the days run on."""
    terms = facts.policy.referral
    assert terms is not None, "only a policy with referrals has a day for one"
    attempts = facts.attempts_at(terms.notice.step, obligation.id)
    return any(attempt.outcome is StepOutcome.MADE for attempt in attempts)


def _oldest_unpaid(facts: Facts) -> Obligation:
    obligation = facts.treated.oldest_unpaid
    assert obligation is not None, "only an account that owes something is treated"
    return obligation


def _referral_day(facts: Facts, obligation: Obligation) -> int | None:
    """The day of the policy's axis on which a referral is proposed; None when none is to come.

    Its notice moves it back: days of the axis pass only while no hold is in force, and so do the days to answer. While
    the notice is still to be given, it comes first, as every mandatory step does.
    """
    terms = _terms_of_referral(facts)
    if terms is None:
        return None
    notice = terms.notice
    for attempt in facts.attempts_at(notice.step, obligation.id):
        if attempt.outcome is StepOutcome.MADE:
            return max(terms.day, facts.day_on(attempt.on, obligation) + notice.days)
    is_to_come = any(pending.step.id == notice.step for pending in pending_steps(facts, obligation, terms.day))
    return terms.day if is_to_come else None


def _terms_of_referral(facts: Facts) -> ReferralTerms | None:
    """The policy's terms, unless a referral was declined or withdrawn before, or the balance isn't worth it.

    A recalled one had been paid, or a hold forbade it: when that payment bounces or the hold has ended, what is owed
    may be referred again.
    """
    terms, earlier = facts.policy.referral, facts.state.referral
    if terms is None or (earlier is not None and earlier.status is not ReferralStatus.RECALLED):
        return None
    return terms if facts.treated.outstanding >= facts.policy.money(terms.minimum_balance) else None


def _start_of_business(facts: Facts, obligation: Obligation, day: int) -> datetime | None:
    """When the policy's window opens on a day of its axis, where the account is; now if that has passed."""
    date = facts.date_of(day, obligation)
    if date is None:
        return None
    return _open_from(facts, date)


def _open_from(facts: Facts, date: date) -> datetime:
    """When the policy's window opens from a date on, where the account is; now if that has passed."""
    window = facts.policy.window
    opens = next_inside(window.start, window.end, facts.account_zone, start_of_day(date, facts.account_zone))
    return with_offset_of(facts.account_zone, max(opens, facts.now))


def _next_contact(facts: Facts, obligation: Obligation, last_day: int) -> Contact | AskForCall | Suppress | Wait | None:
    """The earliest contact among the pending steps. Steps of one day are taken in order, one after the other."""
    earliest: Contact | AskForCall | Wait | None = None
    earliest_at = datetime.max.replace(tzinfo=facts.now.tzinfo)
    day_with_contact: int | None = None
    for pending in pending_steps(facts, obligation, last_day):
        if pending.step.day == day_with_contact:
            continue
        wanted = wanted_at(pending, facts)
        if wanted is None or wanted >= earliest_at:
            break
        planned = _plan(pending, wanted, facts)
        if planned is None:
            continue
        if isinstance(planned, Suppress):
            return planned
        day_with_contact = pending.step.day
        at = wanted if isinstance(planned, Wait) else planned.at
        if at < earliest_at:
            earliest, earliest_at = planned, at
        if pending.step.mandatory:
            break
    return earliest


def _plan(pending: PendingStep, wanted: datetime, facts: Facts) -> Contact | AskForCall | Suppress | Wait | None:
    """The contact that the step comes to; None when it would lapse before that is lawful, or a hold keeps it.

    A step without any channel is suppressed only when it is due: until then a channel can still be added or allowed.
    """
    step = pending.step
    window = window_of(step, facts.policy)
    choice = choose_channel(facts, step.channels, pending.attempts, window, wanted, lapses_at(pending, facts))
    if isinstance(choice, TooLate | Held):
        return None
    if isinstance(choice, NoChannel):
        if wanted > facts.now:
            until = with_offset_of(facts.person_zone, wanted)
            return Wait(until=until, reason=f"{step.id}: no channel is usable and lawful as things stand")
        return Suppress(step=step.id, obligation=pending.obligation.id, channel=step.channel, reasons=choice.reasons)
    if step.by is StepBy.AGENT and choice.channel is step.channel:
        return plan_call(facts, pending, window, choice)
    return Contact(
        at=with_offset_of(facts.person_zone, choice.at),
        step=step.id,
        obligation=pending.obligation.id,
        channel=choice.channel,
        template=step.template,
        attempt=len(pending.attempts),
        reason=f"day {step.day} of {pending.stage.id}: {facts.lateness(pending.obligation, choice.at)}",
    )
