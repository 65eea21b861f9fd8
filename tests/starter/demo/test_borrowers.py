"""What borrowers do: as the data says, and always the same."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.balance import balance_of
from domain.casework import AnswerStatus, receive
from domain.events import (
    CaseOpened,
    Entry,
    OpeningObligation,
    PaymentReceived,
    PaymentReversed,
    PolicyRef,
    message_kind,
)
from domain.evolve import evolve
from domain.money import Money
from domain.policy import Policy
from domain.registration import AccountRegistration
from domain.state import CaseState
from starter.demo.borrowers import DEFAULTERS, PAID_WITHIN, PAYERS, Act, Behaviour, behaviours, contact_days, plan
from starter.demo.portfolio import CURRENCY, POLICY, ZONE, registrations
from starter.demo.sample import CardAccount, committed_sample
from tests.domain.builders import a_policy

OPENING = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
OPENING_DAY = OPENING.astimezone(ZoneInfo(ZONE)).date()
TREATMENT = a_policy().model_copy(update={"id": POLICY, "currency": CURRENCY})

Planned = tuple[CardAccount, AccountRegistration, Behaviour, tuple[Act, ...]]


def planned_portfolio(policy: Policy = TREATMENT) -> list[Planned]:
    sample = committed_sample()
    return [
        (account, registration, behaviour, plan(behaviour, registration, policy, OPENING))
        for account, registration, behaviour in zip(
            sample, registrations(sample, OPENING_DAY), behaviours(sample), strict=True
        )
    ]


def owed(registration: AccountRegistration) -> Money:
    return Money.total((obligation.amount for obligation in registration.obligations), CURRENCY)


def opened_case(registration: AccountRegistration) -> CaseState:
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
    return evolve(None, Entry(at=OPENING, event=event))


def after(registration: AccountRegistration, acts: tuple[Act, ...], until: datetime) -> CaseState:
    """The case after the acts before an instant; each must be accepted."""
    state = opened_case(registration)
    for act in acts:
        if act.at < until:
            message = (message_kind(type(act.message)), act.message.model_dump(mode="json"))
            received = receive(state, [message], TREATMENT, act.at)
            assert [(judged.status, judged.refusal) for judged in received.judged] == [(AnswerStatus.APPLIED, None)]
            state = received.state
    return state


def outstanding(state: CaseState) -> Money:
    return balance_of(state, TREATMENT.waterfall, OPENING_DAY).outstanding


def test_who_did_not_default_has_paid_everything_within_the_month() -> None:
    for account, registration, _, acts in planned_portfolio():
        if not account.defaulted:
            state = after(registration, acts, OPENING + PAID_WITHIN)
            assert not outstanding(state)
            assert not balance_of(state, TREATMENT.waterfall, OPENING_DAY).credit


def test_who_defaulted_has_paid_nothing_within_the_month() -> None:
    for account, registration, _, acts in planned_portfolio():
        if account.defaulted:
            assert outstanding(after(registration, acts, OPENING + PAID_WITHIN)) == owed(registration)


def test_every_act_is_accepted_by_the_case_and_comes_after_the_one_before() -> None:
    for _, registration, _, acts in planned_portfolio():
        after(registration, acts, datetime.max.replace(tzinfo=UTC))

        assert [act.at for act in acts] == sorted(act.at for act in acts)
        assert all(act.at > OPENING for act in acts)
        assert len({act.message.id for act in acts}) == len(acts)


def test_borrowers_answer_in_the_evening_of_a_day_on_which_they_are_contacted() -> None:
    answered = [
        acts[0].at.astimezone(ZoneInfo(ZONE)).date() in contact_days(registration, TREATMENT, OPENING_DAY)
        for _, registration, _, acts in planned_portfolio()
        if acts
    ]

    assert sum(answered) >= 0.5 * len(answered)
    assert all(19 <= act.at.hour <= 22 for _, _, _, acts in planned_portfolio() for act in acts)


def test_the_same_portfolio_is_planned_the_same_way() -> None:
    assert planned_portfolio() == planned_portfolio()


def test_behaviours_come_in_the_shares_that_the_rotations_have() -> None:
    sample = committed_sample()
    defaulters = sum(account.defaulted for account in sample)
    counts = Counter(behaviours(sample))

    assert counts[Behaviour.STAYS_SILENT] == pytest.approx(defaulters * 0.5, abs=3)
    assert counts[Behaviour.KEEPS_PROMISE] == pytest.approx((len(sample) - defaulters) * 0.2, abs=2)
    assert set(counts) == set(PAYERS) | set(DEFAULTERS) == set(Behaviour)


def test_a_bounced_payment_is_made_good_by_another_one() -> None:
    bouncing = [acts for _, _, behaviour, acts in planned_portfolio() if behaviour is Behaviour.PAYMENT_BOUNCES]

    assert bouncing
    for first, returned, again in bouncing:
        assert isinstance(first.message, PaymentReceived)
        assert isinstance(returned.message, PaymentReversed)
        assert isinstance(again.message, PaymentReceived)
        assert returned.message.payment == first.message.id != again.message.id


def test_a_broken_promise_is_for_the_whole_debt_and_no_payment_follows() -> None:
    for _, registration, behaviour, acts in planned_portfolio():
        if behaviour is Behaviour.BREAKS_PROMISE:
            (promise,) = after(registration, acts, OPENING + PAID_WITHIN).promises
            assert promise.amount == owed(registration)
            assert promise.due < OPENING_DAY + PAID_WITHIN


def test_nobody_waits_for_lawyers_under_a_policy_without_referral() -> None:
    policy = TREATMENT.model_copy(update={"referral": None})

    assert all(
        acts == () for _, _, behaviour, acts in planned_portfolio(policy) if behaviour is Behaviour.PAYS_AFTER_REFERRAL
    )


def test_contacts_before_the_opening_day_are_not_waited_for() -> None:
    registration = registrations(committed_sample()[:1], date(2026, 11, 23))[0]

    assert contact_days(registration, TREATMENT, date(2027, 12, 1)) == []


def test_days_of_contact_follow_the_oldest_due_date() -> None:
    registration = registrations(committed_sample()[:1], date(2026, 11, 23))[0]
    oldest_due = min(obligation.due for obligation in registration.obligations)

    days = contact_days(registration, TREATMENT, oldest_due)

    assert days == [oldest_due + timedelta(days=step.day) for step in TREATMENT.steps if step.day >= 0]
