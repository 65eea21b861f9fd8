"""A workflow is changed while cases sleep: two builds of the worker side by side, and the way back from a bad one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import uuid4

import pytest
from temporalio import workflow
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHandle

from domain.money import Money
from runtime.settings import WorkerSettings
from runtime.temporal import ensure_current_deployment_version
from starter.client import DunlinClient
from starter.refusals import NoAnswer
from tests.e2e.world import World, account, eventually, fast_clock, key_of
from worker import working
from workflows.collection_case import CollectionCase
from workflows.inputs import CASE_WORKFLOW, CaseOutcome, CaseStart

ONE_POUND = Money.parse("1.00", "GBP")


@workflow.defn(name=CASE_WORKFLOW)
class PatchedCase(CollectionCase):
    """The next build: a new command before the first activity, which cases that sleep already must not meet."""

    @workflow.run
    async def run(self, start: CaseStart) -> CaseOutcome:
        if workflow.patched("remember-the-build"):
            workflow.upsert_memo({"build": "second"})
        return await super().run(start)


@workflow.defn(name=CASE_WORKFLOW)
class BrokenCase(CollectionCase):
    """A bad build: the same command without a patch."""

    @workflow.run
    async def run(self, start: CaseStart) -> CaseOutcome:
        workflow.upsert_memo({"build": "bad"})
        return await super().run(start)


@asynccontextmanager
async def build(
    dunlin: World, name: str, case: type[CollectionCase], patch: pytest.MonkeyPatch
) -> AsyncIterator[WorkerSettings]:
    """A second worker, of another build, beside the one that runs; its build becomes the current one."""
    settings = dunlin.settings.model_copy(update={"build_id": name})
    patch.setattr("worker.CollectionCase", case)
    async with working(dunlin.temporal, settings, dunlin.rulebook):
        yield settings


async def build_of_last_task(handle: WorkflowHandle[object, object]) -> str:
    done = [
        event.workflow_task_completed_event_attributes.deployment_version.build_id
        for event in (await handle.fetch_history()).events
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
    ]
    return done[-1]


async def test_a_case_that_sleeps_wakes_on_the_next_build_and_goes_on(
    dunlin: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = dunlin.client(fast_clock(60))
    old, new = account(days_past_due=4), account(days_past_due=4)
    await client.open_case(old)
    await client.pay(key_of(old), ONE_POUND, payment="p-1")
    first_build = await build_of_last_task(dunlin.workflow(key_of(old)))

    async with build(dunlin, f"second-{uuid4().hex[:6]}", PatchedCase, monkeypatch) as second:

        async def is_on_the_second() -> bool:
            """The server tells its task queues of a new current build a moment later."""
            await client.pay(key_of(old), ONE_POUND, payment=f"p-{uuid4().hex}")
            return await build_of_last_task(dunlin.workflow(key_of(old))) == second.build_id

        await eventually("the sleeping case wakes on the new build", is_on_the_second)
        await client.open_case(new)
        await client.pay(key_of(new), ONE_POUND, payment="p-1")

        kinds = await dunlin.kinds(key_of(old))
        paid = (await client.sheet(key_of(old))).outstanding
        assert paid == Money(250_00 - 100 * kinds.count("payment_received"), "GBP"), "nothing is lost on the way"
        assert first_build == dunlin.settings.build_id != second.build_id
        assert "build" not in (await (await dunlin.workflow(key_of(old)).describe()).memo())
        assert (await (await dunlin.workflow(key_of(new)).describe()).memo())["build"] == "second"
        await make_current(dunlin.temporal, dunlin.settings)


async def make_current(temporal: Client, settings: WorkerSettings) -> None:
    await ensure_current_deployment_version(temporal, settings.deployment_name, settings.build_id)


async def test_a_bad_build_stops_a_case_without_losing_anything_and_the_way_back_is_one_command(
    dunlin: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = dunlin.client(fast_clock(60))
    registration = account(days_past_due=4)
    await client.open_case(registration)
    case = key_of(registration)
    await client.pay(case, ONE_POUND, payment="p-1")

    async with build(dunlin, f"bad-{uuid4().hex[:6]}", BrokenCase, monkeypatch):
        impatient = DunlinClient(dunlin.temporal, dunlin.database, dunlin.rulebook, answer_within=timedelta(seconds=3))
        sent = ["p-1"]

        async def has_stopped() -> bool:
            sent.append(f"p-{uuid4().hex}")
            try:
                await impatient.pay(case, ONE_POUND, payment=sent[-1])
            except NoAnswer:
                return True
            return False

        await eventually("the case stands still on the bad build", has_stopped)

        await make_current(dunlin.temporal, dunlin.settings)

        async def applied() -> bool:
            return (await client.sheet(case)).outstanding == Money(250_00 - 100 * len(sent), "GBP")

        await eventually("the payment that the bad build could not apply is applied", applied, seconds=60)
