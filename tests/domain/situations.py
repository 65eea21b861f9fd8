"""Situations that a case can be in on a day of its policy, and what is decided then."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from domain.compliance.model import RulePack
from domain.decision import Contact, Decision
from domain.events import ContactMade, PaymentReceived, StageEntered
from domain.names import Channel, Outcome
from domain.person import Person
from domain.planner import next_step
from domain.policy import Policy
from domain.state import CaseState
from tests.domain.builders import LAW, a_case, a_person, a_policy, after, instant, money

DUE = date(2026, 3, 1)
"""The due date of most cases here; without grace, delinquent day N is N days later."""


def on_day(day: int, clock: str = "09:00") -> datetime:
    """The instant on a day of the policy's axis, for an obligation due on DUE."""
    return instant(f"{DUE + timedelta(days=day)} {clock}")


def decide(
    state: CaseState,
    now: datetime,
    policy: Policy | None = None,
    person: Person | None = None,
    packs: Sequence[RulePack] = (LAW,),
) -> Decision:
    return next_step(state, person or a_person(), policy or a_policy(), packs, now)


def owing(*obligations: tuple[str, date], stage: str | None = None, taken: Sequence[str] = ()) -> CaseState:
    """A case that owes 250.00 since DUE, or the given obligations, has entered a stage and taken steps."""
    state = a_case(*(obligations or (("250.00", DUE),)))
    if stage is not None:
        state = after(state, (on_day(0), StageEntered(stage=stage, obligation="o-1", day=0)))
    for step in taken:
        state = after(
            state,
            (
                on_day(0),
                ContactMade(
                    step=step,
                    obligation="o-1",
                    contact=f"c-{step}",
                    channel=Channel.EMAIL,
                    template="text",
                    outcome=Outcome.SENT,
                ),
            ),
        )
    return state


def contact_of(decision: Decision) -> Contact:
    assert isinstance(decision, Contact), decision
    return decision


def paid(amount: str, payment: str = "p-1") -> PaymentReceived:
    return PaymentReceived(id=payment, amount=money(amount))
