"""Legal referrals from their proposal to their end on real servers, with business time running fast."""

from __future__ import annotations

from typing import Any

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from domain.events import AdjustmentReason, ReferralDecided, WorkKind
from domain.money import Money
from domain.names import HoldKind, ReferralStatus
from starter.case_key import CaseKey
from starter.client import DunlinClient
from starter.refusals import Refused
from tests.e2e.test_lives import contacted, handed_over, journal_is_whole, opened, referral_workflow
from tests.e2e.world import World, eventually, fast_clock

COUNSEL = "counsel@counsel.example"


async def proposed(dunlin: World, client: DunlinClient) -> CaseKey:
    """A case whose referral waits for a person."""
    case = await opened(dunlin, client, days_past_due=112, amount="900.00", channels=("sms",))
    await eventually("a referral is proposed", lambda: dunlin.has(case, "referral_proposed"))
    return case


async def priorities(client: DunlinClient, case: CaseKey) -> list[Any]:
    """How urgent the requests for a decision were, one after the other."""
    return [
        line.event["priority"]
        for line in await client.journal(case)
        if line.kind == "work_item_opened" and line.event["work"] == WorkKind.APPROVE_REFERRAL
    ]


async def test_a_proposal_that_nobody_answers_is_urged_then_escalated_and_then_declined(dunlin: World) -> None:
    client = dunlin.client(fast_clock(0.2))
    case = await proposed(dunlin, client)

    await eventually("it is escalated", lambda: dunlin.has(case, "referral_reminded", reminder="escalation"))
    await client.decide_referral(case, approved=False, decided_by="staff-7", message_id="x-1")

    assert await priorities(client, case) == [3, 2, 1]
    assert (await dunlin.workflow(case).result())["closed"] == "returned_to_lender"
    kinds = await dunlin.kinds(case)
    assert kinds.count("work_item_opened") == kinds.count("work_item_withdrawn")
    assert await journal_is_whole(dunlin)


async def test_a_decision_that_the_case_refuses_is_answered_with_the_refusal(dunlin: World) -> None:
    client = dunlin.client(fast_clock(0.2))
    case = await proposed(dunlin, client)
    await client.pay(case, Money(100, "GBP"), payment="x-1")
    referral = await referral_workflow(dunlin, case)

    async def runs() -> bool:
        return bool([each async for each in dunlin.temporal.list_workflows(f"WorkflowId = '{referral.id}'")])

    await eventually("the referral has its own workflow", runs)

    with pytest.raises(WorkflowUpdateFailedError) as failed:
        await referral.execute_update("decide", ReferralDecided(id="x-1", approved=True, decided_by="staff-7"))
    assert isinstance(failed.value.cause, ApplicationError)
    assert failed.value.cause.type == "id_used_for_another"

    status = await referral.execute_update("decide", ReferralDecided(id="x-2", approved=False, decided_by="staff-7"))
    assert status == "declined"


async def test_a_hold_recalls_what_counsel_has_and_says_so_once(dunlin: World) -> None:
    client = dunlin.client(fast_clock(0.2))
    case = await proposed(dunlin, client)
    await handed_over(dunlin, client, case, 1)
    referral = await referral_workflow(dunlin, case)

    await client.hold(case, HoldKind.BREATHING_SPACE, message_id="h-1")

    assert (await referral.result())["status"] == "recalled"
    assert await dunlin.has(case, "referral_recalled", because="hold")
    assert [mail.recipient for mail in dunlin.sink.mails] == [COUNSEL] * 2
    kinds = await dunlin.kinds(case)
    assert kinds.index("hold_placed") + 1 == kinds.index("referral_recalled")


async def test_counsel_is_not_told_to_stop_what_they_never_had(dunlin: World) -> None:
    client = dunlin.client(fast_clock(0.2))
    case = await proposed(dunlin, client)
    referral = await referral_workflow(dunlin, case)

    await client.hold(case, HoldKind.HARDSHIP, message_id="h-1")

    assert await dunlin.has(case, "referral_recalled", because="hold")
    assert (await referral.result())["status"] == "recalled"
    assert not dunlin.sink.mails


async def test_counsel_acknowledges_sues_charges_costs_and_ends_it(dunlin: World) -> None:
    client = dunlin.client(fast_clock(0.2))
    case = await proposed(dunlin, client)
    with pytest.raises(Refused) as too_early:
        await client.adjust(case, Money(5000, "GBP"), reason=AdjustmentReason.LEGAL_COST, message_id="cost-0")
    await handed_over(dunlin, client, case, 1)

    acknowledged, *ways = (
        ReferralStatus.ACKNOWLEDGED,
        ReferralStatus.FILED,
        ReferralStatus.SERVED,
        ReferralStatus.JUDGMENT,
        ReferralStatus.ENFORCEMENT,
    )
    await client.report_referral(case, acknowledged, reference="matter-77", message_id="s-0")
    for number, status in enumerate(ways, start=1):
        await client.report_referral(case, status, message_id=f"s-{number}")
    costs = await client.adjust(case, Money(5000, "GBP"), reason=AdjustmentReason.LEGAL_COST, message_id="cost-1")
    await client.report_referral(case, ReferralStatus.SATISFIED, message_id="s-9")

    assert too_early.value.code == "not_with_counsel"
    assert costs.outstanding == Money(95000, "GBP")
    assert (await dunlin.workflow(case).result())["closed"] == "referral_ended"
    assert (await (await referral_workflow(dunlin, case)).result())["status"] == "satisfied"
    assert [mail.recipient for mail in dunlin.sink.mails] == [COUNSEL]
    assert await journal_is_whole(dunlin)


async def test_counsel_who_does_not_acknowledge_is_asked_after(dunlin: World) -> None:
    client = dunlin.client(fast_clock(0.2))
    case = await proposed(dunlin, client)
    await handed_over(dunlin, client, case, 1)

    await eventually("somebody is to ask", lambda: dunlin.has(case, "work_item_opened", work="counsel_silent"))

    await client.report_referral(case, ReferralStatus.ACKNOWLEDGED, reference="matter-77", message_id="s-1")
    assert (await dunlin.kinds(case))[-1] == "work_item_withdrawn"


async def test_a_transferred_account_is_left_alone_at_once(dunlin: World) -> None:
    client = dunlin.client(fast_clock(0.5))
    case = await opened(dunlin, client)
    await contacted(dunlin, case)

    await client.transfer(case, to="agency-2", message_id="t-1")

    assert (await dunlin.workflow(case).result())["closed"] == "transferred"
    assert (await dunlin.kinds(case))[-2:] == ["transferred", "case_closed"]
