"""The validation notice: when its period ends, what waits for it, and what it says of the debt."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import events
from domain.balance import balance_of
from domain.compliance.model import Effect, Verdict
from domain.compliance.public_holidays import is_business_day
from domain.conduct import conduct
from domain.decision import Contact, ProposeReferral
from domain.events import Entry, OpeningObligation, PolicyRef
from domain.evolve import evolve
from domain.itemization import Itemization
from domain.itemized import validation_facts
from domain.money import Money
from domain.names import Channel, Component, Outcome
from domain.policy import RECEIPT_STEP
from domain.state import CaseState
from domain.validation import VALIDATION_INFORMATION, notice_given, period_ends_on, period_in_force, required_of
from rulebook.load import Rulebook
from tests.domain.builders import a_person, after, instant
from tests.domain.compliance.test_public_holidays import PERIOD

BOOK = Rulebook.load()
POLICY = BOOK.latest_published("us-collections")
PLAIN = BOOK.latest_published("us-credit-card")
PACKS = BOOK.packs(POLICY.law)
ZONE = "America/New_York"
PERSON = a_person(ZONE)
DUE = date(2026, 5, 4)
SENT_AT = instant("2026-05-05 10:00", ZONE)
ITEMIZATION = Itemization(
    as_of=date(2026, 1, 31),
    amount=Money.parse("2000.00", "USD"),
    interest=Money.parse("80.00", "USD"),
    fees=Money.parse("20.00", "USD"),
    payments=Money.parse("100.00", "USD"),
)
NOTICE = events.ContactMade(
    step="validation-notice",
    obligation="o-1",
    contact="c-1",
    channel=Channel.EMAIL,
    template="validation-notice",
    outcome=Outcome.SENT,
)


def a_placed_case(itemization: Itemization | None = ITEMIZATION) -> CaseState:
    """An account that owes 2000.00 USD, placed after default."""
    obligation = OpeningObligation(id="o-1", amount=ITEMIZATION.total, due=DUE)
    opening = events.CaseOpened(
        lender="lender",
        account="a-1",
        currency="USD",
        zone=ZONE,
        policy=PolicyRef(id=POLICY.id, version=1, digest="0" * 64),
        obligations=(obligation,),
        itemization=itemization,
    )
    return evolve(None, Entry(at=instant("2026-05-04 09:00", ZONE), event=opening))


def _noticed(made: events.ContactMade = NOTICE) -> CaseState:
    state = after(a_placed_case(), (SENT_AT, made))
    return conduct(state, PERSON, POLICY, PACKS, SENT_AT).state


class TestPeriod:
    @pytest.mark.parametrize(
        ("sent_on", "ends_on"),
        [
            (date(2026, 5, 5), date(2026, 6, 11)),  # Tuesday; received on Tuesday the 12th
            (date(2026, 11, 20), date(2026, 12, 30)),  # Thanksgiving does not count; received on Monday the 30th
            (date(2026, 6, 29), date(2026, 8, 6)),  # the 4th is a Saturday, observed on the 3rd; received on the 7th
            (date(2027, 7, 1), date(2027, 8, 8)),  # the 4th is a Sunday, observed on the 5th; received on the 9th
            (date(2026, 12, 31), date(2027, 2, 7)),  # over the New Year; received on the 8th
        ],
    )
    def test_ends_30_days_after_the_fifth_business_day(self, sent_on: date, ends_on: date) -> None:
        assert period_ends_on(sent_on, PERIOD) == ends_on

    @given(st.dates(date(2022, 1, 1), date(2080, 1, 1)))
    def test_counts_five_days_on_which_the_post_comes(self, sent_on: date) -> None:
        received_on = period_ends_on(sent_on, PERIOD) - timedelta(days=30)
        between = [sent_on + timedelta(days=number + 1) for number in range((received_on - sent_on).days)]

        assert sum(is_business_day(day, PERIOD.holidays) for day in between) == 5
        assert is_business_day(received_on, PERIOD.holidays)

    @given(st.dates(date(2022, 1, 1), date(2080, 1, 1)))
    def test_never_ends_earlier_for_a_later_notice(self, sent_on: date) -> None:
        ends = [period_ends_on(sent_on + timedelta(days=number), PERIOD) for number in range(5)]

        assert all(one <= other for one, other in pairwise(ends))

    def test_no_pack_in_force_has_none(self) -> None:
        assert period_in_force(PACKS, POLICY.collector, date(2021, 11, 29)) is None
        assert period_in_force(PACKS, POLICY.collector, date(2021, 11, 30)) == PERIOD
        assert period_in_force((), POLICY.collector, DUE) is None


class TestNotice:
    def test_is_the_first_contact_whatever_the_day(self) -> None:
        for late_days in (0, 1, 60, 128):
            now = instant(f"{DUE + timedelta(days=late_days)} 11:00", ZONE)
            decision = conduct(a_placed_case(), PERSON, POLICY, PACKS, now).decision

            assert isinstance(decision, Contact)
            assert decision.template == "validation-notice"

    def test_is_journaled_with_the_end_of_its_period(self) -> None:
        state = after(a_placed_case(), (SENT_AT, NOTICE))

        entries = conduct(state, PERSON, POLICY, PACKS, SENT_AT).entries

        assert entries[0].event == events.ValidationNoticeSent(
            channel=Channel.EMAIL, sent_on=date(2026, 5, 5), period_ends_on=date(2026, 6, 11)
        )
        assert notice_given(_noticed(), POLICY, PACKS, SENT_AT) is None

    def test_that_may_not_have_left_sets_no_period_running(self) -> None:
        unclear = NOTICE.model_copy(update={"outcome": Outcome.UNKNOWN})

        assert _noticed(unclear).validation_notice is None

    def test_is_no_matter_of_a_policy_without_one(self) -> None:
        assert notice_given(after(a_placed_case(), (SENT_AT, NOTICE)), PLAIN, PACKS, SENT_AT) is None


class TestReferral:
    LATE = instant("2026-08-30 10:00", ZONE)
    DEMAND = NOTICE.model_copy(update={"step": "final-demand", "template": "final-demand"})

    REMINDER = NOTICE.model_copy(update={"step": "final-sms", "template": "final-reminder", "channel": Channel.SMS})

    def _demanded(self, state: CaseState) -> CaseState:
        """The formal request and its reminder were made as well: nothing is left but the referral."""
        demanded_at = instant("2026-07-29 10:00", ZONE)
        return after(state, (demanded_at, self.DEMAND), (demanded_at + timedelta(days=11), self.REMINDER))

    def test_follows_when_the_period_is_over(self) -> None:
        conducted = conduct(self._demanded(_noticed()), PERSON, POLICY, PACKS, self.LATE)

        assert conducted.state.referral is not None

    def test_waits_for_the_day_after_the_period(self) -> None:
        state = self._demanded(_noticed())
        assert state.validation_notice is not None
        runs = state.validation_notice.model_copy(update={"period_ends_on": date(2026, 9, 10)})
        longer = state.model_copy(update={"validation_notice": runs})

        decision = conduct(longer, PERSON, POLICY, PACKS, self.LATE).decision

        assert isinstance(decision, ProposeReferral)
        assert decision.at == instant("2026-09-11 09:00", ZONE)

    def test_never_comes_without_the_notice(self) -> None:
        unclear = NOTICE.model_copy(update={"outcome": Outcome.UNKNOWN})

        conducted = conduct(self._demanded(_noticed(unclear)), PERSON, POLICY, PACKS, self.LATE)

        assert conducted.state.referral is None
        assert not isinstance(conducted.decision, ProposeReferral)


class TestDispute:
    @pytest.mark.parametrize(
        ("at", "in_writing", "expected"),
        [
            ("2026-06-11 23:59", True, True),
            ("2026-06-12 00:00", True, False),
            ("2026-05-20 10:00", False, False),
        ],
    )
    def test_in_writing_within_the_period_is_marked(self, at: str, in_writing: bool, expected: bool) -> None:
        dispute = events.DisputeOpened(id="d-1", category=events.DisputeCategory.AMOUNT, in_writing=in_writing)

        (opened,) = after(_noticed(), (instant(at, ZONE), dispute)).disputes

        assert opened.in_validation_period is expected


class TestRequirement:
    VERDICT = Verdict(verdict=Effect.ALLOW, requires=("opt_out_notice", VALIDATION_INFORMATION))

    def test_stands_until_the_notice_was_sent(self) -> None:
        assert VALIDATION_INFORMATION in required_of(self.VERDICT, "arrears-email", a_placed_case(), POLICY)
        assert required_of(self.VERDICT, "arrears-email", _noticed(), POLICY) == ("opt_out_notice",)

    def test_falls_with_payment_and_for_accounts_that_were_not_in_default(self) -> None:
        assert required_of(self.VERDICT, RECEIPT_STEP, a_placed_case(), POLICY) == ("opt_out_notice",)
        assert required_of(self.VERDICT, "first-email", a_placed_case(), PLAIN) == ("opt_out_notice",)


class TestItemization:
    def test_is_missing_where_none_was_registered(self) -> None:
        assert validation_facts(a_placed_case(None), DUE) is None

    @given(st.lists(st.tuples(st.sampled_from(["paid", "credited", *Component]), st.integers(1, 50_000)), max_size=8))
    def test_adds_up_to_what_is_owed_whatever_happened_since(self, happened: list[tuple[str, int]]) -> None:
        state = a_placed_case()
        for number, (what, minor) in enumerate(happened):
            amount, id_ = Money(minor, "USD"), f"m-{number}"
            event: events.AnyMessage
            if what == "paid":
                event = events.PaymentReceived(id=id_, amount=amount)
            elif what == "credited":
                event = events.BalanceAdjusted(id=id_, amount=-amount, reason=events.AdjustmentReason.GOODWILL)
            else:
                event = events.ObligationDue(id=id_, amount=amount, due=DUE, component=Component(what))
            state = after(state, (SENT_AT, event))

        facts = validation_facts(state, DUE)

        balance = balance_of(state, POLICY.waterfall, DUE)
        assert facts is not None
        assert facts.owed == balance.outstanding - balance.credit
        assert facts.amount + facts.interest + facts.fees + facts.charges - facts.paid_or_credited == facts.owed
