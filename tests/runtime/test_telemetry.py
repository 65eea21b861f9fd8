"""Traces run from the client through workflow and activity to the provider, and leave only when an endpoint is set."""

from __future__ import annotations

import asyncio
import gzip
import os
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.runtime.test_settings import COMPLETE
from tests.runtime.traced_worker import PERSONAL


@dataclass
class Collector:
    """An OTLP/HTTP receiver that keeps what it is sent."""

    endpoint: str = ""
    bodies: list[tuple[str, bytes]] = field(default_factory=list)

    async def receive(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.bodies.append((request.path, gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body))
        return web.Response(body=b"", content_type="application/x-protobuf")

    def spans(self) -> dict[str, Span]:
        requests = [ExportTraceServiceRequest.FromString(body) for path, body in self.bodies if path == "/v1/traces"]
        return {
            span.name: span
            for request in requests
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        }

    def metrics(self) -> dict[str, list[dict[str, str]]]:
        """The attributes of each metric's points."""
        requests = [ExportMetricsServiceRequest.FromString(body) for path, body in self.bodies if path == "/v1/metrics"]
        return {
            metric.name: [
                {pair.key: pair.value.string_value for pair in point.attributes}
                for point in (metric.sum.data_points or metric.histogram.data_points)
            ]
            for request in requests
            for resource in request.resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
        }


async def run_traced_worker(temporal_address: str, otlp_endpoint: str, more: Mapping[str, str] | None = None) -> str:
    """Its standard output: the metrics page."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("DUNLIN_", "OTEL_"))},
        **COMPLETE,
        "DUNLIN_TEMPORAL_ADDRESS": temporal_address,
        "DUNLIN_METRICS_PORT": str(port),
        "DUNLIN_OTLP_ENDPOINT": otlp_endpoint,
        **(more or {}),
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.runtime.traced_worker",
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    return out.decode()


@asynccontextmanager
async def listening() -> AsyncIterator[Collector]:
    collector = Collector()
    app = web.Application()
    app.router.add_post("/{path:.*}", collector.receive)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    collector.endpoint = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield collector
    await runner.cleanup()


@pytest.fixture(scope="module")
async def exported(temporal_address: str) -> Collector:
    """What a worker with an endpoint exported."""
    async with listening() as collector:
        await run_traced_worker(temporal_address, collector.endpoint)
        return collector


@pytest.fixture(scope="module")
async def metrics_page(temporal_address: str) -> str:
    """The metrics page of a worker without an endpoint."""
    return await run_traced_worker(temporal_address, "")


async def test_one_trace_runs_from_the_client_to_the_provider(exported: Collector) -> None:
    spans = exported.spans()
    opened, called = spans["open case"], spans["sms provider"]
    assert called.trace_id == opened.trace_id
    assert {pair.key: pair.value.string_value for pair in called.attributes} == {
        "dunlin.channel": "sms",
        "dunlin.provider": "twilio",
        "dunlin.claim": "claim-1",
        "dunlin.case": "[withheld]",
    }


async def test_no_personal_data_is_exported(exported: Collector) -> None:
    assert exported.spans()["library call"].events[0].name == "exception"
    assert [path for path, body in exported.bodies if PERSONAL.encode() in body] == []


async def test_metrics_carry_channel_and_outcome(exported: Collector) -> None:
    assert exported.metrics()["dunlin.contacts"] == [{"channel": "sms", "outcome": "sent"}]
    assert exported.metrics()["dunlin.provider_call"] == [
        {"channel": "sms", "provider": "twilio", "result": "accepted"}
    ]


async def test_nothing_is_exported_without_an_endpoint(temporal_address: str) -> None:
    async with listening() as collector:
        await run_traced_worker(temporal_address, "", {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.endpoint})
        assert collector.bodies == []


async def test_temporals_own_metrics_stand_on_the_metrics_port(metrics_page: str) -> None:
    for name in (
        "temporal_workflow_task_execution_latency_seconds_bucket",
        "temporal_activity_schedule_to_start_latency_seconds_bucket",
        "temporal_activity_execution_latency_seconds_bucket",
        "temporal_activity_execution_failed_total",
    ):
        assert name in metrics_page
