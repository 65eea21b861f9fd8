"""The client, against real servers: what it does, what it refuses, and that nothing is counted twice."""

from __future__ import annotations

import asyncio
import gc
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError

from db.inbox import unapplied
from domain import events
from domain.events import AdjustmentReason, DisputeCategory, DisputeOutcome, ReversalReason
from domain.money import Money
from domain.names import Channel, HoldKind, Outcome, Place
from domain.registration import AccountRegistration, ContactPointRegistration
from runtime.temporal import DATA_CONVERTER
from starter.case_key import CaseKey
from starter.client import DunlinClient
from starter.gateway import update_id
from starter.refusals import NoAnswer, Refused
from tests.e2e.world import World, key_of
from tests.starter.accounts import TODAY, account


def pounds(minor: int) -> Money:
    return Money(minor, "GBP")


async def opened(client: DunlinClient, **terms: Any) -> CaseKey:
    """The case of a new account that owes 250.00 pounds."""
    registration = account(**terms)
    await client.open_case(registration)
    return key_of(registration)


async def closed(client: DunlinClient, dunlin: World) -> CaseKey:
    """A case that was paid in full and has ended, at once: a receipt would wait for its hour, but reaches nobody."""
    case = await opened(client, channels=())
    await client.pay(case, pounds(25000), payment="all-of-it")
    await dunlin.workflow(case).result()
    return case


async def inbox_of(dunlin: World, case: CaseKey) -> list[str]:
    async with dunlin.database.transaction() as session:
        found = await session.execute(text("SELECT message_id FROM inbox WHERE case_id = :id"), {"id": case.case_id})
        return list(found.scalars())


async def test_a_payment_is_applied_and_says_what_is_left(dunlin: World) -> None:
    client = dunlin.client()
    case = await opened(client)

    result = await client.pay(case, pounds(10000), payment="p-1")

    assert (result.status, result.outstanding, result.past_due) == ("applied", pounds(15000), pounds(15000))
    assert [(each.obligation, each.amount) for each in result.settled] == [("o-1", pounds(10000))]
    assert result.next_at is not None
    assert result.next_at.strftime("%Y-%m-%d %H:%M") in result.next


async def test_the_same_payment_again_is_a_duplicate_and_counts_once(dunlin: World) -> None:
    client = dunlin.client()
    case = await opened(client)

    first = await client.pay(case, pounds(10000), payment="p-1")
    second = await client.pay(case, pounds(10000), payment="p-1")

    assert (first.status, second.status) == ("applied", "duplicate")
    assert (await client.sheet(case)).outstanding == pounds(15000)


async def test_the_same_payment_from_many_senders_at_once_counts_once(dunlin: World) -> None:
    client = dunlin.client()
    case = await opened(client)

    await asyncio.gather(*(client.pay(case, pounds(10000), payment="p-1") for _ in range(10)))

    assert (await client.sheet(case)).outstanding == pounds(15000)
    assert [line.kind for line in await client.journal(case)].count("payment_received") == 1


async def test_a_payment_id_with_another_amount_is_refused(dunlin: World) -> None:
    client = dunlin.client()
    case = await opened(client)
    await client.pay(case, pounds(10000), payment="p-1")

    with pytest.raises(Refused) as refusal:
        await client.pay(case, pounds(20000), payment="p-1")

    assert refusal.value.code == "id_used_for_another"
    assert (await client.sheet(case)).outstanding == pounds(15000)


async def test_a_payment_to_an_unknown_account_is_refused_before_anything_is_written(dunlin: World) -> None:
    nowhere = CaseKey(lender="acme", account="nowhere")

    with pytest.raises(Refused) as refusal:
        await dunlin.client().pay(nowhere, pounds(100), payment="p-1")

    assert refusal.value.code == "unknown_account"
    assert await inbox_of(dunlin, nowhere) == []


async def test_a_payment_in_the_wrong_currency_is_refused_and_the_refusal_is_journaled(dunlin: World) -> None:
    client = dunlin.client()
    case = await opened(client)

    with pytest.raises(Refused) as refusal:
        await client.pay(case, Money(100, "EUR"), payment="p-1")

    assert refusal.value.code == "currency_mismatch"
    assert "GBP" in refusal.value.detail
    refused = [line.event for line in await client.journal(case) if line.kind == "message_refused"]
    assert [event["code"] for event in refused] == ["currency_mismatch"]


def test_a_negative_amount_is_no_payment_at_all() -> None:
    with pytest.raises(ValueError, match="greater than zero"):
        events.PaymentReceived(id="p-1", amount=pounds(-100))


async def test_a_promise_to_a_closed_case_is_refused_before_anything_is_written(dunlin: World) -> None:
    client = dunlin.client()
    case = await closed(client, dunlin)

    with pytest.raises(Refused) as refusal:
        await client.promise(case, pounds(100), due=TODAY + timedelta(days=1), message_id="m-1")

    assert refusal.value.code == "case_closed"
    assert await inbox_of(dunlin, case) == ["all-of-it"]


