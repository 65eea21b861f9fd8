"""What is owed, against a cashier who settles one minor unit at a time. Definitions: docs/money.md."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.balance import Balance, balance_of, paid_in_all, total_charged, total_settling
from domain.events import PolicyRef, ReversalReason
from domain.money import CurrencyMismatch, Money
from domain.names import Component
from domain.state import CaseState, Credit, Obligation, Payment
from tests.domain.documentation import tables_of
from tests.domain.generators import CURRENCY, FIRST_DAY, ZONE, components, few_units

WATERFALL = (Component.FEE, Component.INTEREST, Component.PRINCIPAL)
NOTHING = Money.zero(CURRENCY)

# Few due dates, so that several obligations share one and the waterfall has to decide.
close_days = st.dates(FIRST_DAY, FIRST_DAY + timedelta(days=3))
obligation_lists = st.lists(
    st.builds(
        Obligation,
        id=st.from_regex("o-[a-f]", fullmatch=True),
        amount=few_units(),
        due=close_days,
        component=components,
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda obligation: obligation.id,
)
payment_lists = st.lists(
    st.builds(
        Payment,
        id=st.just("p"),
        amount=few_units(),
        on=close_days,
        reversed_because=st.none() | st.just(ReversalReason.BOUNCED),
    ),
    max_size=5,
)
credit_lists = st.lists(st.builds(Credit, id=st.just("c"), amount=few_units(most=5), on=close_days), max_size=3)
waterfalls = st.sampled_from(list(permutations(Component)))


def a_case(
    obligations: list[Obligation],
    payments: list[Payment] | None = None,
    credits: list[Credit] | None = None,
    currency: str = CURRENCY,
) -> CaseState:
    return CaseState(
        lender="lender",
        account="a-1",
        currency=currency,
        zone=ZONE,
        policy=PolicyRef(id="test-policy", version=1, digest="0" * 64),
        obligations=tuple(obligations),
        payments=tuple(payments or ()),
        credits=tuple(credits or ()),
    )


cases = st.builds(a_case, obligation_lists, payment_lists, credit_lists)


def _settled_unit_by_unit(state: CaseState, waterfall: tuple[Component, ...]) -> tuple[dict[str, int], int]:
    """What remains of each obligation, and what is left over, when every unit goes to whoever is first in line."""
    remaining = {obligation.id: obligation.amount.minor for obligation in state.obligations}
    units = sum(payment.amount.minor for payment in state.payments if payment.reversed_because is None)
    units += sum(credit.amount.minor for credit in state.credits)
    for spent in range(units):
        first = None
        for obligation in state.obligations:
            if remaining[obligation.id] == 0:
                continue
            if first is None or _is_before(obligation, first, waterfall):
                first = obligation
        if first is None:
            return remaining, units - spent
        remaining[first.id] -= 1
    return remaining, 0


def _is_before(one: Obligation, other: Obligation, waterfall: tuple[Component, ...]) -> bool:
    if one.due != other.due:
        return one.due < other.due
    if one.component is not other.component:
        return waterfall.index(one.component) < waterfall.index(other.component)
    return one.id < other.id


@given(cases, waterfalls)
def test_settling_is_that_of_the_cashier(state: CaseState, waterfall: tuple[Component, ...]) -> None:
    remaining, left_over = _settled_unit_by_unit(state, waterfall)
    balance = balance_of(state, waterfall, FIRST_DAY)
    assert {allocation.obligation.id: allocation.remaining.minor for allocation in balance.allocations} == remaining
    assert balance.credit.minor == left_over


@given(cases, waterfalls, close_days)
def test_money_adds_up(state: CaseState, waterfall: tuple[Component, ...], on: date) -> None:
    balance = balance_of(state, waterfall, on)
    charged = sum(obligation.amount.minor for obligation in state.obligations)
    paid = sum(payment.amount.minor for payment in state.payments if payment.reversed_because is None)
    credited = sum(credit.amount.minor for credit in state.credits)
    assert balance.outstanding.minor - balance.credit.minor == charged - paid - credited
    assert (total_charged(state).minor, paid_in_all(state).minor) == (charged, paid)
    assert total_settling(state).minor == paid + credited


@given(cases, waterfalls, close_days)
def test_nothing_is_negative_and_a_credit_means_that_nothing_is_owed(
    state: CaseState, waterfall: tuple[Component, ...], on: date
) -> None:
    balance = balance_of(state, waterfall, on)
    assert balance.outstanding >= balance.past_due >= NOTHING
    assert balance.credit >= NOTHING
    assert not (balance.credit and balance.outstanding)
    assert all(NOTHING <= each.settled <= each.obligation.amount for each in balance.allocations)


@given(cases, waterfalls)
def test_the_oldest_is_settled_first_and_within_one_date_the_waterfall_decides(
    state: CaseState, waterfall: tuple[Component, ...]
) -> None:
    balance = balance_of(state, waterfall, FIRST_DAY)
    order = [(each.obligation.due, waterfall.index(each.obligation.component)) for each in balance.allocations]
    assert order == sorted(order)
    touched = [bool(each.settled) for each in balance.allocations]
    whole = [not each.remaining for each in balance.allocations]
    for place in range(1, len(order)):
        assert whole[place - 1] or not touched[place]


@given(cases, waterfalls, close_days)
def test_what_falls_due_on_the_day_is_not_past_due(
    state: CaseState, waterfall: tuple[Component, ...], on: date
) -> None:
    remaining, _ = _settled_unit_by_unit(state, waterfall)
    late = sum(remaining[obligation.id] for obligation in state.obligations if obligation.due < on)
    assert balance_of(state, waterfall, on).past_due.minor == late


@given(cases, waterfalls)
def test_the_open_obligations_and_the_oldest_of_them_are_those_with_something_left(
    state: CaseState, waterfall: tuple[Component, ...]
) -> None:
    remaining, _ = _settled_unit_by_unit(state, waterfall)
    balance = balance_of(state, waterfall, FIRST_DAY)
    still_open = {allocation.obligation.id for allocation in balance.open}
    assert still_open == {obligation_id for obligation_id, units in remaining.items() if units}
    dues = [obligation.due for obligation in state.obligations if remaining[obligation.id]]
    assert (balance.oldest_unpaid.due if balance.oldest_unpaid else None) == min(dues, default=None)


@given(cases, waterfalls)
def test_it_does_not_matter_in_which_order_or_in_how_many_parts_money_came(
    state: CaseState, waterfall: tuple[Component, ...]
) -> None:
    backwards = state.model_copy(
        update={
            "payments": state.payments[::-1],
            "obligations": state.obligations[::-1],
            "credits": state.credits[::-1],
        }
    )
    in_units = state.model_copy(
        update={
            "payments": tuple(
                payment.model_copy(update={"amount": Money(1, CURRENCY)})
                for payment in state.payments
                for _ in range(payment.amount.minor)
            )
        }
    )
    settled = balance_of(state, waterfall, FIRST_DAY)
    assert balance_of(backwards, waterfall, FIRST_DAY) == settled
    assert balance_of(in_units, waterfall, FIRST_DAY) == settled


def test_another_currency_is_never_added_in() -> None:
    euros = Obligation(id="o-1", amount=Money(5, "EUR"), due=FIRST_DAY, component=Component.PRINCIPAL)
    with pytest.raises(CurrencyMismatch):
        balance_of(a_case([euros], currency="USD"), WATERFALL, FIRST_DAY)


def test_an_obligation_settled_before_it_is_due_is_not_open() -> None:
    later = Obligation(
        id="o-1", amount=Money(5, CURRENCY), due=FIRST_DAY + timedelta(days=9), component=Component.PRINCIPAL
    )
    balance = balance_of(
        a_case([later], [Payment(id="p-1", amount=Money(5, CURRENCY), on=FIRST_DAY)]), WATERFALL, FIRST_DAY
    )
    assert balance == Balance(NOTHING, NOTHING, NOTHING, balance.allocations)
    assert balance.oldest_unpaid is None


@pytest.mark.parametrize("row", tables_of("money.md")["obligations"], ids=" ".join)
def test_the_examples_of_settling_in_the_documentation(row: tuple[str, ...]) -> None:
    obligations = []
    for number, phrase in enumerate(row[0].split(", ")):
        amount, component, due = phrase.split()
        obligations.append(
            Obligation(
                id=f"o-{number}",
                amount=Money.parse(amount, "EUR"),
                due=date.fromisoformat(due),
                component=Component(component),
            )
        )
    settling = Money.parse(row[1], "EUR")
    payments = [Payment(id="p-1", amount=settling, on=FIRST_DAY)] if settling else []
    waterfall = tuple(Component(name) for name in row[2].split(", "))
    balance = balance_of(a_case(obligations, payments, currency="EUR"), waterfall, date.fromisoformat(row[3]))
    settled = {allocation.obligation.id: allocation.settled.decimal for allocation in balance.allocations}
    in_rows_order = ", ".join(str(settled[obligation.id]) for obligation in obligations)
    oldest = str(balance.oldest_unpaid.due) if balance.oldest_unpaid else "-"
    figures = (balance.outstanding, balance.past_due, balance.credit)
    assert (in_rows_order, *(str(figure.decimal) for figure in figures), oldest) == row[4:]
