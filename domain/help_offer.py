"""The one message that a statement of hardship is answered with: where free advice on debts is to be had."""

from __future__ import annotations

from domain.channel_choice import NoChannel, Opening, choose_channel
from domain.decision import Contact, Suppress
from domain.facts import Facts
from domain.localtime import start_of_day, with_offset_of
from domain.names import HoldKind
from domain.policy import HELP_STEP
from domain.state import Hold, StepOutcome

_ITS_OWN_HOLD = frozenset({HoldKind.HARDSHIP})


def offer_help(facts: Facts) -> Contact | Suppress | None:
    """The message about the latest hardship: once, while its hold is in force, where every other rule allows it.

    It keeps the law's hours but no window of the policy, as the borrower has just been in touch.
    """
    hold = _hold_of_latest_hardship(facts)
    if hold is None or not facts.treated.outstanding:
        return None
    attempts = facts.attempts_at(HELP_STEP, hold.id)
    if any(attempt.outcome is not StepOutcome.FAILED for attempt in attempts):
        return None
    terms = facts.policy.hardship
    wanted_at = max(facts.now, facts.deferred_until(HELP_STEP, hold.id) or facts.now)
    before = None if hold.ends_on is None else start_of_day(hold.ends_on, facts.account_zone)
    choice = choose_channel(facts, terms.channels, attempts, None, wanted_at, before, _ITS_OWN_HOLD)
    if isinstance(choice, NoChannel):
        return Suppress(step=HELP_STEP, obligation=hold.id, channel=terms.channels[0], reasons=choice.reasons)
    if not isinstance(choice, Opening):
        return None
    return Contact(
        at=with_offset_of(facts.person_zone, choice.at),
        step=HELP_STEP,
        obligation=hold.id,
        channel=choice.channel,
        template=terms.template,
        attempt=len(attempts),
        reason="answer to a statement of hardship: free advice on debts",
    )


def _hold_of_latest_hardship(facts: Facts) -> Hold | None:
    stated = {hardship.id for hardship in facts.state.hardships}
    held = [hold for hold in facts.state.holds if hold.kind is HoldKind.HARDSHIP and hold.covers(facts.today)]
    return next((hold for hold in reversed(held) if hold.id in stated), None)
