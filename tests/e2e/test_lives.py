"""Whole lives of cases on real servers, with business time running fast."""

from __future__ import annotations

import asyncio

from domain.money import Money
from tests.e2e.world import World, account, fast_clock, key_of


async def test_a_silent_borrower_is_reminded_and_a_payment_closes_the_case_with_a_receipt(dunlin: World) -> None:
    registration = account(days_past_due=3)
    client = dunlin.client(fast_clock(2))
    await client.open_case(registration)
    await asyncio.sleep(12)
    print(await client.sheet(key_of(registration)))
    result = await client.pay(key_of(registration), Money(25000, "GBP"), message_id="p-1")
    print(result)
    outcome = await dunlin.workflow(key_of(registration)).result()
    print(outcome)
    for line in await client.journal(key_of(registration)):
        print(line.sequence, line.at, line.kind, {k: v for k, v in line.event.items() if k in ("step", "channel", "stage", "until", "outcome")})
    print(len(dunlin.sink.mails), len(dunlin.twilio.messages) if hasattr(dunlin.twilio, "messages") else "")
    history = await dunlin.workflow(key_of(registration)).fetch_history()
    print(len(history.events))
    assert 0
