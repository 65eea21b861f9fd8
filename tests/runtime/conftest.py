"""A Temporal development server for the tests of the runtime."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.testing import WorkflowEnvironment

TEMPORAL_BINARY = Path(sys.executable).parent / "temporal"


@pytest.fixture(scope="session")
async def temporal_address() -> AsyncIterator[str]:
    """The address of a server in memory, shared by the tests of the runtime."""
    async with await WorkflowEnvironment.start_local(dev_server_existing_path=str(TEMPORAL_BINARY)) as environment:
        yield environment.client.service_client.config.target_host
