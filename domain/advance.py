"""Taking a case to its next action: bookkeeping that is due is recorded at once, until something is to be done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.compliance.model import RulePack
from domain.decision import ActionDecision, Bookkeeping, EnterStage, SettlePromise, WithholdReferral
from domain.events import (
    AnyOccurrence,
    ContactSuppressed,
    Entry,
    PromiseBroken,
    PromiseKept,
    PromisePartlyKept,
    ReferralWithheld,
    StageEntered,
)
from domain.evolve import evolve
from domain.person import Person
from domain.planner import next_step
from domain.policy import Policy
from domain.state import CaseState, PromiseStatus


@dataclass(frozen=True, slots=True)
class Advanced:
    """The case after its bookkeeping, the journal entries that were made for it, and what is to be done next."""

    state: CaseState
    entries: tuple[Entry, ...]
    decision: ActionDecision


def advance(state: CaseState, person: Person, policy: Policy, packs: Sequence[RulePack], now: datetime) -> Advanced:
    """Record all bookkeeping that is due at `now`, and find the next action."""
    entries: list[Entry] = []
    # Each promise settles and is reminded of once, each step, offer, confirmation, receipt and offer of help is
    # suppressed once, and a stage is entered. Of an agreement only the next payment is reminded of. A referral is
    # withheld, perhaps once more when a suppressed step was its notice.
    for _ in range(2 * len(state.promises) + len(policy.steps) + 11):
        decision = next_step(state, person, policy, packs, now)
        if not isinstance(decision, Bookkeeping):
            return Advanced(state, tuple(entries), decision)
        entry = Entry(at=now, event=_event_of(decision))
        state = evolve(state, entry)
        entries.append(entry)
    raise AssertionError(f"bookkeeping does not settle: {decision.kind} is asked for again after it was recorded")


def _event_of(decision: Bookkeeping) -> AnyOccurrence:
    if isinstance(decision, EnterStage):
        return StageEntered(stage=decision.stage, obligation=decision.obligation, day=decision.day)
    if isinstance(decision, SettlePromise):
        return _settled(decision)
    if isinstance(decision, WithholdReferral):
        return ReferralWithheld(reasons=decision.reasons)
    return ContactSuppressed(
        step=decision.step, obligation=decision.obligation, channel=decision.channel, reasons=decision.reasons
    )


def _settled(decision: SettlePromise) -> PromiseKept | PromisePartlyKept | PromiseBroken:
    match decision.status:
        case PromiseStatus.KEPT:
            return PromiseKept(promise=decision.promise)
        case PromiseStatus.PARTLY_KEPT:
            return PromisePartlyKept(promise=decision.promise, paid=decision.paid)
        case PromiseStatus.BROKEN:
            return PromiseBroken(promise=decision.promise, paid=decision.paid or None)
