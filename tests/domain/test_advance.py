"""Bookkeeping is recorded at once, and once."""

from __future__ import annotations

from datetime import date

import pytest

from domain.advance import Advanced, advance
from domain.decision import Close, Contact, Wait
from domain.events import (
    ContactSuppressed,
    HoldPlaced,
    PaymentReceived,
    PromiseBroken,
    PromiseKept,
    PromiseMade,
    StageEntered,
)
from domain.names import Channel, CloseReason, HoldKind
from domain.state import CaseState
from tests.domain.builders import LAW, a_case, a_person, a_policy, after, instant, money

DUE = date(2026, 3, 1)
NOW = instant("2026-03-26 10:00")
"""Delinquent day 25: in the stage `reminder`, whose steps are on days 3, 10 and 20."""


def run(state: CaseState, *channels: Channel) -> Advanced:
    return advance(state, a_person(channels=channels), a_policy(), [LAW], NOW)


def test_a_case_that_comes_late_enters_one_stage_and_takes_one_step() -> None:
    advanced = run(a_case(("250.00", DUE)), *Channel)
    assert [entry.event for entry in advanced.entries] == [StageEntered(stage="reminder", obligation="o-1", day=25)]
    assert advanced.entries[0].at == NOW
    assert advanced.state.stage == "reminder"
    assert isinstance(advanced.decision, Contact)
    assert advanced.decision.step == "third-reminder"


def test_what_was_recorded_is_not_recorded_again() -> None:
    first = run(a_case(("250.00", DUE)), *Channel)
    again = run(first.state, *Channel)
    assert again == Advanced(first.state, (), first.decision)


def test_a_broken_promise_is_recorded_before_treatment_goes_on() -> None:
    promise = PromiseMade(id="pp-1", amount=money("50.00"), due=date(2026, 3, 10))
    advanced = run(after(a_case(("250.00", DUE)), (instant("2026-03-05 10:00"), promise)), *Channel)
    assert [type(entry.event) for entry in advanced.entries] == [PromiseBroken, StageEntered]
    assert isinstance(advanced.decision, Contact)


def test_a_promise_that_settled_the_account_is_kept_and_a_case_without_a_channel_closes_in_one_go() -> None:
    state = after(
        a_case(("250.00", DUE)),
        (instant("2026-03-05 10:00"), PromiseMade(id="pp-1", amount=money("250.00"), due=date(2026, 3, 10))),
        (instant("2026-03-06 10:00"), PaymentReceived(id="p-1", amount=money("250.00"))),
    )
    advanced = run(state)
    assert [type(entry.event) for entry in advanced.entries] == [PromiseKept, ContactSuppressed]
    assert advanced.decision == Close(at=NOW, because=CloseReason.PAID, reason="nothing is outstanding")


def test_due_steps_without_a_channel_are_suppressed_one_after_the_other() -> None:
    late = instant("2026-05-10 10:00")
    advanced = advance(a_case(("250.00", DUE)), a_person(channels=[]), a_policy(), [LAW], late)
    suppressed = [entry.event.step for entry in advanced.entries if isinstance(entry.event, ContactSuppressed)]
    assert suppressed == ["default-notice", "final-demand"]


def test_a_case_on_hold_records_nothing() -> None:
    hold = HoldPlaced(id="h-1", hold=HoldKind.HARDSHIP)
    advanced = run(after(a_case(("250.00", DUE)), (instant("2026-03-05 10:00"), hold)), *Channel)
    assert advanced.entries == ()
    assert advanced.decision == Wait(until=None, reason="on hold: hardship")


def test_bookkeeping_that_does_not_settle_is_an_error_not_an_endless_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("domain.advance.evolve", lambda state, entry: state)
    with pytest.raises(AssertionError, match="does not settle: enter_stage"):
        run(a_case(("250.00", DUE)), *Channel)
