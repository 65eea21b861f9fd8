"""The client, the search attributes and the deployment version, on the real development server."""

from __future__ import annotations

import asyncio
import socket
import sys
from datetime import timedelta

import pytest
from pydantic import BaseModel
from temporalio import activity, workflow
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeWorkerDeploymentRequest
from temporalio.client import Client, WorkflowFailureError
from temporalio.common import (
    RetryPolicy,
    SearchAttributeKey,
    SearchAttributePair,
    TypedSearchAttributes,
    VersioningBehavior,
    WorkerDeploymentVersion,
)
from temporalio.exceptions import ApplicationError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker, WorkerDeploymentConfig

from runtime.settings import ClientSettings
from runtime.temporal import (
    TemporalNotReady,
    connect,
    ensure_current_deployment_version,
    ensure_search_attributes,
    report_count,
)
from workflows import search_attributes

PERSONAL = "Example Borrower, 1 Example Street"


class Greeting(BaseModel):
    minor_units: int


@workflow.defn(versioning_behavior=VersioningBehavior.AUTO_UPGRADE)
class Echo:
    @workflow.run
    async def run(self, greeting: Greeting) -> Greeting:
        return greeting


@activity.defn
async def quoting() -> None:
    try:
        raise ValueError(PERSONAL)
    except ValueError as error:
        raise RuntimeError(f"cannot deliver to {PERSONAL}") from error


@workflow.defn
class Failing:
    @workflow.run
    async def run(self) -> None:
        await workflow.execute_activity(
            quoting, start_to_close_timeout=timedelta(seconds=5), retry_policy=RetryPolicy(maximum_attempts=1)
        )


@pytest.fixture
async def client(temporal_address: str) -> Client:
    return await connect(settings(temporal_address))


def settings(address: str) -> ClientSettings:
    return ClientSettings(DATABASE_URL="postgresql://localhost/unused", temporal_address=address)


async def test_all_search_attributes_register_on_a_development_server(client: Client) -> None:
    await ensure_search_attributes(client, "default", search_attributes.ALL)
    listed = await client.operator_service.list_search_attributes(ListSearchAttributesRequest(namespace="default"))
    assert {key.name: int(key.indexed_value_type) for key in search_attributes.ALL}.items() <= {
        name: int(kind) for name, kind in listed.custom_attributes.items()
    }.items()


async def test_registering_search_attributes_again_changes_nothing(client: Client) -> None:
    await ensure_search_attributes(client, "default", search_attributes.ALL)
    await ensure_search_attributes(client, "default", search_attributes.ALL)


async def test_workers_that_start_together_register_together(client: Client) -> None:
    key = SearchAttributeKey.for_keyword("RuntimeTestTogether")
    await asyncio.gather(*(ensure_search_attributes(client, "default", [key]) for _ in range(4)))


async def test_a_workflow_can_be_found_by_a_registered_attribute(client: Client) -> None:
    await ensure_search_attributes(client, "default", search_attributes.ALL)
    await client.start_workflow(
        "Sleeper",
        id="found-by-lender",
        task_queue="nobody-polls",
        search_attributes=TypedSearchAttributes([SearchAttributePair(search_attributes.LENDER, "acme")]),
    )
    query = "DunlinLender = 'acme'"
    async with asyncio.timeout(20):
        while (await client.count_workflows(query)).count != 1:  # noqa: ASYNC110 - visibility follows when it does
            await asyncio.sleep(0.05)


async def test_an_attribute_of_another_type_is_reported_with_both_types(client: Client) -> None:
    await ensure_search_attributes(client, "default", [SearchAttributeKey.for_keyword("RuntimeTestClash")])
    with pytest.raises(TemporalNotReady, match=r"RuntimeTestClash is registered as .*KEYWORD and must be .*INT"):
        await ensure_search_attributes(client, "default", [SearchAttributeKey.for_int("RuntimeTestClash")])


