"""What borrowers do: as the data says, and always the same."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.balance import balance_of
from domain.casework import AnswerStatus, receive
from domain.events import CaseOpened, Entry, OpeningObligation, PaymentReceived, PaymentReversed, PolicyRef
from domain.evolve import evolve
from domain.money import Money
from domain.policy import Policy
from domain.registration import AccountRegistration
from domain.state import CaseState
from rulebook.load import Rulebook
from starter.demo.borrowers import DEFAULTERS, PAID_WITHIN, PAYERS, Act, Behaviour, behaviours, contact_days, plan
from starter.demo.portfolio import CURRENCY, POLICY, ZONE, Handover, handovers
from starter.demo.sample import committed_sample

OPENING = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
TREATMENT = Rulebook.load().latest_published(POLICY)
END_OF_TIME = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Planned:
    handover: Handover
    behaviour: Behaviour
    acts: tuple[Act, ...]

    @property
    def owed(self) -> Money:
        return Money.total((obligation.amount for obligation in self.handover.registration.obligations), CURRENCY)

    @property
    def month_end(self) -> datetime:
        return self.handover.at + PAID_WITHIN

    @property
    def contact_days(self) -> list[date]:
        return contact_days(self.handover.registration, TREATMENT, local_day(self.handover.at))


def local_day(at: datetime) -> date:
    return at.astimezone(ZoneInfo(ZONE)).date()


def planned_portfolio(policy: Policy = TREATMENT) -> list[Planned]:
    portfolio = handovers(committed_sample(), OPENING)
    return [
        Planned(handover, behaviour, plan(behaviour, handover.registration, policy, handover.at))
        for handover, behaviour in zip(portfolio, behaviours(each.account for each in portfolio), strict=True)
    ]


PORTFOLIO = planned_portfolio()


def who(behaviour: Behaviour) -> list[Planned]:
    return [planned for planned in PORTFOLIO if planned.behaviour is behaviour]


def opened_case(registration: AccountRegistration, at: datetime) -> CaseState:
    event = CaseOpened(
        lender=registration.lender,
        account=registration.account,
        currency=CURRENCY,
        zone=registration.zone,
        policy=PolicyRef(id=POLICY, version=1, digest="0" * 64),
        obligations=tuple(
            OpeningObligation(id=obligation.id, amount=obligation.amount, due=obligation.due)
            for obligation in registration.obligations
        ),
    )
    return evolve(None, Entry(at=at, event=event))


def after(planned: Planned, until: datetime) -> CaseState:
    """The case after the acts before an instant; each must be accepted."""
    state = opened_case(planned.handover.registration, planned.handover.at)
    for act in planned.acts:
        if act.at < until:
            message = (act.message.kind, act.message.model_dump(mode="json"))
            received = receive(state, [message], TREATMENT, act.at)
            assert [(judged.status, judged.refusal) for judged in received.judged] == [(AnswerStatus.APPLIED, None)]
            state = received.state
    return state


def outstanding(state: CaseState) -> Money:
    return balance_of(state, TREATMENT.waterfall, local_day(OPENING)).outstanding


def test_who_did_not_default_has_paid_everything_within_the_month() -> None:
    for planned in PORTFOLIO:
        if not planned.handover.account.defaulted:
            state = after(planned, planned.month_end)
            assert not outstanding(state)
            assert not balance_of(state, TREATMENT.waterfall, local_day(OPENING)).credit


def test_who_defaulted_has_paid_nothing_within_the_month() -> None:
    for planned in PORTFOLIO:
        if planned.handover.account.defaulted:
            assert outstanding(after(planned, planned.month_end)) == planned.owed


def test_every_act_is_accepted_by_the_case_and_comes_after_the_one_before() -> None:
    for planned in PORTFOLIO:
        after(planned, END_OF_TIME)

        assert [act.at for act in planned.acts] == sorted(act.at for act in planned.acts)
        assert all(act.at > planned.handover.at for act in planned.acts)
        assert len({act.message.id for act in planned.acts}) == len(planned.acts)


def test_borrowers_answer_in_the_evening_of_a_day_on_which_they_are_contacted() -> None:
    answers = [planned for planned in PORTFOLIO if planned.acts]
    in_time = [planned for planned in answers if local_day(planned.acts[0].at) in planned.contact_days]

    assert len(in_time) > 0.9 * len(answers)
    assert all(19 <= act.at.hour <= 22 for planned in answers for act in planned.acts)


def test_the_same_portfolio_is_planned_the_same_way() -> None:
    assert planned_portfolio() == PORTFOLIO


def test_behaviours_come_in_the_shares_that_the_rotations_have() -> None:
    defaulters = sum(account.defaulted for account in committed_sample())
    counts = Counter(behaviours(committed_sample()))

    assert counts[Behaviour.STAYS_SILENT] == pytest.approx(defaulters * 0.5, abs=3)
    assert counts[Behaviour.KEEPS_PROMISE] == pytest.approx((len(committed_sample()) - defaulters) * 0.2, abs=2)
    assert set(counts) == set(PAYERS) | set(DEFAULTERS) == set(Behaviour)


def test_a_bounced_payment_is_made_good_by_another_one() -> None:
    for planned in who(Behaviour.PAYMENT_BOUNCES):
        first, returned, again = (act.message for act in planned.acts)
        assert isinstance(first, PaymentReceived)
        assert isinstance(returned, PaymentReversed)
        assert isinstance(again, PaymentReceived)
        assert returned.payment == first.id != again.id


def test_a_broken_promise_is_for_the_whole_debt_and_no_payment_follows() -> None:
    for planned in who(Behaviour.BREAKS_PROMISE):
        (promise,) = after(planned, END_OF_TIME).promises
        assert promise.amount == planned.owed
        assert promise.due < local_day(planned.month_end)


def test_who_waits_for_lawyers_pays_after_the_day_of_the_referral() -> None:
    referral = TREATMENT.referral
    assert referral is not None
    for planned in who(Behaviour.PAYS_AFTER_REFERRAL):
        oldest_due = min(obligation.due for obligation in planned.handover.registration.obligations)
        (payment,) = planned.acts
        assert local_day(payment.at) > oldest_due + timedelta(days=referral.day)


def test_nobody_waits_for_lawyers_under_a_policy_without_referral() -> None:
    for planned in planned_portfolio(TREATMENT.model_copy(update={"referral": None})):
        if planned.behaviour is Behaviour.PAYS_AFTER_REFERRAL:
            assert planned.acts == ()


def test_every_case_has_ended_after_120_days_whatever_its_borrower_does() -> None:
    for planned in PORTFOLIO:
        holds = after(planned, END_OF_TIME).holds
        paused = sum((hold.ends_on - hold.placed_on).days for hold in holds if hold.ends_on is not None)
        oldest_due = min(obligation.due for obligation in planned.handover.registration.obligations)
        assert oldest_due + timedelta(days=TREATMENT.end.day + paused) < local_day(OPENING + timedelta(days=120))


def test_days_of_contact_follow_the_oldest_due_date() -> None:
    registration = PORTFOLIO[0].handover.registration
    oldest_due = min(obligation.due for obligation in registration.obligations)

    days = contact_days(registration, TREATMENT, oldest_due)

    assert days == [oldest_due + timedelta(days=step.day) for step in TREATMENT.steps if step.day >= 0]
    assert contact_days(registration, TREATMENT, oldest_due + timedelta(days=1000)) == []
