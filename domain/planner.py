"""The next step of a case: one pure decision from the case, the person, the policy, the law and the instant."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from domain.arrangements import keep_agreement
from domain.compliance.model import RulePack
from domain.cure import close_as_paid
from domain.decision import Close, Decision, Wait
from domain.facts import Facts
from domain.help_offer import offer_help
from domain.holds import days_run_from, effects_of, holds_on
from domain.localtime import start_of_day, with_offset_of
from domain.names import CloseReason, ReferralStatus
from domain.person import Person
from domain.policy import Policy
from domain.promises import await_promise, settle_kept_promise
from domain.referral_terms import AfterWithdrawal
from domain.settlements import make_offer_known
from domain.state import CaseState, CaseStatus
from domain.treatment import enter_stage, treat, withhold_referral


def next_step(state: CaseState, person: Person, policy: Policy, packs: Sequence[RulePack], now: datetime) -> Decision:
    """What to do next, and when. The first consideration that has something to say decides.

    Once the event of what it asked for is applied, it does not ask for the same again.
    """
    facts = Facts.gather(state, person, policy, packs, now)
    for consider in _CONSIDERATIONS:
        decision = consider(facts)
        if decision is not None:
            return decision
    return treat(facts)


def _stay_closed(facts: Facts) -> Close | None:
    if facts.state.status is not CaseStatus.CLOSED:
        return None
    because = facts.state.closed_because
    assert because is not None, "a closed case says why"
    return Close(at=facts.now, because=because, reason=f"closed before: {because}")


def _give_back(facts: Facts) -> Close | None:
    if not facts.state.recalled:
        return None
    if facts.state.transferred_to is not None:
        return Close(at=facts.now, because=CloseReason.TRANSFERRED, reason="transferred to another agency")
    return Close(at=facts.now, because=CloseReason.RECALLED, reason="recalled by the lender")


def _await_counsel(facts: Facts) -> Wait | Close | None:
    referral = facts.state.referral
    if referral is None or referral.status.is_final:
        return _end_with_referral(facts)
    if referral.status is ReferralStatus.PROPOSED:
        return Wait(until=None, reason="awaiting the decision on the legal referral")
    return Wait(until=None, reason=f"with counsel: {referral.status}")


def _end_with_referral(facts: Facts) -> Close | None:
    """Who kept a settlement or satisfied a judgment is not dunned again; a matter that counsel gave back may be."""
    referral, terms = facts.state.referral, facts.policy.referral
    if referral is None:
        return None
    given_back = referral.status is ReferralStatus.WITHDRAWN
    if given_back and (terms is None or terms.after_withdrawal is AfterWithdrawal.CONTINUE):
        return None
    if not given_back and not referral.status.is_success:
        return None
    reason = f"counsel ended the legal referral: {referral.status}"
    return Close(at=facts.now, because=CloseReason.REFERRAL_ENDED, reason=reason)


def _stand_still(facts: Facts) -> Wait | None:
    """Holds that pause days stop everything. The treatment goes on as far as the others let it."""
    resumed_on = days_run_from(facts.state, facts.today)
    if resumed_on == facts.today:
        return None
    holds = [hold.kind for hold in holds_on(facts.state, facts.today) if effects_of(hold).pauses_days]
    reason = f"on hold: {', '.join(dict.fromkeys(holds))}"
    if resumed_on is None:
        return Wait(until=None, reason=reason)
    return Wait(until=with_offset_of(facts.account_zone, start_of_day(resumed_on, facts.account_zone)), reason=reason)


def _leave_what_is_disputed(facts: Facts) -> Wait | None:
    """A dispute about a part can cover all that is left, once the rest was paid."""
    if facts.treated.outstanding:
        return None
    return Wait(until=None, reason="all that is outstanding is disputed")


_CONSIDERATIONS: tuple[Callable[[Facts], Decision | None], ...] = (
    _stay_closed,
    _give_back,
    settle_kept_promise,
    close_as_paid,
    offer_help,
    keep_agreement,
    await_promise,
    _await_counsel,
    _stand_still,
    _leave_what_is_disputed,
    withhold_referral,
    enter_stage,
    make_offer_known,
)
