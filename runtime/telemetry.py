"""Traces and metrics by OpenTelemetry, and the Temporal SDK's own metrics on a Prometheus port.

Without an OTLP endpoint nothing is collected: the tracer and the meters are the API's no-ops. A span or a measurement
carries ids, codes and numbers from the same allow-list as the logs; the exporter enforces it, whoever made the span.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import uuid4

from opentelemetry import metrics, trace
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics import AlwaysOffExemplarFilter, MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.metrics.view import View
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Status
from temporalio.contrib.opentelemetry import OpenTelemetryPlugin, ReplaySafeTracerProvider, create_tracer_provider
from temporalio.runtime import (
    LogForwardingConfig,
    LoggingConfig,
    PrometheusConfig,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)

from runtime.privacy import ALLOWED_KEYS, allowed
from runtime.settings import ClientSettings, WorkerSettings

EXPORT_INTERVAL_MILLIS = 15_000

_PREFIX = "dunlin."
_SPAN_KEYS = frozenset({*(_PREFIX + key for key in ALLOWED_KEYS), "error.type"})

_meter = metrics.get_meter("dunlin")

CONTACTS = _meter.create_counter(
    "dunlin.contacts", unit="{contact}", description="Contacts by channel and outcome: sent, failed, unknown."
)
DEFERRALS = _meter.create_counter(
    "dunlin.deferrals", unit="{contact}", description="Contacts that the gate put off or suppressed, by rule."
)
OPEN_CASES = _meter.create_gauge("dunlin.open_cases", unit="{case}", description="Cases that are running.")
PROVIDER_CALL_SECONDS = _meter.create_histogram(
    "dunlin.provider_call", unit="s", description="How long providers take to accept a message."
)


@dataclass(frozen=True)
class Telemetry:
    """What one process started. `runtime` and `plugins` are for the Temporal client; call `stop` at the end."""

    runtime: Runtime
    plugins: tuple[OpenTelemetryPlugin, ...] = ()
    _tracer_provider: ReplaySafeTracerProvider | None = field(default=None, repr=False)
    _meter_provider: MeterProvider | None = field(default=None, repr=False)

    def stop(self) -> None:
        """Export what is still held back."""
        if self._tracer_provider:
            self._tracer_provider.shutdown()
        if self._meter_provider:
            self._meter_provider.shutdown()


def start_telemetry(settings: ClientSettings, *, service: str = "dunlin") -> Telemetry:
    """Set this process up, once: providers where an OTLP endpoint is set, Prometheus where a metrics port is."""
    runtime = Runtime(telemetry=TelemetryConfig(logging=_core_logging(settings), metrics=_core_metrics(settings)))
    if settings.otlp_endpoint is None:
        return Telemetry(runtime)
    base = str(settings.otlp_endpoint).rstrip("/")
    resource = Resource.create(
        {
            "service.name": service,
            "service.version": settings.build_id,
            "service.instance.id": str(uuid4()),  # keeps the counters of several workers apart
            "deployment.environment.name": settings.environment.value,
        }
    )
    tracer_provider = create_tracer_provider(resource=resource)
    exporter = PrivateSpanExporter(OTLPSpanExporter(endpoint=f"{base}/v1/traces"))
    tracer_provider.add_span_processor(BatchSpanProcessor(exporter))
    reader = PeriodicExportingMetricReader(
        OTLPMetricExporter(endpoint=f"{base}/v1/metrics"), export_interval_millis=EXPORT_INTERVAL_MILLIS
    )
    meter_provider = MeterProvider(
        metric_readers=[reader],
        resource=resource,
        views=[View(instrument_name="*", attribute_keys=set(ALLOWED_KEYS))],
        exemplar_filter=AlwaysOffExemplarFilter(),  # an exemplar would carry the attributes that the view drops
    )
    trace.set_tracer_provider(tracer_provider)
    metrics.set_meter_provider(meter_provider)
    return Telemetry(runtime, (OpenTelemetryPlugin(),), tracer_provider, meter_provider)


def tracer() -> trace.Tracer:
    """Dunlin's tracer: a no-op when no endpoint is set."""
    return trace.get_tracer("dunlin")


@contextmanager
def span(name: str, **attributes: object) -> Iterator[trace.Span]:
    """A span with known attributes (see ALLOWED_KEYS); an exception marks it failed with its type, not its message."""
    with tracer().start_as_current_span(
        name,
        attributes={_PREFIX + key: str(value) for key, value in allowed(attributes).items()},
        record_exception=False,
        set_status_on_exception=False,
    ) as current:
        try:
            yield current
        except BaseException as error:
            current.set_status(Status(trace.StatusCode.ERROR))
            current.set_attribute("error.type", type(error).__qualname__)
            raise


@contextmanager
def provider_call(channel: str, provider: str, **attributes: object) -> Iterator[trace.Span]:
    """A span and a measurement around one call to a provider."""
    started_seconds = time.perf_counter()
    result = "accepted"
    try:
        with span(f"{channel} provider", channel=channel, provider=provider, **attributes) as current:
            yield current
    except BaseException as error:
        result = type(error).__name__
        raise
    finally:
        PROVIDER_CALL_SECONDS.record(
            time.perf_counter() - started_seconds, {"channel": channel, "provider": provider, "result": result}
        )


class PrivateSpanExporter(SpanExporter):
    """Lets known attributes through and drops the rest: status and exception texts are third parties' words."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        return self._exporter.export([_private(span) for span in spans])

    def shutdown(self) -> None:
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._exporter.force_flush(timeout_millis)


def _private(span: ReadableSpan) -> ReadableSpan:
    return ReadableSpan(
        name=span.name,
        context=span.get_span_context(),
        parent=span.parent,
        resource=span.resource,
        attributes={key: value for key, value in (span.attributes or {}).items() if key in _SPAN_KEYS},
        events=[Event(name=event.name, timestamp=event.timestamp) for event in span.events],
        links=span.links,
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _core_metrics(settings: ClientSettings) -> PrometheusConfig | None:
    if not isinstance(settings, WorkerSettings) or settings.metrics_port == 0:
        return None
    return PrometheusConfig(
        bind_address=f"{settings.bind_address}:{settings.metrics_port}",
        counters_total_suffix=True,
        unit_suffix=True,
        durations_as_seconds=True,
    )


def _core_logging(settings: ClientSettings) -> LoggingConfig:
    """Temporal's core logs through the same filter as everything else; its fields come as fields."""
    level = "WARN" if settings.log_level != "debug" else "INFO"
    return LoggingConfig(
        filter=TelemetryFilter(core_level=level, other_level="ERROR"),
        forwarding=LogForwardingConfig(
            logger=logging.getLogger("temporalio.core"),
            append_target_to_name=False,
            prepend_target_on_message=False,
            append_log_fields_to_message=False,
        ),
    )
