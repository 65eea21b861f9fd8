"""A person whose number is of another place than their address, from registration to the contact that is made."""

from __future__ import annotations

from datetime import time
from typing import Any

from domain.localtime import zone_of
from domain.names import Channel, Place
from domain.registration import AccountRegistration, ContactPointRegistration
from domain.whereabouts import Residence
from starter.case_key import CaseKey
from tests.e2e.world import World, account, eventually, fast_clock, key_of

BOSTON = Residence(country="US", subdivision="US-MA", postal_code="02116")
LOS_ANGELES_NUMBER = "+13105550123"


def living_in_boston() -> AccountRegistration:
    """With a number of New York until it is changed, and four days late."""
    registration = account(
        policy="us-credit-card", zone="America/New_York", locale="en-US", currency="USD", days_past_due=4
    )
    consumer = registration.consumer.model_copy(update={"residence": BOSTON})
    return registration.model_copy(update={"consumer": consumer})


async def contacts_made(dunlin: World, case: CaseKey) -> list[dict[str, Any]]:
    return [
        {**line.event, "journaled_at": line.at}
        for line in await dunlin.client().journal(case)
        if line.kind == "contact_made"
    ]


async def test_contacts_are_made_only_where_address_and_number_both_allow_it(dunlin: World) -> None:
    client = dunlin.client(fast_clock(2))
    registration = living_in_boston()
    case = key_of(registration)
    await client.open_case(registration)
    for channel in (Channel.SMS, Channel.VOICE):
        point = ContactPointRegistration(
            id=f"{channel}-1", channel=channel, place=Place.MOBILE, value=LOS_ANGELES_NUMBER
        )
        await client.change_contact_point(case, point, message_id=f"moved-{channel}")

    async def three_contacts() -> bool:
        return len(await contacts_made(dunlin, case)) >= 3

    await eventually("contacts", three_contacts)
    for made in (await contacts_made(dunlin, case))[1:]:
        for zone in ("America/New_York", "America/Los_Angeles"):
            assert time(8) < made["journaled_at"].astimezone(zone_of(zone)).time() < time(21), made["step"]


async def test_the_law_of_the_state_where_the_person_lives_is_asked_without_the_policy_naming_it(dunlin: World) -> None:
    client = dunlin.client(fast_clock(2))
    registration = living_in_boston()
    case = key_of(registration)
    await client.open_case(registration)

    async def texted() -> bool:
        return any(made["channel"] == "sms" for made in await contacts_made(dunlin, case))

    await eventually("a text", texted)
    text = next(made for made in await contacts_made(dunlin, case) if made["channel"] == "sms")
    rules = {reason["rule"] for reason in text["allowed_by"]}
    assert {"us.reg-f.time", "us.ma.frequency"} <= rules
    assert not {"us.dc.messages", "us.nyc.frequency", "default.hours"} & rules
