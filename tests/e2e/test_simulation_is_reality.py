"""Simulation is reality: the same lives on the real server and on the virtual clock come to the same contacts and ends.

Instants differ by what real servers take, so it is compared what was done for which obligation on which local date.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

from domain.events import MESSAGE_ADAPTER, Entry
from domain.localtime import local_date, zone_of
from domain.registration import AccountRegistration
from simulation.lifetime import live
from simulation.story import Act, Deed, Story
from tests.e2e.world import START, World, account, eventually, fast_clock, key_of

SECONDS_PER_DAY = 2.0
DAYS = 14
NOON = timedelta(hours=12) - timedelta(hours=START.hour)
COMPARED = (
    "contact_made",
    "contact_suppressed",
    "contact_deferred",
    "stage_entered",
    "promise_kept",
    "promise_broken",
    "arrangement_agreed",
    "arrangement_broken",
    "arrangement_completed",
    "settlement_offered",
    "settlement_completed",
    "settlement_lapsed",
    "balance_adjusted",
    "work_item_opened",
    "work_item_withdrawn",
    "hold_end_set",
    "case_closed",
)


def on_day(day: int, **message: Any) -> Deed:
    """A message at five in the morning, when nothing is due: so that a second more or less does not matter."""
    kind = message.pop("kind")
    minute = int((timedelta(days=day) + NOON - timedelta(hours=7)).total_seconds() // 60)
    return Deed(minute, (kind, message))


def pounds(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "GBP"}


PLAN = [
    {"due": "2026-03-06", "amount": pounds("100.00")},
    {"due": "2026-03-12", "amount": pounds("150.00")},
]

LIVES: dict[str, tuple[Deed, ...]] = {
    "nothing happens": (),
    "pays in full": (on_day(3, kind="payment_received", id="p-1", amount=pounds("250.00")),),
    "pays a part": (on_day(2, kind="payment_received", id="p-1", amount=pounds("100.00")),),
    "promises and pays": (
        on_day(1, kind="promise_made", id="m-1", amount=pounds("250.00"), due="2026-03-07"),
        on_day(4, kind="payment_received", id="p-1", amount=pounds("250.00")),
    ),
    "promises and does not pay": (on_day(1, kind="promise_made", id="m-1", amount=pounds("100.00"), due="2026-03-04"),),
    "pays and it bounces": (
        on_day(2, kind="payment_received", id="p-1", amount=pounds("250.00")),
        on_day(6, kind="payment_reversed", id="v-1", payment="p-1", reason="bounced"),
    ),
    "is in hardship": (on_day(1, kind="hold_placed", id="h-1", hold="hardship", until="2026-03-10"),),
    "disputes and loses": (
        on_day(2, kind="dispute_opened", id="d-1", category="amount"),
        on_day(7, kind="dispute_resolved", id="r-1", dispute="d-1", outcome="rejected"),
    ),
    "stops texts": (on_day(1, kind="reply_received", id="y-1", channel="sms", intent="stop"),),
    "owes more": (on_day(2, kind="obligation_due", id="o-2", amount=pounds("50.00"), due="2026-03-08"),),
    "is recalled": (on_day(5, kind="recalled", id="rc-1"),),
    "agrees to a plan and keeps it": (
        on_day(1, kind="arrangement_agreed", id="g-1", instalments=PLAN, agreed_by="agent"),
        on_day(4, kind="payment_received", id="p-1", amount=pounds("100.00")),
        on_day(9, kind="payment_received", id="p-2", amount=pounds("150.00")),
    ),
    "agrees to a plan and breaks it": (
        on_day(1, kind="arrangement_agreed", id="g-1", instalments=PLAN, agreed_by="agent"),
    ),
    "settles": (
        on_day(1, kind="settlement_requested", id="k-1", offer="late-settlement"),
        on_day(2, kind="settlement_accepted", id="k-2", offer="late-settlement"),
        on_day(5, kind="payment_received", id="p-1", amount=pounds("175.00")),
    ),
    "settles, and the payment bounces": (
        on_day(1, kind="settlement_requested", id="k-1", offer="late-settlement"),
        on_day(2, kind="settlement_accepted", id="k-2", offer="late-settlement"),
        on_day(4, kind="payment_received", id="p-1", amount=pounds("175.00")),
        on_day(7, kind="payment_reversed", id="v-1", payment="p-1", reason="bounced"),
    ),
    "disputes a part and is right": (
        on_day(1, kind="dispute_opened", id="d-1", category="amount", amount=pounds("50.00")),
        on_day(5, kind="dispute_resolved", id="r-1", dispute="d-1", outcome="upheld"),
    ),
    "has a dispute decided whose hold was lifted": (
        on_day(1, kind="dispute_opened", id="d-1", category="amount"),
        on_day(3, kind="hold_lifted", id="l-1", hold="dispute"),
        on_day(6, kind="dispute_resolved", id="r-1", dispute="d-1", outcome="rejected"),
    ),
    "complains": (
        on_day(1, kind="complaint_opened", id="c-1", category="conduct", owner="team-1"),
        on_day(6, kind="complaint_resolved", id="c-2", complaint="c-1", outcome="upheld"),
    ),
    "cannot pay": (on_day(1, kind="hardship_stated", id="h-1", category="lost_income"),),
    "is vulnerable": (on_day(1, kind="vulnerability_stated", id="u-1"),),
    "is transferred": (on_day(5, kind="transferred", id="t-1", to="agency-2"),),
    "pays twice by two ways": (
        on_day(2, kind="payment_received", id="p-1", amount=pounds("30.00")),
        on_day(3, kind="payment_received", id="p-1", amount=pounds("30.00")),
    ),
}


def story_of(registration: AccountRegistration, version: int, deeds: tuple[Deed, ...], days: int) -> Story:
    return Story(
        policy=registration.policy,
        version=version,
        account=registration.account,
        opened=START,
        zone=registration.zone,
        person_zones=registration.consumer.zones,
        channels=tuple(point.channel for point in registration.consumer.contact_points),
        obligations=tuple((each.id, each.amount, each.due) for each in registration.obligations),
        deeds=deeds,
        days=days,
    )


def in_short(entries: list[Entry], zone: str) -> list[tuple[str, ...]]:
    lines = []
    for entry in entries:
        event = entry.event
        if event.kind in COMPARED:
            said = event.model_dump(mode="json")
            about = [
                str(said.get(name))
                for name in ("step", "stage", "obligation", "channel", "promise", "amount", "work", "reason")
            ]
            lines.append((str(local_date(entry.at, zone_of(zone))), event.kind, *about))
    return lines


async def test_every_life_goes_the_same_way_in_both(dunlin: World) -> None:
    clock = fast_clock(SECONDS_PER_DAY)
    client = dunlin.client(clock)
    lives = {name: account(days_past_due=3, lender="simulated") for name in LIVES}
    await client.register_lender(dunlin.lender.model_copy(update={"id": "simulated"}))

    async def act(registration: AccountRegistration, deeds: tuple[Deed, ...]) -> None:
        await client.open_case(registration)
        for deed in deeds:
            await until(START + timedelta(minutes=deed.minute))
            assert not isinstance(deed.message, Act), "what is said to the real system is written down before"
            message = MESSAGE_ADAPTER.validate_python({"kind": deed.message[0], **deed.message[1]}, strict=False)
            await client.signal(key_of(registration), message)

    async def until(business: datetime) -> None:
        async def has_come() -> bool:
            return clock.business(datetime.now(business.tzinfo)) >= business

        await eventually(f"it is {business}", has_come, seconds=60)

    await asyncio.gather(*(act(lives[name], deeds) for name, deeds in LIVES.items()))
    await until(START + timedelta(days=DAYS))

    version = dunlin.rulebook.latest_published("uk-personal-loan").version
    differing = {}
    contacts = 0
    for name, registration in lives.items():
        lines = await client.journal(key_of(registration))
        real = [Entry.model_validate({"at": line.at, "event": line.event}) for line in lines]
        horizon = START + timedelta(days=DAYS - 1)
        simulated = live(story_of(registration, version, LIVES[name], DAYS), dunlin.rulebook)
        wanted = in_short([entry for entry in simulated.journal if entry.at < horizon], registration.zone)
        found = in_short([entry for entry in real if entry.at < horizon], registration.zone)
        contacts += sum(line[1] == "contact_made" for line in found)
        if wanted != found:
            differing[name] = (wanted, found)
    assert differing == {}
    assert contacts > len(LIVES), "something was compared"
