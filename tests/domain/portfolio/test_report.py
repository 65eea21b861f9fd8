"""The figures of a portfolio: a worked example, and what must hold of any portfolio."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.events import (
    AnyEvent,
    CallOutcomeRecorded,
    CaseClosed,
    CaseOpened,
    Entry,
    OpeningObligation,
    PaymentReceived,
    PaymentReversed,
    PolicyRef,
    PromiseBroken,
    PromiseKept,
    PromiseMade,
    ReversalReason,
)
from domain.money import Money
from domain.names import Channel, CloseReason, Component, Outcome
from domain.portfolio.buckets import PAST_DUE, Bucket, bucket_of
from domain.portfolio.case_history import CaseHistory, read_history
from domain.portfolio.report import PortfolioReport, Share
from tests.domain.builders import CURRENCY, ZONE, instant, money

WATERFALL = (Component.FEE, Component.INTEREST, Component.PRINCIPAL)
AS_OF = date(2026, 3, 31)


def a_journal(*happened: tuple[datetime, AnyEvent], owed: str = "100.00", due: date = date(2026, 1, 1)) -> list[Entry]:
    """The journal of a case that was placed on 5 January 2026."""
    opening = CaseOpened(
        lender="lender",
        account="a-1",
        currency=CURRENCY,
        zone=ZONE,
        policy=PolicyRef(id="test-policy", version=1, digest="0" * 64),
        obligations=(OpeningObligation(id="o-1", amount=money(owed), due=due),),
    )
    entries = [Entry(at=instant("2026-01-05 09:00"), event=opening)]
    return entries + [Entry(at=at, event=event) for at, event in happened]


def history(journal: Sequence[Entry], as_of: date = AS_OF) -> CaseHistory:
    read = read_history(journal, as_of, lambda policy: WATERFALL)
    assert read is not None
    return read


def report_of(*journals: Sequence[Entry], as_of: date = AS_OF) -> PortfolioReport:
    report = PortfolioReport(CURRENCY, as_of, {Channel.VOICE: money("0.50")})
    for journal in journals:
        report.add(history(journal, as_of))
    return report


def paid(on: str, amount: str = "100.00", payment: str = "p-1") -> tuple[datetime, AnyEvent]:
    return instant(f"{on} 12:00"), PaymentReceived(id=payment, amount=money(amount))


@pytest.mark.parametrize(
    ("days", "bucket"),
    [(-3, "current"), (0, "current"), (1, "1-30"), (30, "1-30"), (31, "31-60"), (120, "91-120"), (121, "over 120")],
)
def test_a_bucket_is_thirty_days_of_lateness(days: int, bucket: str) -> None:
    assert bucket_of(days) == bucket


def test_roll_and_cure_rates_follow_each_balance_from_month_to_month() -> None:
    pays = a_journal(paid("2026-02-10"), (instant("2026-02-10 12:01"), CaseClosed(reason=CloseReason.PAID)))
    rolls = a_journal(owed="300.00")

    report = report_of(pays, rolls)

    # At the end of January both were 30 days past due; at the end of February one had paid, the other was at 58 days.
    february = {roll.destination: roll for roll in report.rolls if roll.month == date(2026, 2, 1)}
    assert {roll.origin for roll in february.values()} == {Bucket.DAYS_1_30}
    assert february[Bucket.PAID].balance == Share(100_00, 400_00)
    assert february[Bucket.DAYS_31_60].balance.percent == Decimal("75.0")
    assert february[Bucket.DAYS_31_60].cases == Share(1, 2)
    assert [(cure.month, cure.cases.percent, cure.balance.percent) for cure in report.cures] == [
        (date(2026, 2, 1), Decimal("50.0"), Decimal("25.0")),
        (date(2026, 3, 1), Decimal("0.0"), Decimal("0.0")),
    ]


def test_liquidation_adds_up_by_month_since_placement_net_of_what_bounced() -> None:
    bounced = instant("2026-03-02 10:00"), PaymentReversed(id="v-1", payment="p-2", reason=ReversalReason.BOUNCED)
    journal = a_journal(paid("2026-01-20", "40.00"), paid("2026-02-20", "10.00", "p-2"), bounced)

    (cohort,) = report_of(journal).cohorts

    assert (cohort.month, cohort.cases, cohort.placed) == (date(2026, 1, 1), 1, money("100.00"))
    assert [cohort.liquidation(month).percent for month in range(3)] == [Decimal(40), Decimal(50), Decimal(40)]


def test_promises_calls_and_cost() -> None:
    when = instant("2026-01-06 10:00")
    promises: list[tuple[datetime, AnyEvent]] = []
    for number, kept in enumerate((True, True, False)):
        promised = PromiseMade(id=f"m-{number}", amount=money("1.00"), due=date(2026, 1, 10))
        settled = PromiseKept(promise=promised.id) if kept else PromiseBroken(promise=promised.id)
        promises += [(when, promised), (when, settled)]
    calls: list[tuple[datetime, AnyEvent]] = [
        (when, CallOutcomeRecorded(id=f"call-{number}", outcome=outcome))
        for number, outcome in enumerate((Outcome.CONVERSATION, Outcome.NO_ANSWER, Outcome.VOICEMAIL, Outcome.BUSY))
    ]

    report = report_of(a_journal(*promises, *calls, paid("2026-02-01", "25.00")))

    assert report.promises.percent == Decimal("66.7")
    assert report.right_party_contacts.percent == Decimal("25.0")
    assert report.collected == money("25.00")
    assert report.cost is None, "no contact was made by Dunlin, so nothing is known to have cost anything"


def test_a_case_that_opened_later_is_not_counted() -> None:
    assert read_history(a_journal(), date(2026, 1, 4), lambda policy: WATERFALL) is None


def test_what_happened_after_the_day_of_the_report_is_not_counted() -> None:
    journal = a_journal(paid("2026-02-10"))

    assert history(journal, date(2026, 2, 9)) == history(a_journal(), date(2026, 2, 9))


amounts = st.integers(1, 900).map(lambda minor: Money(minor, CURRENCY))


@st.composite
def journals(draw: st.DrawFn) -> list[Entry]:
    """Payments and reversals on any days of three months."""
    at = instant("2026-01-05 10:00")
    happened: list[tuple[datetime, AnyEvent]] = []
    standing: list[str] = []
    for number in range(draw(st.integers(0, 6))):
        at += timedelta(days=draw(st.integers(0, 25)))
        bounces: bool = draw(st.booleans())
        if standing and bounces:
            reversal = PaymentReversed(id=f"v-{number}", payment=standing.pop(), reason=ReversalReason.BOUNCED)
            happened.append((at, reversal))
        else:
            happened.append((at, PaymentReceived(id=f"p-{number}", amount=draw(amounts))))
            standing.append(f"p-{number}")
    owed: Money = draw(amounts)
    due: date = draw(st.dates(date(2025, 6, 1), date(2026, 3, 20)))
    return a_journal(*happened, owed=str(owed.decimal), due=due)


@given(st.lists(journals(), max_size=5), st.dates(date(2026, 1, 5), date(2026, 6, 30)))
def test_the_parts_of_a_report_add_up_to_the_whole(portfolio: list[list[Entry]], as_of: date) -> None:
    report = report_of(*portfolio, as_of=as_of)
    histories = [history(journal, as_of) for journal in portfolio]

    assert sum(line.cases for line in report.buckets) == report.cases == len(portfolio)
    standing = [case.now for case in histories if case.now is not None]
    assert sum(line.outstanding.minor for line in report.buckets) == sum(each.outstanding.minor for each in standing)
    assert report.collected == Money.total((cohort.collected[-1] for cohort in report.cohorts), CURRENCY)
    for origin_and_month in {(roll.month, roll.origin) for roll in report.rolls}:
        rolls = [roll for roll in report.rolls if (roll.month, roll.origin) == origin_and_month]
        assert sum(roll.cases.part for roll in rolls) == rolls[0].cases.whole
        assert sum(roll.balance.part for roll in rolls) == rolls[0].balance.whole
    for cure in report.cures:
        past_due = [roll for roll in report.rolls if roll.month == cure.month and roll.origin in PAST_DUE]
        assert cure.cases.whole == sum(roll.cases.part for roll in past_due)
        assert 0 <= cure.cases.part <= cure.cases.whole
