"""A worker in a process of its own: Dunlin's with the rulebook of the benchmarks, or the floor's.

`python -m bench.worker dunlin 1 31 61` works on cases with an e-mail on those delinquent days, `python -m bench.worker
floor` on the floor's workflow. Both read the same settings from the environment.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta

import uvloop
from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import UnsandboxedWorkflowRunner, Worker, WorkerDeploymentConfig

from bench.floor import FLOOR_ACTIVITY_QUEUE, FLOOR_QUEUE, Floor, nothing
from bench.treatment import bench_rulebook
from runtime.logging import configure_logging
from runtime.settings import WorkerSettings, load_settings
from runtime.telemetry import start_telemetry
from runtime.temporal import connect, ensure_current_deployment_version
from worker import spare_the_collector, working
from workflows import collection_case

HISTORY_EVENTS_MAX = "BENCH_HISTORY_EVENTS_MAX"
"""A variable of the environment: beyond so many events a case continues as new, much sooner than in the product."""

READY = "the worker works"
"""What it says on standard output once it does."""

_FLOOR_DEPLOYMENT = "floor"


@asynccontextmanager
async def working_on_floor(client: Client, settings: WorkerSettings) -> AsyncIterator[None]:
    """The floor's worker, with the options that Dunlin's own worker has."""
    version = WorkerDeploymentVersion(deployment_name=_FLOOR_DEPLOYMENT, build_id=settings.build_id)
    deployment = WorkerDeploymentConfig(
        version=version,
        use_worker_versioning=True,
        default_versioning_behavior=VersioningBehavior.AUTO_UPGRADE,
    )
    workflows = Worker(
        client,
        task_queue=FLOOR_QUEUE,
        workflows=[Floor],
        workflow_runner=UnsandboxedWorkflowRunner(),
        max_cached_workflows=settings.max_cached_workflows,
        max_concurrent_workflow_tasks=settings.max_concurrent_workflow_tasks,
        graceful_shutdown_timeout=timedelta(seconds=settings.shutdown_grace_seconds),
        deployment_config=deployment,
    )
    activities = Worker(
        client,
        task_queue=FLOOR_ACTIVITY_QUEUE,
        activities=[nothing],
        max_concurrent_activities=settings.max_concurrent_activities,
        graceful_shutdown_timeout=timedelta(seconds=settings.shutdown_grace_seconds),
        deployment_config=deployment,
    )
    async with workflows, activities:
        await ensure_current_deployment_version(client, _FLOOR_DEPLOYMENT, settings.build_id)
        yield


async def _serve(words: list[str]) -> None:
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    settings = load_settings(WorkerSettings)
    if HISTORY_EVENTS_MAX in os.environ:
        collection_case.HISTORY_EVENTS_MAX = int(os.environ[HISTORY_EVENTS_MAX])
    configure_logging(level="warning", log_format="json")
    telemetry = start_telemetry(settings, service="bench")
    client = await connect(settings, runtime=telemetry.runtime, plugins=telemetry.plugins)
    async with _work(words, client, settings):
        spare_the_collector()
        sys.stdout.write(f"{READY}\n")
        sys.stdout.flush()
        await stopping.wait()


def _work(words: list[str], client: Client, settings: WorkerSettings) -> AbstractAsyncContextManager[None]:
    match words:
        case ["floor"]:
            return working_on_floor(client, settings)
        case ["dunlin", *days]:
            return working(client, settings, bench_rulebook([int(day) for day in days]))
        case _:
            raise SystemExit("usage: python -m bench.worker floor | dunlin DAY ...")


if __name__ == "__main__":
    uvloop.run(_serve(sys.argv[1:]))
