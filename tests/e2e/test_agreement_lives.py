"""Plans and settlements on real servers: kept, broken, paid in part, written off, and revived."""

from __future__ import annotations

from datetime import timedelta

from domain.events import ReversalReason
from domain.events.agreements import Instalment
from domain.money import Money
from domain.names import AgreedBy
from starter.case_key import CaseKey
from starter.client import DunlinClient
from tests.e2e.world import START, World, account, eventually, fast_clock, key_of

OWED = Money(25000, "GBP")
TODAY = START.date()


async def opened(client: DunlinClient, **facts: int) -> CaseKey:
    registration = account(days_past_due=facts.get("days_past_due", 5))
    await client.open_case(registration)
    return key_of(registration)


def plan(*amounts: int, every_days: int) -> tuple[Instalment, ...]:
    return tuple(
        Instalment(amount=Money(amount, "GBP"), due=TODAY + timedelta(days=every_days * number))
        for number, amount in enumerate(amounts, start=1)
    )


async def test_a_plan_silences_the_case_until_an_instalment_is_missed_and_then_treatment_goes_on(
    dunlin: World,
) -> None:
    client = dunlin.client(fast_clock(0.5))
    case = await opened(client)

    instalments = plan(12500, 12500, every_days=28)
    await client.agree_arrangement(case, instalments, arrangement="plan-1", agreed_by=AgreedBy.AGENT)
    await client.pay(case, Money(12500, "GBP"), payment="p-1")
    await eventually("the plan is broken", lambda: dunlin.has(case, "arrangement_broken"), seconds=90)

    async def treated_again() -> bool:
        kinds = await dunlin.kinds(case)
        return "contact_made" in kinds[kinds.index("arrangement_broken") :]

    await eventually("treatment goes on", treated_again)
    journal = await client.journal(case)
    agreed = next(line for line in journal if line.kind == "arrangement_agreed")
    broken = next(line for line in journal if line.kind == "arrangement_broken")
    between = [line for line in journal if agreed.sequence < line.sequence < broken.sequence]
    steps = [line.event["step"] for line in between if line.kind == "contact_made"]
    assert [step for step in steps if not step.startswith(("arrangement-confirmation", "instalment-reminder"))] == []
    assert broken.at.date() > instalments[1].due
    assert (await client.sheet(case)).outstanding == Money(12500, "GBP")


async def test_a_plan_that_is_kept_to_the_end_closes_the_case(dunlin: World) -> None:
    client = dunlin.client(fast_clock(2))
    case = await opened(client)

    instalments = plan(12500, 12500, every_days=28)
    await client.agree_arrangement(case, instalments, arrangement="plan-1", agreed_by=AgreedBy.BORROWER)
    for number, instalment in enumerate(instalments, start=1):
        await client.pay(case, instalment.amount, payment=f"p-{number}")

    assert (await dunlin.workflow(case).result())["closed"] == "paid"
    assert "arrangement_completed" in await dunlin.kinds(case)


async def test_a_settlement_writes_the_rest_off_and_a_bounce_brings_it_back(dunlin: World) -> None:
    client = dunlin.client(fast_clock(3))
    case = await opened(client, days_past_due=50)
    await client.offer_settlement(case, "late-settlement", message_id="ask-1")
    await eventually("it is offered", lambda: dunlin.has(case, "settlement_offered"))

    await client.accept_settlement(case, "late-settlement", message_id="accept-1")
    paid = await client.pay(case, Money(17500, "GBP"), payment="p-1")
    assert paid.outstanding == Money(0, "GBP")
    assert (await dunlin.workflow(case).result())["closed"] == "settled"

    bounced = await client.reverse(case, payment="p-1", reason=ReversalReason.BOUNCED, message_id="v-1")
    assert bounced.outstanding == OWED
    kinds = await dunlin.kinds(case)
    assert kinds.count("settlement_completed") == 1
    assert "settlement_lapsed" in kinds
