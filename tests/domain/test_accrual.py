"""Interest and late fees, against worked examples. Definitions: docs/money.md; tests/model has the slow account."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import events
from domain.accrual import charges_until
from domain.charge_terms import DayCount, InterestTerms, LateFeeTerms
from domain.charging import brought_up_to_date, charge_late_fees, charges_due
from domain.compliance.model import RulePack
from domain.compliance.parameters import RateCap
from domain.conduct import conduct
from domain.decision import Contact
from domain.events import AnyMessage, AnyOccurrence, InterestCharged, LateFeeCharged
from domain.localtime import ONE_DAY
from domain.money import Money
from domain.names import CloseReason, Collector, Component, HoldKind
from domain.policy import Policy
from domain.rate_caps import caps_of
from domain.state import CaseState, CaseStatus, ObligationOrigin
from tests.domain.builders import LAW, a_case, a_pack, a_person, a_policy, a_rule, after, instant, money
from tests.domain.documentation import tables_of

DUE = date(2026, 2, 1)
LATE_FEE = LateFeeTerms(after_day=5, amount="12.00")


def charging(
    percent: str | None = "7.30", late_fee: LateFeeTerms | None = None, day_count: DayCount = DayCount.ACTUAL_365
) -> Policy:
    interest = None if percent is None else InterestTerms(annual_percent=percent, day_count=day_count)
    return a_policy().model_copy(update={"interest": interest, "late_fee": late_fee})


def capped(percent: str, *, covers_fees: bool = False) -> tuple[RulePack, ...]:
    return (a_pack(a_rule(RateCap(annual_percent=percent, covers_fees=covers_fees), rule_id="test.cap")),)


def on(day: date, event: AnyMessage | AnyOccurrence) -> tuple[datetime, AnyMessage | AnyOccurrence]:
    return instant(f"{day} 10:00"), event


def paid(amount: str, payment: str = "p-1") -> events.PaymentReceived:
    return events.PaymentReceived(id=payment, amount=money(amount))


def interest(state: CaseState, policy: Policy, day: date, packs: tuple[RulePack, ...] = ()) -> Money:
    charges = charges_until(state, policy, caps_of(packs, policy.collector), day)
    return Money.total((charge.amount for charge in charges.interest), state.currency)


def fees(state: CaseState, policy: Policy, day: date, packs: tuple[RulePack, ...] = ()) -> Money:
    charges = charges_until(state, policy, caps_of(packs, policy.collector), day)
    return Money.total((charge.amount for charge in charges.late_fees), state.currency)


@pytest.mark.parametrize("row", tables_of("money.md")["principal"], ids=" / ".join)
def test_the_documented_examples_of_interest_hold(row: tuple[str, ...]) -> None:
    principal, due, percent, day_count, payments, held, as_of, expected = row
    happened: list[tuple[datetime, AnyMessage | AnyOccurrence]] = [
        on(date.fromisoformat(paid_on), paid(amount, f"p-{number}"))
        for number, (amount, paid_on) in enumerate(each.split(" on ") for each in payments.split(", ") if each != "-")
    ]
    if held != "-":
        since, until = (date.fromisoformat(each) for each in held.split(" to "))
        happened.append(on(since, events.HoldPlaced(id="h", hold=HoldKind.BREATHING_SPACE, until=until)))
    case = after(a_case((principal, date.fromisoformat(due))), *sorted(happened, key=lambda each: each[0]))
    policy = charging(percent, day_count=DayCount(day_count))

    assert interest(case, policy, date.fromisoformat(as_of)) == money(expected)


def test_days_before_the_case_was_opened_are_the_lenders_own() -> None:
    case = a_case(("1000.00", date(2025, 1, 1)), opened="2026-03-01 08:00")

    assert interest(case, charging(), date(2026, 3, 11)) == money("2.00")


def test_neither_interest_nor_fees_bear_interest() -> None:
    case = after(
        a_case(("1000.00", DUE)),
        on(DUE, events.ObligationDue(id="i", amount=money("900.00"), due=DUE, component=Component.INTEREST)),
        on(DUE, events.ObligationDue(id="f", amount=money("900.00"), due=DUE, component=Component.FEE)),
    )

    assert interest(case, charging(), date(2026, 2, 11)) == money("2.00")


@given(st.lists(st.integers(0, 60), max_size=8))
def test_it_makes_no_difference_when_and_how_often_somebody_looks(days: list[int]) -> None:
    policy, asked = charging("31.19", LATE_FEE), a_case(("123.45", DUE), ("67.89", date(2026, 3, 1)))
    unasked = asked
    for day in sorted(days):
        asked = brought_up_to_date(asked, policy, (), instant(f"{DUE + day * ONE_DAY} 10:00"))
    end = instant("2026-04-05 10:00")

    assert brought_up_to_date(asked, policy, (), end) == brought_up_to_date(unasked, policy, (), end)


@given(st.integers(0, 40), st.integers(0, 40), st.integers(1, 20_000))
def test_a_payment_that_bounced_leaves_the_charges_as_if_it_had_never_come(
    day: int, later: int, minor_units: int
) -> None:
    policy, never = charging("31.19", LATE_FEE), a_case(("123.45", DUE), ("67.89", date(2026, 3, 1)))
    came, bounced = instant(f"{DUE + day * ONE_DAY} 10:00"), instant(f"{DUE + (day + later) * ONE_DAY} 11:00")
    payment = events.PaymentReceived(id="p", amount=Money(minor_units, "GBP"))
    reversal = events.PaymentReversed(id="r", payment="p", reason=events.ReversalReason.CHARGEBACK)
    state = brought_up_to_date(after(never, (came, payment)), policy, (), bounced)
    state = brought_up_to_date(after(state, (bounced, reversal)), policy, (), bounced)

    def charged(case: CaseState) -> set[tuple[str, Money, date]]:
        owned = (each for each in case.obligations if each.origin is not ObligationOrigin.LENDER)
        return {(each.id, each.amount, each.due) for each in owned}

    assert charged(state) == charged(brought_up_to_date(never, policy, (), bounced))


@given(st.integers(0, 200), st.integers(1, 100), st.integers(1, 9_999))
def test_a_lower_cap_wins_and_is_never_passed(days: int, percent: int, minor_units: int) -> None:
    case = a_case((str(Money(minor_units, "GBP").decimal), DUE))
    policy = charging(f"{percent}.00", LATE_FEE, DayCount.ACTUAL_360)
    packs = capped("24.00", covers_fees=True)
    as_of = DUE + days * ONE_DAY

    total = interest(case, policy, as_of, packs) + fees(case, policy, as_of, packs)

    assert total.minor * 36_500 <= minor_units * 24 * days


def test_a_cap_binds_only_the_collectors_that_its_rule_names() -> None:
    rule = a_rule(RateCap(annual_percent="3.65"), applies_to=[Collector.ORIGINAL_CREDITOR])
    case = a_case(("1000.00", DUE))

    assert interest(case, charging(), date(2026, 2, 11), (a_pack(rule),)) == money("2.00")
    assert interest(case, charging(), date(2026, 2, 11), capped("3.65")) == money("1.00")


class TestLateFees:
    def test_a_fee_is_charged_once_on_its_own_day(self) -> None:
        policy, case = charging(None, LATE_FEE), a_case(("100.00", DUE))

        assert [fees(case, policy, date(2026, 2, day)) for day in (5, 6, 28)] == [
            money("0.00"),
            money("12.00"),
            money("12.00"),
        ]

    def test_a_payment_before_its_day_spares_the_fee_and_one_on_it_does_not(self) -> None:
        policy, case = charging(None, LATE_FEE), a_case(("100.00", DUE))

        assert fees(after(case, on(date(2026, 2, 5), paid("100.00"))), policy, date(2026, 2, 28)) == money("0.00")
        assert fees(after(case, on(date(2026, 2, 6), paid("100.00"))), policy, date(2026, 2, 28)) == money("12.00")

    def test_a_percentage_is_of_what_is_unpaid_and_has_its_limit(self) -> None:
        case = after(a_case(("100.00", DUE)), on(DUE, paid("33.33")))
        five = LateFeeTerms(after_day=5, percent="5.00")

        assert fees(case, charging(None, five), date(2026, 2, 6)) == money("3.33")
        limited = five.model_copy(update={"at_most": "2.00"})
        assert fees(case, charging(None, limited), date(2026, 2, 6)) == money("2.00")

    def test_days_on_which_charges_are_frozen_move_the_day_back(self) -> None:
        hold = events.HoldPlaced(id="h", hold=HoldKind.HARDSHIP, until=date(2026, 2, 10))
        case = after(a_case(("100.00", DUE)), on(date(2026, 2, 3), hold))

        assert fees(case, charging(None, LATE_FEE), date(2026, 2, 12)) == money("0.00")
        assert fees(case, charging(None, LATE_FEE), date(2026, 2, 13)) == money("12.00")

    def test_the_case_is_woken_on_the_day_of_a_fee_alone(self) -> None:
        policy, case = charging("7.30", LATE_FEE), a_case(("100.00", DUE))

        (due,) = charge_late_fees(case, policy, (), instant("2026-02-02 10:00"))

        assert due.at == instant("2026-02-06 00:00")
        assert [event.kind for event in due.events] == ["interest_charged", "late_fee_charged"]
        settled = after(case, on(date(2026, 2, 2), paid("100.00")))
        assert not list(charge_late_fees(settled, policy, (), instant("2026-02-02 10:00")))


class TestWhatIsJournaled:
    def test_interest_of_a_period_grows_and_is_taken_back_when_a_fact_makes_less_of_it(self) -> None:
        policy, case = charging("36.50", LATE_FEE), a_case(("100.00", DUE))
        morning, noon = instant("2026-02-06 09:00"), instant("2026-02-06 12:00")

        first = charges_due(case, policy, (), morning)
        case = after(case, *((entry.at, entry.event) for entry in first))
        hold = events.HoldPlaced(id="h", hold=HoldKind.BREATHING_SPACE)
        second = charges_due(after(case, (noon, hold)), policy, (), noon)

        assert [type(entry.event) for entry in first] == [InterestCharged, LateFeeCharged]
        (taken_back,) = (entry.event for entry in second)
        assert isinstance(taken_back, LateFeeCharged)
        assert taken_back.amount == money("-12.00")

    def test_a_case_that_was_given_up_is_charged_nothing_for_the_time(self) -> None:
        policy, case = charging("36.50"), a_case(("100.00", DUE))
        case = brought_up_to_date(case, policy, (), instant("2026-02-11 10:00"))
        case = after(case, on(date(2026, 2, 11), events.CaseClosed(reason=CloseReason.CHARGED_OFF)))
        assert charges_due(case, policy, (), instant("2026-05-01 10:00")) == ()

        reopened = after(case, on(date(2026, 5, 1), events.CaseReopened()))

        assert interest(reopened, policy, date(2026, 5, 2)) == money("1.10")

    def test_a_recalled_case_and_a_policy_without_terms_charge_nothing(self) -> None:
        case = a_case(("100.00", DUE))
        later = instant("2026-04-01 10:00")

        assert charges_due(case, a_policy(), (), later) == ()
        recalled = after(case, on(DUE, events.Recalled(id="back")))
        assert charges_due(recalled, charging(), (), later) == ()


class TestATurn:
    def test_what_accrued_is_charged_before_anything_is_decided(self) -> None:
        policy, case = charging("36.50"), a_case(("100.00", DUE))
        now = instant("2026-02-11 10:00")
        paid_up = after(case, (now, paid("100.00")))

        conducted = conduct(paid_up, a_person(), policy, (LAW,), now)

        assert conducted.entries[0].event.kind == "interest_charged"
        assert conducted.state.status is CaseStatus.OPEN, "the interest is still owed"
        assert conduct(conducted.state, a_person(), policy, (LAW,), now).entries == ()

    def test_what_falls_due_while_the_case_is_open_wakes_it_and_is_treated(self) -> None:
        policy, case = a_policy(), a_case(("100.00", DUE))
        now = instant("2026-02-02 10:00")
        next_bill = events.ObligationDue(id="next", amount=money("50.00"), due=date(2026, 3, 1))
        billed = after(case, (now, paid("100.00")), (now, next_bill))

        decision = conduct(billed, a_person(), policy, (LAW,), now).decision

        assert isinstance(decision, Contact)
        assert (decision.obligation, decision.step, decision.at.date()) == ("next", "heads-up", date(2026, 2, 26))