async def test_the_deployment_version_becomes_current_once_its_worker_polls(client: Client) -> None:
    version = WorkerDeploymentVersion(deployment_name="runtime-test", build_id="1.0-abc")
    worker = Worker(
        client,
        task_queue="versioned",
        workflows=[Echo],
        workflow_runner=UnsandboxedWorkflowRunner(),
        deployment_config=WorkerDeploymentConfig(version=version, use_worker_versioning=True),
    )
    async with worker:
        await ensure_current_deployment_version(client, "runtime-test", "1.0-abc")
        await ensure_current_deployment_version(client, "runtime-test", "1.0-abc")
        result = await client.execute_workflow(
            Echo.run, Greeting(minor_units=12_345), id="versioned-echo", task_queue="versioned"
        )
    assert result == Greeting(minor_units=12_345)
    described = await client.workflow_service.describe_worker_deployment(
        DescribeWorkerDeploymentRequest(namespace="default", deployment_name="runtime-test")
    )
    current = described.worker_deployment_info.routing_config.current_deployment_version
    assert current.build_id == "1.0-abc"


async def test_many_workers_that_start_at_once_wait_where_the_server_lets_only_a_few_ask(client: Client) -> None:
    version = WorkerDeploymentVersion(deployment_name="runtime-test-fleet", build_id="1.0-abc")
    worker = Worker(
        client,
        task_queue="fleet",
        workflows=[Echo],
        workflow_runner=UnsandboxedWorkflowRunner(),
        deployment_config=WorkerDeploymentConfig(version=version, use_worker_versioning=True),
    )
    async with worker, asyncio.TaskGroup() as group:
        for _ in range(10):
            group.create_task(ensure_current_deployment_version(client, "runtime-test-fleet", "1.0-abc"))


async def test_a_build_without_a_worker_does_not_become_current(client: Client) -> None:
    with pytest.raises(TemporalNotReady, match="no worker of deployment nobody, build 1, polls"):
        await ensure_current_deployment_version(client, "nobody", "1", timeout_seconds=0.5)


async def test_a_missing_server_is_named_with_the_remedy() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(TemporalNotReady, match=f"no Temporal server answers at {address}: start it"):
            await connect(settings(address))


async def test_an_exception_of_a_library_reaches_history_without_its_message(client: Client) -> None:
    worker = Worker(
        client,
        task_queue="failing",
        workflows=[Failing],
        activities=[quoting],
        workflow_runner=UnsandboxedWorkflowRunner(),
    )
    async with worker:
        handle = await client.start_workflow(Failing.run, id="failing", task_queue="failing")
        with pytest.raises(WorkflowFailureError) as caught:
            await handle.result()
    cause = caught.value.cause.__cause__
    assert isinstance(cause, ApplicationError)
    assert (cause.type, cause.message) == ("RuntimeError", "[withheld]")
    history = (await handle.fetch_history()).to_json()
    assert "Example Borrower" not in history
    assert "in quoting" in history


async def test_open_cases_are_counted_until_cancelled(client: Client) -> None:
    counted: asyncio.Queue[int] = asyncio.Queue()
    async with asyncio.TaskGroup() as tasks:
        reporting = tasks.create_task(
            report_count(client, counted.put_nowait, query="WorkflowType = 'Nothing'", every=timedelta(milliseconds=1))
        )
        assert [await counted.get(), await counted.get()] == [0, 0]
        reporting.cancel()


async def test_short_commands_end_without_a_crash(temporal_address: str) -> None:
    script = (
        "import asyncio, sys\n"
        "from runtime.settings import ClientSettings\n"
        "from runtime.temporal import connect\n"
        "settings = ClientSettings(DATABASE_URL='postgresql://localhost/unused', temporal_address=sys.argv[1])\n"
        "asyncio.run(connect(settings))\n"
    )
    commands = [await asyncio.create_subprocess_exec(sys.executable, "-c", script, temporal_address) for _ in range(8)]
    assert [await command.wait() for command in commands] == [0] * len(commands)
