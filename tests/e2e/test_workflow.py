"""How a case looks to Temporal: its histories, their length, and what is never in them."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowFailureError, WorkflowHandle
from temporalio.testing import WorkflowEnvironment

from bench.history import episodes_of
from domain.events import ReversalReason
from domain.money import Money
from domain.names import Channel
from rulebook.load import Rulebook
from runtime.temporal import DATA_CONVERTER
from starter.case_key import CaseKey
from tests.e2e.world import TEMPORAL_BINARY, TIMERS_ARE_EXACT, World, account, eventually, fast_clock, key_of, world
from workflows.search_attributes import ALL, OUTSTANDING, STAGE

NAME = "Wilhelmina Exampleton"


async def event_types(handle: WorkflowHandle[object, object]) -> list[str]:
    history = await handle.fetch_history()
    return [EventType.Name(event.event_type).removeprefix("EVENT_TYPE_") for event in history.events]


async def contacts(dunlin: World, case: CaseKey, times: int) -> None:
    async def enough() -> bool:
        return (await dunlin.kinds(case)).count("contact_made") >= times

    await eventually(f"{times} contacts", enough)


async def test_a_contact_costs_one_timer_one_activity_and_eleven_events(dunlin: World) -> None:
    client = dunlin.client(fast_clock(1))
    registration = account(days_past_due=4)
    await client.open_case(registration)
    case = key_of(registration)
    await contacts(dunlin, case, 3)

    history = await dunlin.workflow(case).fetch_history()
    costs = [
        episode.cost
        for episode in episodes_of(history.events)
        if episode.due is not None and episode.activities == ("contact",)
    ]

    assert costs
    assert {(cost.timers, cost.activities, cost.events - cost.upserts) for cost in costs} == {(1, 1, 11)}


async def test_a_payment_by_signal_costs_one_signal_and_one_activity(dunlin: World) -> None:
    client = dunlin.client(fast_clock(20))
    registration = account(days_past_due=4)
    await client.open_case(registration)
    handle = dunlin.workflow(key_of(registration))

    async def asleep() -> bool:
        return (await event_types(handle))[-1] == "TIMER_STARTED"

    await eventually("the case sleeps", asleep)
    before = Counter(await event_types(handle))
    await handle.signal("payment_received", {"id": "p-1", "amount": {"amount": "10.00", "currency": "GBP"}})

    async def applied() -> bool:
        return await asleep() and "payment_received" in await dunlin.kinds(key_of(registration))

    await eventually("the payment is applied and the case sleeps", applied)
    spent = Counter(await event_types(handle)) - before
    assert (spent["WORKFLOW_EXECUTION_SIGNALED"], spent["ACTIVITY_TASK_SCHEDULED"]) == (1, 1)


async def test_search_attributes_follow_the_case(dunlin: World) -> None:
    client = dunlin.client(fast_clock(20))
    registration = account(days_past_due=4)
    await client.open_case(registration)
    case = key_of(registration)
    await client.pay(case, Money(1000, "GBP"), payment="p-1")

    described = await dunlin.workflow(case).describe()

    assert described.typed_search_attributes[OUTSTANDING] == 24000
    assert described.typed_search_attributes[STAGE] == "early"


async def test_nothing_personal_is_in_any_history(dunlin: World) -> None:
    client = dunlin.client(fast_clock(0.3))
    registration = account(days_past_due=4, name=NAME)
    await client.open_case(registration)
    case = key_of(registration)
    await contacts(dunlin, case, 3)
    await client.reply(case, Channel.SMS, "I am ill, write to my sister", message_id="reply-1")
    await client.pay(case, Money(25000, "GBP"), payment="p-1")
    await dunlin.workflow(case).result()
    await client.reverse(case, payment="p-1", reason=ReversalReason.BOUNCED, message_id="r-1")

    seen = b""
    async for execution in dunlin.temporal.list_workflows(f"WorkflowId = '{case.workflow_id}'"):
        handle = dunlin.temporal.get_workflow_handle(execution.id, run_id=execution.run_id)
        history = await handle.fetch_history()
        seen += b"".join(event.SerializeToString() for event in history.events)
        seen += (await handle.describe()).raw_description.SerializeToString()

    assert b"payment_received" in seen
    personal = [NAME, "Wilhelmina", "+447700900123", "borrowers.example.com", "my sister"]
    assert [text for text in personal if text.encode() in seen] == []
    assert any(NAME.encode() in mail.content for mail in dunlin.sink.mails), "the mails do name the person"


async def test_a_case_with_a_long_history_goes_on_as_a_new_run_and_loses_nothing(
    database_url: str, tmp_path: Path, rulebook: Rulebook
) -> None:
    async with (
        await WorkflowEnvironment.start_local(
            dev_server_existing_path=str(TEMPORAL_BINARY),
            data_converter=DATA_CONVERTER,
            search_attributes=ALL,
            dev_server_log_level="error",
            dev_server_extra_args=[
                *TIMERS_ARE_EXACT,
                *("--dynamic-config-value", "limit.historyCount.suggestContinueAsNew=60"),
            ],
        ) as environment,
        world(environment.client, database_url, tmp_path, rulebook) as dunlin,
    ):
        client = dunlin.client(fast_clock(20))
        registration = account(days_past_due=4)
        await client.open_case(registration)
        case = key_of(registration)
        first_run = (await dunlin.workflow(case).describe()).run_id

        async def pay(number: int) -> None:
            await client.pay(case, Money(100, "GBP"), payment=f"p-{number}")

        for start in range(0, 40, 4):
            await asyncio.gather(*(pay(number) for number in range(start, start + 4)))

        assert (await dunlin.workflow(case).describe()).run_id != first_run
        assert (await client.sheet(case)).outstanding == Money(21000, "GBP")
        assert (await dunlin.kinds(case)).count("payment_received") == 40


async def test_a_burst_of_signals_is_applied_once_each(dunlin: World) -> None:
    client = dunlin.client(fast_clock(20))
    registration = account(days_past_due=4)
    await client.open_case(registration)
    handle = dunlin.workflow(key_of(registration))

    await asyncio.gather(
        *(
            handle.signal(
                "payment_received", {"id": f"p-{number % 10}", "amount": {"amount": "1.00", "currency": "GBP"}}
            )
            for number in range(30)
        )
    )

    async def all_applied() -> bool:
        return (await dunlin.kinds(key_of(registration))).count("payment_received") == 10

    await eventually("ten payments", all_applied)
    assert (await client.sheet(key_of(registration))).outstanding == Money(24000, "GBP")


async def test_a_cancelled_case_goes_on_where_it_was_when_it_is_started_again(dunlin: World) -> None:
    client = dunlin.client(fast_clock())
    registration = account(days_past_due=4)
    await client.open_case(registration)
    case = key_of(registration)
    await contacts(dunlin, case, 1)
    await dunlin.workflow(case).cancel()
    with pytest.raises(WorkflowFailureError):
        await dunlin.workflow(case).result()
    steps_before = [line.event["step"] for line in await client.journal(case) if line.kind == "contact_made"]

    await client.start_case(case.lender, case.account)
    await contacts(dunlin, case, len(steps_before) + 1)

    kinds = await dunlin.kinds(case)
    steps = [line.event["step"] for line in await client.journal(case) if line.kind == "contact_made"]
    assert kinds.count("case_opened") == 1
    assert len(steps) == len(set(steps))
