"""What stops a case, on real servers: a hold of the person over two cases, and a dispute about a part."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from temporalio.client import Client

from domain.events import DisputeCategory, DisputeOutcome
from domain.money import Money
from domain.names import HoldKind
from rulebook.load import Rulebook
from starter.case_key import CaseKey
from tests.e2e.world import World, account, eventually, fast_clock, key_of, world


async def _holds(dunlin: World, case: CaseKey, *kinds: HoldKind) -> bool:
    is_open = "case_opened" in await dunlin.kinds(case)
    return is_open and (await dunlin.client().sheet(case)).holds == kinds


async def test_a_hold_of_the_person_stops_both_of_their_cases_and_a_later_one(
    temporal: Client, database_url: str, tmp_path: Path, rulebook: Rulebook
) -> None:
    async with world(temporal, database_url, tmp_path, rulebook) as dunlin:
        client = dunlin.client(fast_clock(20))
        accounts = [account(account_id=f"A-{number}", consumer_id="P-1") for number in range(3)]
        first, second, later = map(key_of, accounts)
        await client.open_case(accounts[0])
        await client.open_case(accounts[1])
        await eventually("both are open", partial(_holds, dunlin, second))

        await client.hold(first, HoldKind.BANKRUPTCY, message_id="h-1")
        await eventually("the second case has it", partial(_holds, dunlin, second, HoldKind.BANKRUPTCY))
        await client.open_case(accounts[2])
        await eventually("the later case has it", partial(_holds, dunlin, later, HoldKind.BANKRUPTCY))
        await client.release(later, HoldKind.BANKRUPTCY, message_id="h-2")

        for case in (first, second):
            await eventually(f"{case.case_id} is free again", partial(_holds, dunlin, case))
            assert (await dunlin.kinds(case)).count("hold_placed") == 1
            assert (await dunlin.kinds(case)).count("hold_lifted") == 1
        async for running in temporal.list_workflows("ExecutionStatus = 'Running'"):
            await temporal.get_workflow_handle(running.id).terminate("the test is over")


async def test_a_dispute_about_a_part_is_upheld_and_credited(dunlin: World) -> None:
    client = dunlin.client(fast_clock(20))
    registration = account(amount="250.00")
    case = key_of(registration)
    await client.open_case(registration)

    part = Money.parse("40.00", "GBP")
    await client.dispute(case, dispute="d-1", category=DisputeCategory.SERVICE, amount=part)
    (line,) = (await client.sheet(case)).hold_lines
    result = await client.resolve_dispute(case, dispute="d-1", outcome=DisputeOutcome.UPHELD, message_id="d-2")

    assert (line.kind, line.amount) == (HoldKind.DISPUTE, part)
    assert "contact (by uk.dispute)" in line.stops
    assert result.outstanding == Money.parse("210.00", "GBP")
    assert (await dunlin.kinds(case)).count("balance_adjusted") == 1
