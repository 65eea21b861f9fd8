"""One traced case in a process of its own, because OpenTelemetry's providers are set once per process.

Run by test_telemetry.py: `python -m tests.runtime.traced_worker`, configured by the environment as a worker is. Prints
the metrics page of Temporal's SDK.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta

import aiohttp
from opentelemetry import trace
from temporalio import activity, workflow
from temporalio.client import WorkflowFailureError
from temporalio.common import RetryPolicy
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from runtime.settings import WorkerSettings, load_settings
from runtime.telemetry import CONTACTS, provider_call, span, start_telemetry
from runtime.temporal import connect

PERSONAL = "Example Borrower, 1 Example Street"


@activity.defn
async def contact() -> None:
    CONTACTS.add(1, {"channel": "sms", "outcome": "sent", "to": PERSONAL})
    with provider_call("sms", "twilio", claim="claim-1", to=PERSONAL, case=PERSONAL):
        trace.get_current_span().set_attribute("body", PERSONAL)
    with trace.get_tracer("somebody else's").start_as_current_span("library call"):
        raise RuntimeError(PERSONAL)


@workflow.defn
class Traced:
    @workflow.run
    async def run(self) -> None:
        await workflow.execute_activity(
            contact, start_to_close_timeout=timedelta(seconds=10), retry_policy=RetryPolicy(maximum_attempts=1)
        )


async def main() -> None:
    settings = load_settings(WorkerSettings)
    telemetry = start_telemetry(settings)
    client = await connect(settings, runtime=telemetry.runtime, plugins=telemetry.plugins)
    queue = f"traced-{settings.metrics_port}"
    async with Worker(
        client, task_queue=queue, workflows=[Traced], activities=[contact], workflow_runner=UnsandboxedWorkflowRunner()
    ):
        with span("open case", case="acme:1"):
            handle = await client.start_workflow(Traced.run, id=queue, task_queue=queue)
        try:
            await handle.result()
        except WorkflowFailureError:
            sys.stderr.write("failed as it should\n")
        async with aiohttp.ClientSession() as session:
            page = await session.get(f"http://127.0.0.1:{settings.metrics_port}/metrics")
            sys.stdout.write(await page.text())
    telemetry.stop()


if __name__ == "__main__":
    asyncio.run(main())
