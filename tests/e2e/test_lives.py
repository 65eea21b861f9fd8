"""Whole lives of cases on real servers, with business time running fast."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client, WorkflowHandle

from db.journal import verify
from domain.events import DisputeCategory, DisputeOutcome, ReferralDecided, ReversalReason
from domain.money import Money
from domain.names import Channel, HoldKind, ReferralStatus
from domain.referral_terms import Approval
from rulebook.load import Rulebook
from runtime.smtp_sink import Fault, FaultPoint
from starter.case_key import CaseKey
from starter.client import DunlinClient
from starter.refusals import Refused
from tests.e2e.world import START, TEMPORAL_BINARY, World, account, eventually, fast_clock, key_of, world

OWED = Money(25000, "GBP")


async def opened(dunlin: World, client: DunlinClient, **facts: object) -> CaseKey:
    registration = account(**facts)  # type: ignore[arg-type]
    await client.open_case(registration)
    return key_of(registration)


async def contacted(dunlin: World, case: CaseKey, times: int = 1) -> None:
    async def enough() -> bool:
        return (await dunlin.kinds(case)).count("contact_made") >= times

    await eventually(f"{times} contacts of {case.case_id}", enough)


async def handed_over(dunlin: World, client: DunlinClient, case: CaseKey, times: int) -> None:
    """Wait for a referral, approve it, and wait until counsel has it: the first, or a later one."""

    async def so_often(kind: str) -> bool:
        return (await dunlin.kinds(case)).count(kind) >= times

    await eventually(f"{times} referrals were proposed", lambda: so_often("referral_proposed"))
    await client.decide_referral(case, approved=True, decided_by="staff-7", message_id=f"x-{times}")
    await eventually(f"counsel had {times} referrals", lambda: so_often("referral_status_changed"))


async def referral_workflow(dunlin: World, case: CaseKey) -> WorkflowHandle[Any, Any]:
    """The workflow of the latest referral that was proposed."""
    proposals = [line for line in await dunlin.client().journal(case) if line.kind == "referral_proposed"]
    return dunlin.temporal.get_workflow_handle(f"referral:{case.case_id}:{proposals[-1].event['referral']}")


async def journal_is_whole(dunlin: World) -> bool:
    async with dunlin.database.transaction() as session:
        return await verify(session) == []


async def test_a_payment_in_the_middle_of_the_stages_closes_the_case_with_one_receipt(dunlin: World) -> None:
    client = dunlin.client(fast_clock())
    case = await opened(dunlin, client, days_past_due=3)
    await contacted(dunlin, case, 2)

    result = await client.pay(case, OWED, payment="p-1")

    assert (result.status, result.outstanding) == ("applied", Money.zero("GBP"))
    outcome = await dunlin.workflow(case).result()
    assert outcome["closed"] == "paid"
    kinds = await dunlin.kinds(case)
    after = kinds[kinds.index("payment_received") + 1 :]
    assert [kind for kind in after if kind not in ("stage_entered", "contact_deferred")] == [
        "contact_made",
        "case_closed",
    ]
    assert (await client.journal(case))[-2].event["step"] == "receipt"
    assert await journal_is_whole(dunlin)


async def test_the_same_payment_sent_again_is_a_duplicate_and_with_another_amount_is_refused(dunlin: World) -> None:
    client = dunlin.client(fast_clock(5))
    case = await opened(dunlin, client)
    await client.pay(case, Money(100, "GBP"), payment="p-1")

    again = await client.pay(case, Money(100, "GBP"), payment="p-1")
    with pytest.raises(Refused) as refusal:
        await client.pay(case, Money(200, "GBP"), payment="p-1")

    assert (again.status, again.outstanding) == ("duplicate", Money(24900, "GBP"))
    assert refusal.value.code == "id_used_for_another"
    assert (await dunlin.kinds(case)).count("payment_received") == 1


async def test_a_reversal_after_closing_reopens_the_case_and_treatment_goes_on(dunlin: World) -> None:
    client = dunlin.client(fast_clock())
    case = await opened(dunlin, client)
    await client.pay(case, OWED, payment="p-1")
    await dunlin.workflow(case).result()
    made_before = (await dunlin.kinds(case)).count("contact_made")

    result = await client.reverse(case, payment="p-1", reason=ReversalReason.BOUNCED, message_id="r-1")

    assert result.outstanding == OWED
    assert "case_reopened" in await dunlin.kinds(case)
    await contacted(dunlin, case, made_before + 1)


async def test_a_payment_after_closing_is_a_credit_and_nothing_more_is_sent(dunlin: World) -> None:
    client = dunlin.client(fast_clock())
    case = await opened(dunlin, client)
    await client.pay(case, OWED, payment="p-1")
    await dunlin.workflow(case).result()
    made_before = (await dunlin.kinds(case)).count("contact_made")

    result = await client.pay(case, Money(500, "GBP"), payment="p-2")

    assert result.credit == Money(500, "GBP")
    await dunlin.workflow(case).result()
    assert (await dunlin.kinds(case)).count("contact_made") == made_before


async def test_a_promise_silences_the_case_until_it_is_broken_and_then_treatment_goes_on(dunlin: World) -> None:
    client = dunlin.client(fast_clock(0.3))
    case, without_promise = await opened(dunlin, client), await opened(dunlin, client)
    due = START.date() + timedelta(days=12)

    await client.promise(case, OWED, due=due, message_id="m-1")
    await eventually("the promise is broken", lambda: dunlin.has(case, "promise_broken"))
    made_before = (await dunlin.kinds(case)).count("contact_made")
    await contacted(dunlin, case, made_before + 1)

    journal = await client.journal(case)
    promised = next(line for line in journal if line.kind == "promise_made")
    broken = next(line for line in journal if line.kind == "promise_broken")
    between = journal[promised.sequence : broken.sequence - 1]
    steps = [line.event["step"] for line in between if line.kind == "contact_made"]
    assert set(steps) <= {"promise-reminder"}
    others = [line for line in await client.journal(without_promise) if promised.at < line.at < broken.at]
    assert "contact_made" in {line.kind for line in others}, "who had not promised was asked in those days"
    assert broken.at.date() > due + timedelta(days=3)


async def test_a_kept_promise_closes_the_case(dunlin: World) -> None:
    client = dunlin.client(fast_clock(2))
    case = await opened(dunlin, client)
    await client.promise(case, OWED, due=START.date() + timedelta(days=20), message_id="m-1")

    await client.pay(case, OWED, payment="p-1")

    assert (await dunlin.workflow(case).result())["closed"] == "paid"
    assert "promise_kept" in await dunlin.kinds(case)


async def test_a_dispute_stops_contact_until_it_is_resolved(dunlin: World) -> None:
    client = dunlin.client(fast_clock())
    case = await opened(dunlin, client)
    await client.dispute(case, dispute="d-1", category=DisputeCategory.AMOUNT)
    held = await client.sheet(case)

    await client.resolve_dispute(case, dispute="d-1", outcome=DisputeOutcome.REJECTED, message_id="d-2")
    await contacted(dunlin, case)

    assert held.holds == (HoldKind.DISPUTE,)
    kinds = await dunlin.kinds(case)
    assert "contact_made" not in kinds[kinds.index("dispute_opened") : kinds.index("dispute_resolved")]


async def test_a_hold_with_an_end_lets_treatment_go_on_by_itself(dunlin: World) -> None:
    client = dunlin.client(fast_clock())
    case = await opened(dunlin, client)
    until = START.date() + timedelta(days=6)

    await client.hold(case, HoldKind.BREATHING_SPACE, until=until, message_id="h-1")
    await contacted(dunlin, case)

    first = next(line for line in await client.journal(case) if line.kind == "contact_made")
    assert first.at.date() >= until


async def test_a_channel_that_the_borrower_refused_is_not_used_again(dunlin: World) -> None:
    client = dunlin.client(fast_clock())
    case = await opened(dunlin, client)
    await client.reply(case, Channel.SMS, "STOP", message_id="s-1")

    await contacted(dunlin, case, 2)

    used = {line.event["channel"] for line in await client.journal(case) if line.kind == "contact_made"}
    assert "sms" not in used


async def test_an_approved_referral_reaches_counsel_and_is_recalled_when_the_debt_is_paid(dunlin: World) -> None:
    client = dunlin.client(fast_clock(0.2))
    case = await opened(dunlin, client, days_past_due=112, amount="900.00")
    await eventually("a referral is proposed", lambda: dunlin.has(case, "referral_proposed"))

    await client.decide_referral(case, approved=True, decided_by="staff-7", message_id="x-1")
    await eventually(
        "counsel has it", lambda: dunlin.has(case, "referral_status_changed", status=ReferralStatus.HANDED_OVER)
    )
    await client.pay(case, Money(90000, "GBP"), payment="p-1")
    assert (await dunlin.workflow(case).result())["closed"] == "paid"
    referral = await (await referral_workflow(dunlin, case)).result()

    assert referral["status"] == "recalled"
    to_counsel = [mail for mail in dunlin.sink.mails if mail.recipient == "counsel@counsel.example"]
    assert len(to_counsel) == 2
    kinds = await dunlin.kinds(case)
    assert kinds.index("payment_received") + 1 == kinds.index("referral_recalled")


@pytest.mark.parametrize("refusals_of_mail", [0, 3])
async def test_a_referral_is_proposed_again_when_the_payment_that_recalled_it_bounces(
    dunlin: World, refusals_of_mail: int
) -> None:
    """Also when counsel's mail server is down meanwhile, so that the first referral's workflow still runs."""
    client = dunlin.client(fast_clock(0.2))
    case = await opened(dunlin, client, days_past_due=112, amount="900.00", channels=("sms",))
    await handed_over(dunlin, client, case, 1)
    dunlin.sink.faults.extend([Fault(FaultPoint.RCPT, "450 4.2.0 busy")] * refusals_of_mail)
    await client.pay(case, Money(90000, "GBP"), payment="p-1")
    assert (await dunlin.workflow(case).result())["closed"] == "paid"

    await client.reverse(case, payment="p-1", reason=ReversalReason.BOUNCED, message_id="v-1")
    await handed_over(dunlin, client, case, 2)

    async def three_mails_to_counsel() -> bool:
        return [mail.recipient for mail in dunlin.sink.mails] == ["counsel@counsel.example"] * 3

    await eventually("counsel was told to begin, to stop, and to begin again", three_mails_to_counsel)
    proposed = [line.event["referral"] for line in await client.journal(case) if line.kind == "referral_proposed"]
    assert len(set(proposed)) == 2
    assert "message_refused" not in await dunlin.kinds(case)
    assert await journal_is_whole(dunlin)


async def test_a_referral_that_the_policy_approves_reaches_counsel_without_anybody(
    temporal: Client, database_url: str, tmp_path: Path, rulebook: Rulebook
) -> None:
    policy = rulebook.latest_published("uk-personal-loan")
    assert policy.referral is not None
    terms = policy.referral.model_copy(update={"approval": Approval.AUTOMATIC})
    automatic = replace(rulebook, policies=(policy.model_copy(update={"referral": terms}),))
    async with world(temporal, database_url, tmp_path, automatic) as dunlin:
        client = dunlin.client(fast_clock(0.2))
        case = await opened(dunlin, client, days_past_due=112, amount="900.00")

        await eventually("counsel has it", lambda: dunlin.has(case, "referral_status_changed"))
        await client.recall(case, message_id="back-1")

        assert (await dunlin.workflow(case).result())["closed"] == "recalled"
        assert (await (await referral_workflow(dunlin, case)).result())["status"] == "recalled"


async def test_a_declined_referral_ends_with_the_policy(dunlin: World) -> None:
    client = dunlin.client(fast_clock(0.2))
    case = await opened(dunlin, client, days_past_due=112, amount="900.00")
    await eventually("a referral is proposed", lambda: dunlin.has(case, "referral_proposed"))

    await client.decide_referral(case, approved=False, decided_by="staff-7", message_id="x-1")

    assert (await dunlin.workflow(case).result())["closed"] == "returned_to_lender"
    assert not [mail for mail in dunlin.sink.mails if mail.recipient == "counsel@counsel.example"]


async def test_a_recalled_account_is_left_alone_at_once(dunlin: World) -> None:
    client = dunlin.client(fast_clock(2))
    case = await opened(dunlin, client)

    await client.recall(case, message_id="back-1")

    assert (await dunlin.workflow(case).result())["closed"] == "recalled"
    assert (await dunlin.kinds(case))[-2:] == ["recalled", "case_closed"]
    with pytest.raises(Refused) as refusal:
        await client.promise(case, OWED, due=date(2026, 3, 20), message_id="m-1")
    assert refusal.value.code == "case_closed"


async def test_a_payment_signalled_by_the_bare_temporal_command_stops_a_case_in_its_stages(dunlin: World) -> None:
    client = dunlin.client(fast_clock())
    case = await opened(dunlin, client)
    await contacted(dunlin, case)

    command = await asyncio.create_subprocess_exec(
        *(TEMPORAL_BINARY, "workflow", "signal", "--address", dunlin.settings.temporal_address),
        *("--workflow-id", case.workflow_id, "--name", "payment_received"),
        *("--input", '{"id": "PAY-1", "amount": {"amount": "250.00", "currency": "GBP"}}'),
        stdout=asyncio.subprocess.DEVNULL,
    )

    assert await command.wait() == 0
    assert (await dunlin.workflow(case).result())["closed"] == "paid"
    journal = await client.journal(case)
    paid = next(line.sequence for line in journal if line.kind == "payment_received")
    assert [line.event["step"] for line in journal[paid:] if line.kind == "contact_made"] == ["receipt"]


async def test_a_person_decides_a_referral_by_an_update_of_its_own_workflow(dunlin: World) -> None:
    client = dunlin.client(fast_clock(0.2))
    case = await opened(dunlin, client, days_past_due=112, amount="900.00")
    await eventually("a referral is proposed", lambda: dunlin.has(case, "referral_proposed"))
    referral = await referral_workflow(dunlin, case)

    async def runs() -> bool:
        return bool([each async for each in dunlin.temporal.list_workflows(f"WorkflowId = '{referral.id}'")])

    await eventually("the referral has its own workflow", runs)

    status = await referral.execute_update("decide", ReferralDecided(id="x-1", approved=False, decided_by="staff-7"))

    assert status == "declined"
    assert await dunlin.has(case, "referral_decided", decided_by="staff-7")
