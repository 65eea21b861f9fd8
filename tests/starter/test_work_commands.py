"""`dunlin work`: from a reply that nobody understands to its completion, at a terminal."""

from __future__ import annotations

from domain.names import Channel
from tests.e2e.world import World, key_of
from tests.starter.accounts import account
from tests.starter.terminal import Terminal

TEXT = "my mother will call you on Friday"


async def test_an_agent_lists_claims_shows_and_completes(dunlin: World, terminal: Terminal) -> None:
    registration = account()
    await dunlin.client().open_case(registration)
    await dunlin.client().reply(key_of(registration), Channel.SMS, TEXT, message_id="r-1")

    listed = await terminal("work", "list", "--kind", "unclear_reply", "--json")
    (item,) = [row["id"] for row in listed.json if row["case_id"] == registration.case_id]
    claimed = await terminal("work", "claim", item, "--by", "staff-7", "--json")
    refused = await terminal("work", "complete", item, "done", "--by", "staff-8")
    shown = await terminal("work", "show", item)
    released = await terminal("work", "release", item, "--by", "staff-7")
    completed = await terminal("work", "complete", item, "done", "--by", "staff-7", "--id", "done-1")
    again = await terminal("work", "complete", item, "done", "--by", "staff-7", "--id", "done-1")

    assert claimed.json["claimed_by"] == "staff-7"
    assert (refused.status, "work_held_by_another" in refused.error) == (1, True)
    assert TEXT in shown.out
    assert registration.consumer.full_name in shown.out
    assert released.out == f"{item} is free again\n"
    assert (completed.status, again.status) == (0, 0), completed.error + again.error
    assert (await dunlin.kinds(key_of(registration))).count("work_item_completed") == 1
    assert item not in (await terminal("work", "list")).out


async def test_what_is_not_there_or_not_an_id_is_refused(terminal: Terminal) -> None:
    unknown = await terminal("work", "show", "w-none")
    named = await terminal("work", "claim", "--by", "John Smith")

    assert (unknown.status, "no_such_work_item" in unknown.error) == (1, True)
    assert (named.status, "John" in named.error) == (2, False)
