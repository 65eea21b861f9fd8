"""Until when a debt can be sued for, against a checker that goes through the days one by one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.balance import balance_of
from domain.compliance.model import RulePack
from domain.compliance.parameters import CountsFrom, Limitation, Restart
from domain.events import (
    AnyEvent,
    BalanceAdjusted,
    ContactMade,
    DeliveryReported,
    LimitationNoted,
    ObligationDue,
    PaymentReceived,
    PaymentReversed,
    PromiseMade,
    ReferralDecided,
    ReferralProposed,
    ReferralStatusChanged,
    ReversalReason,
)
from domain.events.money import AdjustmentReason
from domain.identifiers import contact_id
from domain.limitation import last_day_to_sue, limitation_of, time_bar
from domain.names import Channel, Outcome, ReferralStatus
from domain.state import CaseState
from tests.domain.builders import a_case, a_pack, a_policy, a_rule, after, instant, money

DUE = date(2024, 2, 29)
POLICY = a_policy()

dates = st.dates(date(2023, 12, 1), date(2030, 1, 31))


def run_out_day_by_day(years: int, longest_years: int | None, began_on: date, restarts: list[date]) -> date:
    """Walks through the calendar until the anniversary of the beginning, or of the last restart, is behind."""
    start, today = began_on, began_on
    while True:
        if today in restarts:
            start = max(start, today)
        tomorrow = today + timedelta(days=1)
        month_day = (tomorrow.month, tomorrow.day)
        if (tomorrow.year - years, *month_day) > (start.year, start.month, start.day):
            return today
        if longest_years is not None and (tomorrow.year - longest_years, *month_day) > (
            began_on.year,
            began_on.month,
            began_on.day,
        ):
            return today
        today = tomorrow


@given(st.integers(1, 3), st.none() | st.integers(1, 5), dates, st.lists(dates, max_size=5))
def test_it_ends_when_a_walk_through_the_days_ends(
    years: int, longest_years: int | None, began_on: date, restarts: list[date]
) -> None:
    slowly = run_out_day_by_day(years, longest_years, began_on, [day for day in restarts if day >= began_on])
    assert last_day_to_sue(years, longest_years, began_on, restarts) == slowly


@given(st.integers(1, 6), dates, st.lists(dates, max_size=5), dates)
def test_what_starts_it_again_never_makes_it_shorter(
    years: int, began_on: date, restarts: list[date], another: date
) -> None:
    assert last_day_to_sue(years, None, began_on, [*restarts, another]) >= last_day_to_sue(
        years, None, began_on, restarts
    )


def test_a_year_without_29_february_ends_it_the_day_before() -> None:
    assert last_day_to_sue(3, None, date(2024, 2, 29), []) == date(2027, 2, 28)


def test_nothing_revives_what_has_run_out() -> None:
    assert last_day_to_sue(3, None, date(2024, 3, 1), [date(2027, 3, 2)]) == date(2027, 3, 1)
    assert last_day_to_sue(3, None, date(2024, 3, 1), [date(2027, 3, 1)]) == date(2030, 3, 1)


def law(*restarts: Restart, years: int | None = 3, counts_from: CountsFrom = CountsFrom.OLDEST_UNPAID) -> RulePack:
    return a_pack(a_rule(Limitation(years=years, longest_years=20, counts_from=counts_from, restarts=restarts)))


def last_day(state: CaseState, pack: RulePack, today: date = date(2024, 6, 1)) -> date | None:
    found = limitation_of(state, POLICY, [pack], balance_of(state, POLICY.waterfall, today), today)
    return found.last_day if found else None


NOTICE = ContactMade(
    step="default-notice",
    obligation="o-1",
    contact=contact_id("lender:a-1", "default-notice", "o-1", 0),
    channel=Channel.LETTER,
    template="text",
    outcome=Outcome.SENT,
)
DELIVERED = DeliveryReported(id="dr-1", contact=NOTICE.contact, outcome=Outcome.DELIVERED)
PART = PaymentReceived(id="p-1", amount=money("10.00"))
FILED = (
    ReferralProposed(referral="r-1", outstanding=money("240.00")),
    ReferralDecided(id="rd-1", approved=True, decided_by="staff-1"),
    ReferralStatusChanged(id="rs-1", status=ReferralStatus.FILED),
)


@pytest.mark.parametrize(
    ("restart", "happened", "expected"),
    [
        (Restart.PART_PAYMENT, (PART,), date(2027, 5, 2)),
        (
            Restart.PART_PAYMENT,
            (PART, PaymentReversed(id="v-1", payment="p-1", reason=ReversalReason.BOUNCED)),
            date(2027, 2, 28),
        ),
        (Restart.PROMISE, (PromiseMade(id="m-1", amount=money("10.00"), due=date(2024, 5, 9)),), date(2027, 5, 2)),
        (Restart.DEMAND, (NOTICE,), date(2027, 2, 28)),
        (Restart.DEMAND, (NOTICE, DELIVERED), date(2027, 5, 2)),
        (Restart.SUIT, FILED, date(2027, 5, 2)),
        (Restart.SUIT, (PART, NOTICE, DELIVERED), date(2027, 2, 28)),
    ],
)
def test_it_starts_again_with_what_the_pack_names(
    restart: Restart, happened: tuple[AnyEvent, ...], expected: date
) -> None:
    state = after(a_case(("250.00", DUE)), *((instant("2024-05-02 10:00"), event) for event in happened))
    assert last_day(state, law(restart)) == expected


def test_with_instalments_it_counts_from_the_last_which_charges_are_not() -> None:
    state = after(
        a_case(("100.00", DUE), ("100.00", date(2024, 5, 10))),
        (instant("2024-05-02 10:00"), ObligationDue(id="o-9", amount=money("100.00"), due=date(2024, 7, 1))),
        (
            instant("2024-05-02 10:00"),
            BalanceAdjusted(id="f-1", amount=money("5.00"), reason=AdjustmentReason.FEE, due=date(2024, 12, 1)),
        ),
    )
    assert last_day(state, law()) == date(2027, 2, 28)
    assert last_day(state, law(counts_from=CountsFrom.LAST_INSTALMENT)) == date(2027, 7, 1)


def test_the_lenders_date_counts_where_it_is_earlier_or_the_only_one() -> None:
    noted = after(a_case(("250.00", DUE)), (instant("2024-05-02 10:00"), LimitationNoted(id="l-1", last_day=DUE)))
    assert last_day(noted, law()) == DUE
    assert last_day(noted, law(years=None)) == DUE
    assert last_day(a_case(("250.00", DUE)), law(years=None)) is None


def test_a_paid_debt_does_not_run_out() -> None:
    paid = after(
        a_case(("250.00", DUE)), (instant("2024-05-02 10:00"), PaymentReceived(id="p-1", amount=money("250.00")))
    )
    assert last_day(paid, law()) is None


def test_it_is_barred_from_the_day_after_the_last_unless_a_suit_runs() -> None:
    state = a_case(("250.00", DUE))
    suit = after(state, *((instant("2024-05-02 10:00"), event) for event in FILED))

    def bar(case: CaseState, today: date) -> str | None:
        reason = time_bar(case, POLICY, [law()], balance_of(case, POLICY.waterfall, today), today)
        return reason.rule if reason else None

    assert bar(state, date(2027, 2, 28)) is None
    assert bar(state, date(2027, 3, 1)) == "test.rule"
    assert bar(suit, date(2027, 3, 1)) is None
