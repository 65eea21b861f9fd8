"""No interest and no fees for the days of a plan or a settlement: exact, whenever somebody looks, bounced or not."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import events
from domain.accrual import charges_until
from domain.ageing import delinquent_days, pauses_of
from domain.charge_terms import DayCount, InterestTerms, LateFeeTerms
from domain.conduct import conduct
from domain.events import AnyEvent, Instalment
from domain.localtime import ONE_DAY
from domain.money import Money
from domain.names import AgreedBy, HoldKind
from domain.policy import Policy
from domain.state import CaseState, Obligation, ObligationOrigin
from tests.domain.agreements import ARRANGEMENT, SETTLEMENT
from tests.domain.builders import LAW, a_case, a_person, a_policy, after, instant, money

DUE = date(2026, 2, 1)
AS_OF = DUE + 70 * ONE_DAY
POLICY = a_policy(arrangement=ARRANGEMENT, settlement=SETTLEMENT).model_copy(
    update={
        "interest": InterestTerms(annual_percent="31.19", day_count=DayCount.ACTUAL_365),
        "late_fee": LateFeeTerms(after_day=5, amount="12.00"),
    }
)
days = st.integers(0, 60).map(lambda count: DUE + count * ONE_DAY)


def case() -> CaseState:
    return a_case(("123.45", DUE), ("67.89", date(2026, 3, 1)))


def on(state: CaseState, day: date, *what: AnyEvent) -> CaseState:
    return after(state, *((instant(f"{day} 10:00"), each) for each in what))


def charges(state: CaseState, policy: Policy = POLICY) -> tuple[tuple[Obligation, ...], tuple[Obligation, ...]]:
    found = charges_until(state, policy, (), AS_OF)
    return found.interest, found.late_fees


def plan(first: date, amount: str = "191.34") -> events.ArrangementAgreed:
    instalments = (Instalment(due=first, amount=money(amount)),)
    return events.ArrangementAgreed(id="plan-1", instalments=instalments, agreed_by=AgreedBy.AGENT)


def planned(state: CaseState, since: date, until: date) -> CaseState:
    broken = events.ArrangementBroken(arrangement="plan-1", instalment=1, due=since, since=until)
    return on(on(state, since, plan(since)), until, broken)


def settled(state: CaseState, since: date, until: date) -> CaseState:
    offered = events.SettlementOffered(
        settlement="s-1", offer="half", amount=money("95.00"), outstanding=money("191.34"), expires_on=since
    )
    lapsed = events.SettlementLapsed(settlement="s-1", because=events.SettlementLapse.PART_MISSED, since=until)
    accepted = events.SettlementAccepted(id="yes-1", offer="half")
    return on(on(state, since, offered, accepted), until, lapsed)


@given(days, days, days, st.integers(1, 15_000), st.sampled_from([planned, settled]))
def test_the_days_of_an_agreement_are_charged_like_the_days_of_a_hold_that_freezes(
    one: date, other: date, came: date, minor_units: int, agreed: object
) -> None:
    since, until = sorted((one, other))
    hold = events.HoldPlaced(id="h-1", hold=HoldKind.BREATHING_SPACE, until=until)
    payment = events.PaymentReceived(id="p-1", amount=Money(minor_units, "GBP"))
    paid = on(case(), came, payment)

    assert callable(agreed)
    expected = charges(on(paid, since, hold)) if since < until else charges(paid)
    assert charges(agreed(paid, since, until)) == expected


@given(days, days)
def test_a_plan_stops_nothing_where_its_policy_does_not_say_so(one: date, other: date) -> None:
    since, until = sorted((one, other))
    policy = POLICY.model_copy(update={"arrangement": ARRANGEMENT.model_copy(update={"freezes_charges": False})})

    assert charges(planned(case(), since, until), policy) == charges(case(), policy)


def test_an_offer_that_is_not_accepted_stops_nothing() -> None:
    offered = events.SettlementOffered(
        settlement="s-1", offer="half", amount=money("95.00"), outstanding=money("191.34"), expires_on=AS_OF
    )

    assert charges(on(case(), DUE, offered)) == charges(case())


def test_while_a_plan_is_kept_no_day_of_a_fee_is_awaited() -> None:
    kept = on(case(), DUE + ONE_DAY, plan(AS_OF))

    assert charges(kept) == charges(on(case(), DUE + ONE_DAY, events.HoldPlaced(id="h", hold=HoldKind.BREATHING_SPACE)))
    assert charges(kept)[1] == ()


def lived(state: CaseState, looks: set[date], happened: dict[date, tuple[AnyEvent, ...]]) -> CaseState:
    """The case at the end, when it had a turn on each of these days and whenever something happened."""
    for day in sorted({*looks, *happened, AS_OF}):
        state = on(state, day, *happened.get(day, ()))
        state = conduct(state, a_person(), POLICY, (LAW,), instant(f"{day} 10:00")).state
    return state


def charged(state: CaseState) -> set[tuple[str, Money, date]]:
    owned = (each for each in state.obligations if each.origin is not ObligationOrigin.LENDER)
    return {(each.id, each.amount, each.due) for each in owned}


def age(state: CaseState) -> int:
    return delinquent_days(DUE, AS_OF, POLICY.grace_days, pauses_of(state))


@given(st.sets(days, max_size=6), st.integers(1, 20), st.integers(0, 30))
def test_it_makes_no_difference_when_a_missed_instalment_is_found(looks: set[date], agreed: int, first: int) -> None:
    agreed_on = DUE + agreed * ONE_DAY
    happened: dict[date, tuple[AnyEvent, ...]] = {agreed_on: (plan(agreed_on + first * ONE_DAY),)}

    seldom, daily = (lived(case(), seen, happened) for seen in (looks, {DUE + n * ONE_DAY for n in range(70)}))

    assert seldom.arrangements == daily.arrangements
    assert (charged(seldom), age(seldom)) == (charged(daily), age(daily))


@pytest.mark.parametrize("paid_after", [0, 3, 12])
@pytest.mark.parametrize("bounced_after", [1, 5, 40])
def test_a_bounce_leaves_a_plan_as_if_its_payment_had_never_come(paid_after: int, bounced_after: int) -> None:
    agreed_on = DUE + 10 * ONE_DAY
    agreed = (plan(agreed_on + 10 * ONE_DAY, "300.00"),)
    came_on = agreed_on + paid_after * ONE_DAY
    payment = events.PaymentReceived(id="p-1", amount=money("300.00"))
    bounce = events.PaymentReversed(id="r-1", payment="p-1", reason=events.ReversalReason.BOUNCED)
    never: dict[date, tuple[AnyEvent, ...]] = {agreed_on: agreed}
    came = {**never, came_on: (*never.get(came_on, ()), payment), came_on + bounced_after * ONE_DAY: (bounce,)}

    without, bounced = lived(case(), {AS_OF - ONE_DAY}, never), lived(case(), set(), came)

    assert bounced.arrangements == without.arrangements
    assert (charged(bounced), age(bounced)) == (charged(without), age(without))