async def test_a_payment_after_closing_is_kept_as_a_credit(dunlin: World) -> None:
    client = dunlin.client()
    case = await closed(client, dunlin)

    result = await client.pay(case, pounds(500), payment="too-much")

    assert (result.outstanding, result.credit) == (pounds(0), pounds(500))


async def test_a_reversal_reopens_a_closed_case(dunlin: World) -> None:
    client = dunlin.client()
    case = await closed(client, dunlin)

    result = await client.reverse(case, payment="all-of-it", reason=ReversalReason.BOUNCED, message_id="m-1")

    assert result.outstanding == pounds(25000)
    assert (await dunlin.workflow(case).describe()).status is WorkflowExecutionStatus.RUNNING


async def test_a_signalled_payment_reopens_nothing_but_is_journaled_once(dunlin: World) -> None:
    client = dunlin.client()
    case = await closed(client, dunlin)

    await client.signal(case, events.PaymentReceived(id="late", amount=pounds(100)))
    await dunlin.workflow(case).result()

    assert (await client.sheet(case)).credit == pounds(100)


async def test_a_signalled_hold_is_applied_by_a_running_case(dunlin: World) -> None:
    client = dunlin.client()
    case = await opened(client)

    await client.signal(case, events.HoldPlaced(id="h-1", hold=HoldKind.BANKRUPTCY))
    answered = await client.pay(case, pounds(100), payment="p-1")

    assert answered.outstanding == pounds(24900)
    assert (await client.sheet(case)).holds == (HoldKind.BANKRUPTCY,)


async def test_every_message_of_a_life_is_answered(dunlin: World) -> None:
    client = dunlin.client()
    case = await opened(client)

    answers = [
        await client.bill(case, pounds(5000), due=TODAY + timedelta(days=20), obligation="o-2"),
        await client.adjust(case, pounds(-1000), reason=AdjustmentReason.GOODWILL, message_id="a-1"),
        await client.promise(case, pounds(2000), due=TODAY + timedelta(days=3), message_id="m-1"),
        await client.dispute(case, dispute="d-1", category=DisputeCategory.AMOUNT),
        await client.resolve_dispute(case, dispute="d-1", outcome=DisputeOutcome.REJECTED, message_id="m-2"),
        await client.hold(case, HoldKind.HARDSHIP, message_id="h-1"),
        await client.release(case, HoldKind.HARDSHIP, message_id="m-3"),
        await client.change_consent(case, Channel.SMS, consented=False, message_id="m-4"),
        await client.record_call(case, Outcome.NO_ANSWER, message_id="m-5"),
        await client.recall(case, message_id="m-6"),
    ]

    assert [answer.status for answer in answers] == ["applied"] * len(answers)
    assert answers[-1].outstanding == pounds(29000)


async def test_a_referral_that_was_never_proposed_cannot_be_decided(dunlin: World) -> None:
    client = dunlin.client()
    case = await opened(client)

    with pytest.raises(Refused) as refusal:
        await client.decide_referral(case, approved=True, decided_by="staff-7", message_id="m-1")

    assert refusal.value.code == "no_referral"


async def test_a_reply_is_kept_in_postgres_and_only_its_meaning_reaches_temporal(dunlin: World) -> None:
    client = dunlin.client()
    case = await opened(client)

    await client.reply(case, Channel.SMS, "Stop texting me", message_id="m-1")

    async with dunlin.database.transaction() as session:
        body = await session.execute(text("SELECT body FROM reply WHERE case_id = :id"), {"id": case.case_id})
        assert body.scalar_one() == "Stop texting me"
    history = await dunlin.workflow(case).fetch_history()
    assert "texting" not in history.to_json()
    assert [line.event["intent"] for line in await client.journal(case) if line.kind == "reply_received"] == ["stop"]


async def test_a_refusal_to_pay_is_heard_beside_a_stop_and_places_its_hold(dunlin: World) -> None:
    client = dunlin.client()
    case = await opened(client)

    await client.reply(case, Channel.SMS, "Stop texting me. I refuse to pay.", message_id="m-1")

    replied = next(line.event for line in await client.journal(case) if line.kind == "reply_received")
    assert (replied["intent"], replied["refuses_to_pay"]) == ("stop", True)
    assert (await client.sheet(case)).holds == (HoldKind.REFUSAL_TO_PAY,)


async def test_a_changed_number_is_kept_in_postgres_and_never_reaches_temporal(dunlin: World) -> None:
    client = dunlin.client()
    case = await opened(client)
    point = ContactPointRegistration(id="sms-9", channel=Channel.SMS, place=Place.MOBILE, value="+447700900999")

    await client.change_contact_point(case, point, message_id="m-1")

    async with dunlin.database.transaction() as session:
        values = await session.execute(text("SELECT value FROM contact_point WHERE id = 'sms-9'"))
        assert values.scalar_one() == "+447700900999"
    assert "900999" not in (await dunlin.workflow(case).fetch_history()).to_json()


