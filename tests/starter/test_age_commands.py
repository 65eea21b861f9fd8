"""`dunlin age`, as other programs call it."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from starter.age_commands import AgeQuestion, answer
from tests.starter.terminal import Shown, Terminal

DAYS = st.integers(0, 120).map(lambda number: (date(2026, 1, 1) + timedelta(days=number)).isoformat())
CENTS = st.integers(1, 99_999)


def question(**changes: Any) -> dict[str, Any]:
    """Two instalments of 250 euros, ten days past due, but for the changes."""
    return {
        "as_of": "2026-05-11",
        "currency": "EUR",
        "obligations": [{"due": "2026-05-01", "amount": "250.00"}, {"due": "2026-06-01", "amount": "250.00"}],
        **changes,
    }


def age(**changes: Any) -> dict[str, Any]:
    return answer(AgeQuestion.model_validate_json(json.dumps(question(**changes)), strict=True))


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    return Terminal(monkeypatch, {})


async def ask(terminal: Terminal, asked: Any) -> Shown:
    return await terminal("age", typed=json.dumps(asked))


async def test_an_object_is_answered_by_an_object_and_an_array_by_an_array(terminal: Terminal) -> None:
    expected = {
        "days_past_due": 10,
        "delinquent_days": 10,
        "past_due_amount": "250.00",
        "outstanding": "500.00",
        "oldest_due": "2026-05-01",
    }

    assert (await ask(terminal, question())).json == expected
    assert list((await ask(terminal, question())).json) == list(expected)
    assert (await ask(terminal, [question(), question(as_of="2026-05-12")])).json == [
        expected,
        {**expected, "days_past_due": 11, "delinquent_days": 11},
    ]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"as_of": "2026-05-01"}, (0, 0, "0.00", "500.00", "2026-05-01")),
        ({"as_of": "2026-04-28"}, (-3, 0, "0.00", "500.00", "2026-05-01")),
        ({"grace_days": 3}, (10, 7, "250.00", "500.00", "2026-05-01")),
        ({"payments": [{"on": "2026-05-11", "amount": "100.00"}]}, (10, 10, "150.00", "400.00", "2026-05-01")),
        ({"payments": [{"on": "2026-05-11", "amount": "250"}]}, (-21, 0, "0.00", "250.00", "2026-06-01")),
        ({"payments": [{"on": "2026-05-12", "amount": "250.00"}]}, (10, 10, "250.00", "500.00", "2026-05-01")),
        ({"payments": [{"on": "2026-04-01", "amount": "900.00"}]}, (0, 0, "0.00", "0.00", None)),
        ({"obligations": []}, (0, 0, "0.00", "0.00", None)),
        ({"pauses": [{"from": "2026-05-03", "until": "2026-05-05"}]}, (10, 8, "250.00", "500.00", "2026-05-01")),
        ({"pauses": [{"from": "2026-05-09"}]}, (10, 8, "250.00", "500.00", "2026-05-01")),
        ({"pauses": [{"from": "2026-05-09", "until": None}]}, (10, 8, "250.00", "500.00", "2026-05-01")),
    ],
)
def test_ageing_is_exact(changes: dict[str, Any], expected: tuple[Any, ...]) -> None:
    assert tuple(age(**changes).values()) == expected


def test_amounts_have_the_decimal_places_of_their_currency() -> None:
    yen = age(currency="JPY", obligations=[{"due": "2026-05-01", "amount": "30000"}])
    dinars = age(currency="KWD", obligations=[{"due": "2026-05-01", "amount": "1.005"}])

    assert (yen["outstanding"], dinars["outstanding"]) == ("30000", "1.005")


@given(st.lists(st.tuples(DAYS, CENTS), max_size=6), st.lists(st.tuples(DAYS, CENTS), max_size=6), DAYS)
def test_money_adds_up_to_the_cent_whatever_the_order(
    owed: list[tuple[str, int]], paid: list[tuple[str, int]], as_of: str
) -> None:
    def decimal(cents: int) -> str:
        return f"{cents // 100}.{cents % 100:02}"

    obligations = [{"due": due, "amount": decimal(cents)} for due, cents in owed]
    payments = [{"on": on, "amount": decimal(cents)} for on, cents in paid]

    found = age(as_of=as_of, obligations=obligations, payments=payments)

    left = max(0, sum(cents for _, cents in owed) - sum(cents for on, cents in paid if on <= as_of))
    assert found["outstanding"] == decimal(left)
    assert found == age(as_of=as_of, obligations=obligations[::-1], payments=payments[::-1])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"as_of": "2026-02-30"}, "as_of: write a date that exists"),
        ({"as_of": 20260511}, "as_of: "),
        ({"currency": "EURO"}, "currency: "),
        ({"currency": "XXX"}, "currency: unknown currency"),
        ({"grace_days": -1}, "grace_days: "),
        ({"grace_days": "3"}, "grace_days: "),
        ({"obligations": [{"due": "2026-05-01", "amount": 250.0}]}, "obligations[0].amount: "),
        ({"obligations": [{"due": "2026-05-01", "amount": "0.00"}]}, "obligations[0].amount: the amount must be"),
        ({"obligations": [{"due": "2026-05-01", "amount": "-1.00"}]}, "obligations[0].amount: the amount must be"),
        ({"obligations": [{"due": "2026-05-01", "amount": "1.001"}]}, "obligations[0].amount: the amount has more"),
        ({"obligations": [{"due": "2026-05-01", "amount": "1e3"}]}, "obligations[0].amount: not a plain decimal"),
        ({"obligations": [{"due": "2026-05-01", "amount": "9" * 16}] * 200}, "obligations: all together: amount"),
        ({"payments": [{"amount": "1.00"}]}, "payments[0].on: Field required"),
        ({"payments": [{"on": "2026-05-01", "amount": "0"}]}, "payments[0].amount: the amount must be"),
        ({"pauses": [{"from": "2026-05-02", "until": "2026-05-01"}]}, "pauses[0]: until must not come before from"),
        ({"pauses": [{"start": "2026-05-02"}]}, "pauses[0].from: Field required"),
        ({"graze_days": 3}, "graze_days: "),
    ],
)
async def test_a_malformed_question_gets_an_error_that_names_the_field(
    terminal: Terminal, changes: dict[str, Any], field: str
) -> None:
    shown = await ask(terminal, [question(), question(**changes)])

    assert (shown.status, shown.out) == (2, "")
    assert shown.error.startswith(f"dunlin: [1].{field}")
