"""Which texts a policy names beside those of its steps and its receipt, and where in it."""

from __future__ import annotations

from collections.abc import Iterator

from domain.agreement_terms import Notification
from domain.policy import Policy

Location = tuple[str | int, ...]


def notifications(policy: Policy) -> Iterator[tuple[Location, Notification]]:
    """Reminders of what was agreed, and its confirmations."""
    arrangement, settlement = policy.arrangement, policy.settlement
    named: list[tuple[Location, Notification | None]] = [(("promise", "reminder"), policy.promise.reminder)]
    if arrangement is not None:
        named.append((("arrangement", "reminder"), arrangement.reminder))
        named.append((("arrangement", "confirmation"), arrangement.confirmation))
    if settlement is not None:
        named.append((("settlement", "reminder"), settlement.reminder))
        named.append((("settlement", "confirmation"), settlement.confirmation))
    for location, notification in named:
        if notification is not None:
            yield location, notification


def templates_of(policy: Policy) -> frozenset[str]:
    """Every text that a contact of this policy alone can have."""
    steps = {step.template for step in policy.steps}
    offers = {offer.template for offer in policy.settlement_offers}
    agreed = {notification.template for _, notification in notifications(policy)}
    return frozenset(steps | offers | agreed | {policy.receipt.template})