async def test_opening_again_changes_nothing(dunlin: World) -> None:
    client = dunlin.client()
    registration = account()

    first = await client.open_case(registration)
    second = await client.open_case(registration)

    assert first == second == key_of(registration).workflow_id
    kinds = [line.kind for line in await client.journal(key_of(registration))]
    assert kinds.count("case_opened") <= 1


async def test_many_accounts_are_opened_at_once_and_one_that_is_refused_stops_no_other(dunlin: World) -> None:
    client = dunlin.client()
    registrations = [*(account() for _ in range(25)), account(lender="stranger")]

    results = await asyncio.gather(*map(client.open_case, registrations), return_exceptions=True)

    assert results[:25] == [key_of(registration).workflow_id for registration in registrations[:25]]
    assert isinstance(results[25], Refused)
    assert results[25].code == "unknown_lender"


async def test_a_registered_account_waits_until_its_case_is_started(dunlin: World) -> None:
    client = dunlin.client()
    registration = account()
    case = key_of(registration)
    await client.register(registration)

    with pytest.raises(Refused) as refusal:
        await client.hold(case, HoldKind.FRAUD, message_id="h-1")
    await client.start_case(case.lender, case.account)
    result = await client.pay(case, pounds(100), payment="p-1")

    assert refusal.value.code == "not_started"
    assert result.outstanding == pounds(24900)
    assert (await client.sheet(case)).holds == (HoldKind.FRAUD,)  # it had waited in the inbox


async def test_money_starts_the_case_of_a_registered_account(dunlin: World) -> None:
    client = dunlin.client()
    registration = account()
    await client.register(registration)

    result = await client.pay(key_of(registration), pounds(25000), payment="p-1")

    assert result.outstanding == pounds(0)


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"policy": "no-such-policy"}, "unknown_policy"),
        ({"currency": "EUR"}, "currency_mismatch"),
    ],
)
async def test_an_account_that_no_policy_can_treat_is_refused(dunlin: World, terms: dict[str, str], code: str) -> None:
    registration = account(**terms)

    with pytest.raises(Refused) as refusal:
        await dunlin.client().open_case(registration)

    assert refusal.value.code == code


async def test_an_unpublished_version_of_a_policy_is_refused(dunlin: World) -> None:
    registration = account().model_copy(update={"policy_version": 99})

    with pytest.raises(Refused) as refusal:
        await dunlin.client().register(registration)

    assert refusal.value.code == "unknown_policy"


async def test_an_account_of_another_person_is_refused(dunlin: World) -> None:
    client = dunlin.client()
    registration = account()
    await client.register(registration)
    other = AccountRegistration.model_validate(
        registration.model_dump() | {"consumer": registration.consumer.model_dump() | {"id": "somebody-else"}}
    )

    with pytest.raises(Refused) as refusal:
        await client.register(other)

    assert refusal.value.code == "other_consumer"


async def test_without_an_answer_the_message_waits_in_the_inbox(dunlin: World) -> None:
    impatient = DunlinClient(dunlin.temporal, dunlin.database, dunlin.rulebook, answer_within=timedelta(microseconds=1))
    case = await opened(dunlin.client())

    with pytest.raises(NoAnswer):
        await impatient.pay(case, pounds(100), payment="p-1")

    assert await inbox_of(dunlin, case) == ["p-1"]
    assert (await dunlin.client().pay(case, pounds(100), payment="p-1")).outstanding == pounds(24900)
    async with dunlin.database.transaction() as session:
        assert await unapplied(session, case.case_id) == ()


async def test_a_case_is_found_by_its_search_attributes_and_read_like_a_file(dunlin: World) -> None:
    case = await opened(dunlin.client())

    description = await dunlin.workflow(case).describe()

    attributes = {pair.key.name: pair.value for pair in description.typed_search_attributes}
    assert attributes["DunlinLender"] == "acme"
    assert attributes["DunlinOutstanding"] == 25000
    assert await description.static_summary() == f"{case.case_id}: personal-loan, 250.00 GBP"
    assert description.raw_description.workflow_execution_info.priority.fairness_key == "acme"


def test_the_update_id_differs_when_the_content_does() -> None:
    one, same, other = (events.PaymentReceived(id="p-1", amount=pounds(minor)) for minor in (100, 100, 200))

    assert update_id(one) == update_id(same)
    assert update_id(one) != update_id(other)


async def test_a_payment_that_temporal_does_not_take_is_one_error_and_is_kept(dunlin: World) -> None:
    case = await opened(dunlin.client())
    elsewhere = Client(dunlin.temporal.service_client, namespace="nowhere", data_converter=DATA_CONVERTER)
    client = DunlinClient(elsewhere, dunlin.database, dunlin.rulebook)
    logged: list[dict[str, Any]] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: logged.append(context))
    try:
        with pytest.raises(RPCError):
            await client.pay(case, pounds(100), payment="p-1")
        gc.collect()
    finally:
        loop.set_exception_handler(None)

    assert logged == []
    assert await inbox_of(dunlin, case) == ["p-1"]
