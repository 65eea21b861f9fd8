"""A whole Dunlin for the tests of the ways in, shared by all of them: each test uses accounts of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from rulebook.load import Rulebook
from runtime.temporal import DATA_CONVERTER
from tests.e2e.world import TEMPORAL_BINARY, World, world
from tests.starter.terminal import Terminal
from workflows.search_attributes import ALL

DATABASE = "ways_in"


@pytest.fixture(scope="session")
async def shared_temporal() -> AsyncIterator[Client]:
    async with await WorkflowEnvironment.start_local(
        dev_server_existing_path=str(TEMPORAL_BINARY),
        data_converter=DATA_CONVERTER,
        search_attributes=ALL,
        dev_server_log_level="error",
    ) as environment:
        yield environment.client


@pytest.fixture(scope="session")
async def shared_database_url(administration: AsyncEngine, template: str) -> str:
    async with administration.connect() as connection:
        await connection.execute(text(f"CREATE DATABASE {DATABASE} TEMPLATE {template} STRATEGY file_copy"))
    return administration.url.set(database=DATABASE).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    return Rulebook.load()


@pytest.fixture(scope="session")
async def dunlin(
    shared_temporal: Client, shared_database_url: str, tmp_path_factory: pytest.TempPathFactory, rulebook: Rulebook
) -> AsyncIterator[World]:
    """Postgres, Temporal, mail server, Twilio's stand-in, and a worker."""
    folder: Path = tmp_path_factory.mktemp("world")
    async with world(shared_temporal, shared_database_url, folder, rulebook) as whole:
        yield whole


@pytest.fixture
def terminal(dunlin: World, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """The command line, with the settings of the shared Dunlin."""
    return Terminal.for_world(dunlin, monkeypatch)
