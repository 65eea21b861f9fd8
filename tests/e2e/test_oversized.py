"""Input that is far too large is refused or withstood: the case goes on, and nothing of it is kept."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from domain.money import Money
from starter.client import DunlinClient
from tests.e2e.world import World, account, eventually, fast_clock, key_of

MEGABYTE = 2**20


@pytest.fixture
def client(dunlin: World) -> DunlinClient:
    return dunlin.client(fast_clock(30))


def a_payment(id: str = "p-1", **surplus: Any) -> dict[str, Any]:
    return {"id": id, "amount": {"amount": "1.00", "currency": "GBP"}, **surplus}


def nested(depth: int) -> Any:
    value: Any = "end"
    for _ in range(depth):
        value = [value]
    return value


HUGE: dict[str, Any] = {
    "a megabyte in a field": a_payment(note="x" * MEGABYTE),
    "an endless id": a_payment() | {"id": "x" * MEGABYTE},
    "a number of a million digits": a_payment() | {"amount": {"amount": "9" * MEGABYTE, "currency": "GBP"}},
    "a list of many": [a_payment()] * 10_000,
    "a hundred thousand fields": {f"field-{number}": number for number in range(50_000)},
    "nested as deep as can be read": nested(200),
}


async def test_many_large_signals_at_once_are_refused_one_by_one(dunlin: World, client: DunlinClient) -> None:
    registration = account(days_past_due=4)
    await client.open_case(registration)
    case = key_of(registration)
    handle = dunlin.workflow(case)

    await asyncio.gather(
        *(handle.signal("payment_received", a_payment(id=f"x-{n}", note="x" * (MEGABYTE // 2))) for n in range(8))
    )

    async def all_refused() -> bool:
        return (await dunlin.kinds(case)).count("message_refused") == 8

    await eventually("each is journaled as refused", all_refused)
    assert (await client.pay(case, Money.parse("1.00", "GBP"), payment="p-2")).status == "applied"


@pytest.mark.parametrize("payload", HUGE.values(), ids=HUGE)
async def test_a_signal_of_any_size_is_journaled_as_refused_and_the_case_goes_on(
    dunlin: World, client: DunlinClient, payload: Any
) -> None:
    registration = account(days_past_due=4)
    await client.open_case(registration)
    case = key_of(registration)

    await dunlin.workflow(case).signal("payment_received", payload)

    async def refused() -> bool:
        return await dunlin.has(case, "message_refused", code="malformed")

    await eventually("it is journaled as refused", refused)
    (line,) = [line for line in await client.journal(case) if line.kind == "message_refused"]
    assert len(str(line.event)) < 500
    paid = await client.pay(case, Money.parse("1.00", "GBP"), payment="p-2")
    assert paid.outstanding == Money.parse("249.00", "GBP")
