"""What the case sheet says of promises, plans and settlements, and the words that people read in the Temporal UI."""

from __future__ import annotations

from datetime import date, timedelta

from activities.signatures import CaseSheet, PlanLine, SettlementLine, Turn
from activities.turn import sheet_of
from domain import events
from domain.decision import Wait
from domain.events import AnyEvent
from domain.state import CaseState
from tests.domain.agreements import ARRANGEMENT, OFFERED, PLANNED, SETTLEMENT, SETTLING, TODAY
from tests.domain.builders import a_case, a_policy, after, instant, money
from workflows.sheet import markdown

POLICY = a_policy(arrangement=ARRANGEMENT, settlement=SETTLEMENT)
NOW = instant(f"{TODAY} 10:00")


def owing(*what: AnyEvent) -> CaseState:
    case = a_case(("100.00", date(2026, 1, 1)), ("100.00", date(2026, 2, 1)))
    return after(case, *((NOW, each) for each in what))


def sheet(*what: AnyEvent) -> CaseSheet:
    return sheet_of(owing(*what), POLICY, (), NOW, ())


def words(shown: CaseSheet) -> str:
    return markdown(Turn(sequence=1, decision=Wait(until=None, reason="nothing"), sheet=shown))


def paid(amount: str) -> events.PaymentReceived:
    return events.PaymentReceived(id="p-1", amount=money(amount))


def test_a_plan_shows_what_is_kept_and_what_is_left_of_the_next_instalment() -> None:
    shown = sheet(PLANNED, paid("130.00"))
    due = TODAY + timedelta(days=30)

    assert shown.plan == PlanLine(arrangement="plan-1", next_amount=money("70.00"), next_due=due, kept=1, instalments=2)
    assert f"| Plan of instalments | 1 of 2 kept, next 70.00 GBP by {due} |" in words(shown)


def test_a_settlement_shows_its_amount_what_is_paid_and_until_when() -> None:
    offered, accepted = sheet(OFFERED), sheet(OFFERED, SETTLING, paid("40.00"))

    assert offered.settlement == SettlementLine(
        offer="half", accepted=False, amount=money("100.00"), paid=money("0.00"), until=TODAY
    )
    assert f"| Settlement | offered: 100.00 GBP until {TODAY} |" in words(offered)
    assert f"| Settlement | accepted: 100.00 GBP, of which 40.00 GBP is paid, until {TODAY} |" in words(accepted)


def test_a_promise_that_was_kept_in_part_is_told_until_the_next() -> None:
    promised = events.PromiseMade(id="m-1", amount=money("50.00"), due=TODAY)
    partly = events.PromisePartlyKept(promise="m-1", paid=money("30.00"))
    again = events.PromiseMade(id="m-2", amount=money("50.00"), due=TODAY)

    assert "| Promise to pay | partly kept: 50.00 GBP was promised |" in words(sheet(promised, partly))
    assert f"| Promise to pay | by {TODAY} |" in words(sheet(promised, partly, again))


def test_where_nothing_is_agreed_nothing_is_said() -> None:
    shown = sheet()

    assert (shown.plan, shown.settlement, shown.promise_partly_kept) == (None, None, None)
    assert "instalments" not in words(shown)
