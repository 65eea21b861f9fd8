"""One person, several accounts: which contacts of the other accounts come along in a message that leaves now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import TypeGuard

from domain.consolidation_terms import Consolidation
from domain.decision import ActionDecision, Contact
from domain.facts import Facts
from domain.holds import contact_is_stopped
from domain.localtime import is_inside
from domain.names import Channel
from domain.policy import HELP_STEP, Policy
from domain.schedule import stage_on, window_of

ACCOUNTS_MAX: Mapping[Channel, int] = MappingProxyType(
    {Channel.SMS: 3, Channel.EMAIL: 10, Channel.VOICE: 10, Channel.LETTER: 10}
)
"""How many accounts one message names: a text message has room for three."""


def terms_of(contact: Contact, policy: Policy) -> Consolidation | None:
    """The terms on which the contact's text may give way to one that names several accounts; None: it stands alone."""
    terms = policy.consolidation
    if terms is None or contact.step == HELP_STEP:
        return None
    return terms if contact.template in terms.replaces else None


def comes_along(decision: ActionDecision, facts: Facts, leading: Contact, terms: Consolidation) -> TypeGuard[Contact]:
    """Whether what an account plans may be said now, in the message about another account of the same person.

    `facts` are those of the account that would come along, `leading` and `terms` those of the message. Both policies
    have to want it within their hours, in the same words, and by the same channel. Nothing escalates for it: the
    account is overdue already, beyond its grace, and in the stage that the step belongs to; and its own window is open.
    Whether the law allows it is for the gate to say.
    """
    if not isinstance(decision, Contact) or decision.channel is not leading.channel:
        return False
    if contact_is_stopped(facts.state, facts.today):
        return False
    own = terms_of(decision, facts.policy)
    if own is None or own.template != terms.template:
        return False
    if decision.at > facts.now + timedelta(hours=min(own.within_hours, terms.within_hours)):
        return False
    oldest = facts.treated.oldest_unpaid
    assert oldest is not None, "only an account that owes something is reminded of it"
    day = facts.day_of(oldest)
    stage = stage_on(facts.policy, day)
    step = next((step for step in stage.steps if step.id == decision.step), None) if stage is not None else None
    if day < 1 or step is None:
        return False
    window = window_of(step, facts.policy)
    return is_inside(window.start, window.end, facts.person_zone, facts.now)
