"""Whether and when a case may be proposed for legal referral, and what speaks against it.

The notice is the letter before action: a mandatory step of the policy, sent like every other contact. A person who
decides on a referral can so rely on it having been given, and on its days to answer being over.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from domain.events import Reason
from domain.facts import Facts
from domain.holds import effects_of, holds_on
from domain.limitation import limitation_of, time_bar
from domain.names import ReferralStatus
from domain.referral_terms import ReferralTerms
from domain.schedule import pending_steps
from domain.state import Attempt, Obligation, StepOutcome

_VALIDATION_MISSING = Reason(
    rule="referral.no-validation-notice",
    cite="12 CFR 1006.34(a)(1)",
    effect="forbid",
    text="The validation information was not sent, or nobody can say whether it was.",
)


@dataclass(frozen=True, slots=True)
class Prospect:
    """The day of the policy's axis from which a referral would be proposed, and what speaks against it.

    `objections` last, so that the treatment goes on to its end as if there were no referral. `waits_for` can end by
    itself or by a message.
    """

    day: int
    notice_was_given: bool
    objections: tuple[Reason, ...]
    waits_for: tuple[Reason, ...]

    @property
    def is_hopeless(self) -> bool:
        return bool(self.objections)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        return (*self.objections, *self.waits_for)


def prospect_of(facts: Facts, obligation: Obligation) -> Prospect | None:
    """None when the policy refers nobody, or a referral of this case was declined, or counsel ended it.

    One that was recalled may be followed by another: what was paid can bounce, and a hold ends.
    """
    terms, earlier = facts.policy.referral, facts.state.referral
    if terms is None or (earlier is not None and earlier.status is not ReferralStatus.RECALLED):
        return None
    made = _notice(facts, obligation, terms)
    is_proven = made is not None and (made.delivered_on is not None or not terms.notice.proof)
    day = terms.day
    if made is not None:
        answered_from = max(made.on, made.delivered_on or made.on)
        day = max(day, facts.day_on(answered_from, obligation) + terms.notice.days)
    return Prospect(
        day=day,
        notice_was_given=is_proven,
        objections=tuple(_objections(facts, obligation, terms, made, _date_of(day, facts, obligation))),
        waits_for=tuple(_hindrances(facts, made, is_proven)),
    )


def _notice(facts: Facts, obligation: Obligation, terms: ReferralTerms) -> Attempt | None:
    attempts = facts.attempts_at(terms.notice.step, obligation.id)
    return next((attempt for attempt in attempts if attempt.outcome is StepOutcome.MADE), None)


def _date_of(day: int, facts: Facts, obligation: Obligation) -> date:
    """When it would be proposed: a debt that runs out before that day is not worth waiting for."""
    return max(facts.today, facts.date_of(day, obligation) or facts.today)


def _objections(
    facts: Facts, obligation: Obligation, terms: ReferralTerms, made: Attempt | None, on: date
) -> Iterator[Reason]:
    """In the order in which people should hear of them: what the law says comes first."""
    state, policy, owed = facts.state, facts.policy, facts.treated.outstanding
    bar = time_bar(state, policy, facts.packs, facts.balance, on)
    if bar is not None:
        yield bar
    if policy.validation is not None and state.validation_notice is None:
        yield _VALIDATION_MISSING
    if terms.limitation_required and limitation_of(state, policy, facts.packs, facts.balance, on) is None:
        yield _policy_says("referral.limitation-unknown", "Nobody knows until when this debt can be sued for.")
    if made is None and not _is_to_come(facts, obligation, terms):
        yield _policy_says("referral.no-notice", "The notice that has to come before a referral could not be given.")
    if owed < policy.money(terms.minimum_balance):
        yield _policy_says("referral.minimum-balance", f"Less than {policy.money(terms.minimum_balance)} is owed.")
    if not terms.is_worth_its_cost(owed):
        text = f"A suit would cost about {policy.money(terms.estimated_cost)}: too much for what is owed."
        yield _policy_says("referral.cost", text)


def _hindrances(facts: Facts, made: Attempt | None, is_proven: bool) -> Iterator[Reason]:
    for hold in holds_on(facts.state, facts.today):
        if effects_of(hold).bars_referral:
            text = f"No legal steps while a hold is in force: {hold.kind.replace('_', ' ')}."
            yield Reason(rule=f"hold.{hold.kind}", cite="docs/referrals.md", effect="forbid", text=text)
    if made is not None and not is_proven:
        yield _policy_says("referral.notice-unproven", "No report proves that the notice was delivered.")


def _is_to_come(facts: Facts, obligation: Obligation, terms: ReferralTerms) -> bool:
    return any(pending.step.id == terms.notice.step for pending in pending_steps(facts, obligation, terms.day))


def _policy_says(rule: str, text: str) -> Reason:
    return Reason(rule=rule, cite="treatment policy", effect="forbid", text=text)
