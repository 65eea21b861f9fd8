"""What a contact and a payment cost Temporal: counted from the histories that the server keeps."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bench.history import Cost, Episode, episodes_of
from bench.portfolio import OWED, accounts
from bench.servers import Servers
from bench.treatment import CURRENCY, bench_rulebook
from bench.waves import Plan, one_day_a_second
from domain.events import PaymentReceived
from domain.money import Money
from starter.case_key import CaseKey

_POLL_SECONDS = 0.1
_SECONDS_MAX = 30
_PART = Money.parse("10.00", CURRENCY)
CONTACT = "contact"
_UNDISTURBED_DAYS = 60
"""Business days, and so seconds, until the first contact: time for payments that nothing else comes between."""


@dataclass(frozen=True, slots=True)
class Line:
    """What something cost, by name."""

    what: str
    cost: Cost


def contact_costs(episodes: list[Episode]) -> list[Line]:
    """The dearest contact without and with a change of search attributes, of those that a timer woke."""
    contacts = [each.cost for each in episodes if each.due is not None and each.activities == (CONTACT,)]
    plain = [cost for cost in contacts if not cost.upserts]
    entering = [cost for cost in contacts if cost.upserts]
    lines = [("contact", plain), ("contact that enters a stage", entering)]
    return [Line(what, max(costs, key=lambda cost: cost.events)) for what, costs in lines if costs]


async def measure_costs(servers: Servers, plan: Plan) -> list[Line]:
    """A case of its own: its opening, a payment by signal, one by update, and the one that cures it."""
    clock = one_day_a_second()
    client = servers.client(bench_rulebook(plan.case_days), clock)
    due = clock.business(datetime.now(UTC)).date() + timedelta(days=_UNDISTURBED_DAYS)
    (registration,) = accounts("cost", 1, due)
    await client.open_case(registration)
    case = CaseKey(lender=registration.lender, account=registration.account)
    opening = await _asleep(servers, case, 1)
    handle = servers.temporal.get_workflow_handle(case.workflow_id)
    await handle.signal("payment_received", PaymentReceived(id="by-signal", amount=_PART))
    by_signal = await _asleep(servers, case, len(opening) + 1)
    await client.pay(case, _PART, payment="by-update")
    by_update = await _asleep(servers, case, len(by_signal) + 1)
    await client.pay(case, OWED - _PART - _PART, payment="cure")
    await handle.result()
    cure = await _episodes(servers, case)
    return [
        Line("opening", opening[0].cost),
        Line("payment by signal", by_signal[-1].cost),
        Line("payment by update", by_update[-1].cost),
        *(Line("payment that cures, receipt and end", each.cost) for each in cure[len(by_update) :]),
    ]


async def _asleep(servers: Servers, case: CaseKey, episodes: int) -> tuple[Episode, ...]:
    """The case's episodes, once there are that many."""
    async with asyncio.timeout(_SECONDS_MAX):
        while len(found := await _episodes(servers, case)) < episodes:  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(_POLL_SECONDS)
    return found


async def _episodes(servers: Servers, case: CaseKey) -> tuple[Episode, ...]:
    history = await servers.temporal.get_workflow_handle(case.workflow_id).fetch_history()
    return episodes_of(history.events)
