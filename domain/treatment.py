"""The treatment of an account that owes something: its stage, its next contact, the legal referral, and the end.

They follow each other by the days of the policy's axis: the referral comes after every step up to its day, the end
after everything, and nothing overtakes a mandatory step. A referral waits until its notice was given and answered by
nobody; a case that could not be given notice is not referred.
"""

from __future__ import annotations

from datetime import date, datetime

from domain.agent_calls import plan_call
from domain.channel_choice import Held, NoChannel, Opening, TooLate, choose_channel
from domain.decision import AskForCall, Close, Contact, EnterStage, ProposeReferral, Suppress, Wait, WithholdReferral
from domain.events import Reason
from domain.facts import Facts
from domain.holds import referral_possible_from
from domain.limitation import time_bar
from domain.localtime import ONE_DAY, local_date, next_inside, start_of_day, with_offset_of
from domain.policy import Step, StepBy
from domain.referral_prospect import Prospect, prospect_of
from domain.schedule import DUE_DATE, PendingStep, lapses_at, pending_steps, stage_on, wanted_at, window_of
from domain.state import Obligation, PromiseStatus, StepOutcome

HELD_BACK = "an open hold keeps the days from running"


def enter_stage(facts: Facts) -> EnterStage | None:
    """The stage that today's day of the oldest unpaid obligation is in, when the journal last said another."""
    obligation = _oldest_unpaid(facts)
    day = facts.day_of(obligation)
    stage = stage_on(facts.policy, day)
    if stage is None or (stage.id, obligation.id) == (facts.state.stage, facts.state.stage_obligation):
        return None
    return EnterStage(stage=stage.id, obligation=obligation.id, day=day)


def withhold_referral(facts: Facts) -> WithholdReferral | None:
    """Why the policy, which would refer from today on, may not: said once for the same reasons."""
    terms = facts.policy.referral
    obligation = _oldest_unpaid(facts)
    if terms is None or facts.day_of(obligation) < terms.day:
        return None
    prospect = prospect_of(facts, obligation)
    if prospect is None or not prospect.reasons or facts.day_of(obligation) < prospect.day:
        return None
    rules = tuple(reason.rule for reason in prospect.reasons)
    return None if rules == facts.state.referral_withheld else WithholdReferral(reasons=prospect.reasons)


def treat(facts: Facts) -> Contact | AskForCall | Suppress | ProposeReferral | Close | Wait:
    """The next thing that the policy wants, as of now: done at once where it is due, else planned for its instant."""
    obligation = _oldest_unpaid(facts)
    prospect = prospect_of(facts, obligation)
    if prospect is not None and prospect.is_hopeless:
        prospect = None
    last_day = facts.policy.end.day if prospect is None else prospect.day
    contact = _after_broken_promise(facts, obligation, last_day) or _next_contact(facts, obligation, last_day)
    if contact is not None:
        return contact
    if prospect is not None:
        referral = _referral(facts, obligation, prospect)
        if referral is not None:
            return referral
    end = facts.policy.end
    day = max(end.day, last_day)
    at = _start_of_business(facts, obligation, day)
    if at is None:
        return Wait(until=None, reason=HELD_BACK)
    reason = f"day {day}, the end of the policy: {facts.lateness(obligation, at)}"
    return Close(at=at, because=end.close, reason=reason)


def _referral(facts: Facts, obligation: Obligation, prospect: Prospect) -> ProposeReferral | None:
    """The proposal, put off while a hold bars it or the validation period runs.

    None when nobody knows until when, or when the notice is held.
    """
    at = _start_of_business(facts, obligation, prospect.day)
    if at is None or not prospect.notice_was_given:
        return None
    earliest = local_date(at, facts.account_zone)
    possible_on = referral_possible_from(facts.state, earliest)
    if possible_on is None:
        return None
    validation = facts.state.validation_notice
    if validation is not None:
        possible_on = max(possible_on, validation.period_ends_on + ONE_DAY)
    if possible_on > earliest:
        at = _open_from(facts, possible_on)
    reason = f"day {prospect.day}: {facts.lateness(obligation, at)}, {facts.treated.outstanding} outstanding"
    return ProposeReferral(at=at, reason=reason)


def _after_broken_promise(
    facts: Facts, obligation: Obligation, last_day: int
) -> Contact | AskForCall | Suppress | Wait | None:
    """The step that the policy takes first after a broken promise, whatever its day, once for an obligation.

    It overtakes no mandatory step that is due.
    """
    named, promises = facts.policy.promise.after_broken, facts.state.promises
    if named is None or not promises or promises[-1].status is not PromiseStatus.BROKEN:
        return None
    today = facts.day_of(obligation)
    stage = stage_on(facts.policy, today)
    attempts = facts.attempts_at(named, obligation.id)
    if stage is None or today <= DUE_DATE or any(attempt.outcome is not StepOutcome.FAILED for attempt in attempts):
        return None
    pending_now = pending_steps(facts, obligation, min(today, last_day))
    if any(pending.step.mandatory for pending in pending_now):
        return None
    step = next(step for step in facts.policy.steps if step.id == named)
    pending = PendingStep(step.model_copy(update={"day": today}), stage, obligation, attempts, lapses_on=None)
    wanted = wanted_at(pending, facts)
    return None if wanted is None else _plan(pending, wanted, facts)


def _oldest_unpaid(facts: Facts) -> Obligation:
    obligation = facts.treated.oldest_unpaid
    assert obligation is not None, "only an account that owes something is treated"
    return obligation


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
    if isinstance(choice, Opening):
        bar = _bar_of_threat(step, facts, choice.at)
        if bar is not None:
            choice = NoChannel((bar,))
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


def _bar_of_threat(step: Step, facts: Facts, at: datetime) -> Reason | None:
    """Nobody is told of court over a debt that no court would hear."""
    referral = facts.policy.referral
    if not step.threatens_suit and (referral is None or referral.notice.step != step.id):
        return None
    day = local_date(at, facts.account_zone)
    return time_bar(facts.state, facts.policy, facts.packs, facts.balance, day)
