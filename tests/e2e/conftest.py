"""One Temporal server for the end-to-end tests, and a whole Dunlin for each of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import WorkflowEnvironment

from rulebook.load import Rulebook
from runtime.temporal import DATA_CONVERTER
from tests.e2e.world import TEMPORAL_BINARY, TIMERS_ARE_EXACT, World, world
from tests.replay.recording import Recorder, recorder
from workflows.search_attributes import ALL


@pytest.fixture(scope="session")
async def temporal() -> AsyncIterator[Client]:
    async with await WorkflowEnvironment.start_local(
        dev_server_existing_path=str(TEMPORAL_BINARY),
        data_converter=DATA_CONVERTER,
        search_attributes=ALL,
        dev_server_log_level="error",
        dev_server_extra_args=TIMERS_ARE_EXACT,
    ) as environment:
        yield environment.client


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    return Rulebook.load()


@pytest.fixture(scope="session")
def histories() -> Recorder | None:
    """Keeps histories where the environment asks for it."""
    return recorder()


@pytest.fixture
async def dunlin(
    temporal: Client, database_url: str, tmp_path: Path, rulebook: Rulebook, histories: Recorder | None
) -> AsyncIterator[World]:
    async with world(temporal, database_url, tmp_path, rulebook) as whole:
        yield whole
        if histories is not None:
            await histories.keep_new(temporal)
        # The server outlives the test, its database does not.
        async for running in temporal.list_workflows("ExecutionStatus = 'Running'"):
            try:
                await temporal.get_workflow_handle(running.id).terminate("the test is over")
            except RPCError as error:
                if error.status is not RPCStatusCode.NOT_FOUND:  # it has just ended by itself
                    raise
