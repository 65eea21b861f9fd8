"""What must hold of every life at every step: the invariants of the design, as far as one case shows them."""

from __future__ import annotations

from collections import Counter

from domain.agreed import ArrangementStatus, SettlementStatus
from domain.balance import balance_of, paid_in_all, total_charged, total_settling
from domain.compliance.model import Effect
from domain.decision import Wait
from domain.events import Message, MessageRefused
from domain.evolve import replay
from domain.localtime import local_date, zone_of
from domain.money import Money
from domain.names import CloseReason
from domain.state import CaseStatus, PromiseStatus
from simulation.books import owed_by_journal
from simulation.life import Lifetime


class Violation(AssertionError):
    """An invariant does not hold. The message says which, and of what."""


def check(life: Lifetime) -> None:
    """After each step. Raises Violation."""
    _paid_means_silent(life)
    _lawful(life)
    _once(life)
    _silent_while_it_rests(life)
    _money_adds_up(life)
    _closed_means_settled(life)
    _one_agreement(life)
    _asked_once(life)
    _never_stuck(life)


def check_whole(life: Lifetime) -> None:
    """At the end of a life: what would be slow to look at after each step. Raises Violation."""
    if replay(life.journal) != life.state:
        raise Violation("the journal does not add up to the state")
    if owed_by_journal(life.journal) != (total_charged(life.state) - total_settling(life.state)).minor:
        raise Violation("charges less payments and discounts, line by line, are not what the state says is owed")
    instants = [entry.at for entry in life.journal]
    if instants != sorted(instants):
        raise Violation("the journal is not in order of time")
    _nothing_lost(life)


def _paid_means_silent(life: Lifetime) -> None:
    if life.sent and not life.sent[-1].owed:
        raise Violation(f"{life.sent[-1].step} was sent at {life.sent[-1].at} though nothing was owed any more")


def _lawful(life: Lifetime) -> None:
    if life.sent and life.sent[-1].verdict.verdict is not Effect.ALLOW:
        raise Violation(f"{life.sent[-1].step} was sent at {life.sent[-1].at} against the law")


def _silent_while_it_rests(life: Lifetime) -> None:
    """No step of the policy is taken while a promise or an agreement is kept, under a hold, or about disputed money."""
    sent = life.sent[-1] if life.sent else None
    if sent is not None and sent.rests is not None and any(step.id == sent.step for step in life.policy.steps):
        raise Violation(f"{sent.step} was sent at {sent.at} though {sent.rests}")


def _once(life: Lifetime) -> None:
    if life.sent and sum(each.reference == life.sent[-1].reference for each in life.sent) > 1:
        raise Violation(f"{life.sent[-1].step} was sent twice")


def _money_adds_up(life: Lifetime) -> None:
    state = life.state
    balance = balance_of(state, life.policy.waterfall, local_date(life.now, zone_of(state.zone)))
    zero = Money.zero(state.currency)
    if balance.outstanding - balance.credit != total_charged(state) - total_settling(state):
        raise Violation("outstanding and credit are not what was charged less what settled it")
    if min(balance.outstanding, balance.past_due, balance.credit, paid_in_all(state)) < zero:
        raise Violation("an amount is below zero")
    if balance.outstanding and balance.credit:
        raise Violation("a case owes something and has a credit")


def _closed_means_settled(life: Lifetime) -> None:
    """What is owed again opens a case that was closed because nothing was, unless the lender has taken it back."""
    state = life.state
    if state.closed_because not in {CloseReason.PAID, CloseReason.SETTLED} or state.recalled:
        return
    if total_charged(state) > total_settling(state):
        raise Violation(f"the case stays closed as {state.closed_because}, and something is owed")


def _one_agreement(life: Lifetime) -> None:
    """A person is asked for one thing: a promise, an arrangement or a settlement."""
    state = life.state
    promised = [each.id for each in state.promises if each.status is PromiseStatus.OPEN]
    arranged = [each.id for each in state.arrangements if each.status is ArrangementStatus.IN_FORCE]
    settling = [each.id for each in state.settlements if each.status is SettlementStatus.ACCEPTED]
    offered = [each.id for each in state.settlements if each.status is SettlementStatus.OFFERED]
    if len(promised) + len(arranged) + len(settling) > 1 or len(offered) > 1:
        raise Violation("more than one promise, arrangement or settlement is in force")


def _asked_once(life: Lifetime) -> None:
    """No two people are asked to do the same, and nobody to decide what was decided."""
    twice = [item for item, count in Counter((item.work, item.about) for item in life.state.work).items() if count > 1]
    if twice:
        raise Violation(f"two people are asked about one thing: {twice[0][0]}")
    answered = {each.id for each in life.state.disputes if each.outcome is not None}
    answered |= {each.id for each in life.state.complaints if each.outcome is not None}
    if any(item.about in answered for item in life.state.work):
        raise Violation("somebody is asked about what was answered")


def _never_stuck(life: Lifetime) -> None:
    """Every case is closed, or waits for a stated instant, or says which message it waits for."""
    if life.state.status is CaseStatus.OPEN and isinstance(life.decision, Wait) and not life.decision.reason:
        raise Violation("the case waits, and nobody knows for what")


def _nothing_lost(life: Lifetime) -> None:
    """Each accepted message is in the journal once: applied, or refused. What still waits in the inbox is not lost."""
    said = {payload["id"] for _, payload in life.accepted if (_, payload) not in life.inbox}
    applied = Counter(entry.event.id for entry in life.journal if isinstance(entry.event, Message))
    refused = Counter(entry.event.message for entry in life.journal if isinstance(entry.event, MessageRefused))
    if twice := [id for id, count in applied.items() if count > 1]:
        raise Violation(f"applied more than once: {', '.join(twice)}")
    if lost := [id for id in sorted(said) if not applied[id] and not refused[id]]:
        raise Violation(f"accepted and not in the journal: {', '.join(lost)}")
