"""Work for people on real servers: a reply stops contact, an agent decides, and the case goes on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from db.work import WorkFilter
from domain.events import WorkKind, WorkOutcome
from domain.names import Channel
from starter.refusals import Refused
from starter.work_queue import WorkQueue
from tests.e2e.world import World, account, eventually, fast_clock, key_of

TEXT = "I already paid this"


async def test_already_paid_stops_contact_until_an_agent_has_looked_into_it(dunlin: World) -> None:
    clock = fast_clock(0.3)
    client = dunlin.client(clock)
    queue = WorkQueue(dunlin.database, dunlin.rulebook, clock=clock)
    registration = account(days_past_due=1)
    case = key_of(registration)
    await client.open_case(registration)
    await eventually("a first contact", lambda: dunlin.has(case, "contact_made"))

    await client.reply(case, Channel.SMS, TEXT, message_id="r-1")
    (item,) = await queue.list(WorkFilter(kind=WorkKind.ALREADY_PAID), 10)
    made_before = (await dunlin.kinds(case)).count("contact_made")
    claimed = await queue.claim(item.id, "staff-7")
    with pytest.raises(Refused) as held:
        await queue.claim(item.id, "staff-8")
    shown = await queue.show(item.id)
    sheet = await client.sheet(case)

    assert (claimed.claimed_by, held.value.code) == ("staff-7", "work_held_by_another")
    assert [reply.body for reply in shown.replies] == [TEXT]
    assert (sheet.work, sheet.holds) == ((WorkKind.ALREADY_PAID,), ("dispute",))
    assert (await dunlin.kinds(case)).count("contact_made") == made_before
    description = await dunlin.workflow(case).describe()
    history = await dunlin.workflow(case).fetch_history()
    assert TEXT not in str(history.to_json()) + str(description)

    await client.complete_work(
        await queue.case_of(item.id, "staff-7"),
        item.id,
        WorkOutcome.REJECTED,
        completed_by="staff-7",
        message_id="done-1",
    )

    assert await queue.list(WorkFilter(), 10) == ()

    async def goes_on() -> bool:
        return (await dunlin.kinds(case)).count("contact_made") > made_before

    await eventually("contact goes on", goes_on)


async def test_a_claim_that_ends_gives_the_work_to_somebody_else(dunlin: World) -> None:
    client = dunlin.client()
    queue = WorkQueue(dunlin.database, dunlin.rulebook)
    registration = account()
    await client.open_case(registration)
    await client.reply(key_of(registration), Channel.SMS, "my mother will call you", message_id="r-1")

    first = await queue.claim_next(WorkFilter(), "staff-7", timedelta(milliseconds=1))

    assert first is not None

    async def taken() -> bool:
        return await queue.claim_next(WorkFilter(), "staff-8") is not None

    await eventually("the lease has ended", taken)
