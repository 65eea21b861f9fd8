"""The Temporal client, and what Dunlin needs to find on the server: its search attributes and its current version."""

from __future__ import annotations

import asyncio
import atexit
import dataclasses
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.failure.v1 import Failure
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import (
    DescribeWorkerDeploymentRequest,
    SetWorkerDeploymentCurrentVersionRequest,
)
from temporalio.client import Client, Plugin
from temporalio.common import SearchAttributeKey
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter, DefaultFailureConverter, PayloadConverter
from temporalio.exceptions import ApplicationError, FailureError
from temporalio.runtime import Runtime
from temporalio.service import RPCError, RPCStatusCode, TLSConfig

from runtime.logging import logger
from runtime.payload_codec import EncryptingCodec, read_keys
from runtime.privacy import safe_message
from runtime.settings import ClientSettings

_POLL_SECONDS = 0.1
_CORE_LEAVES_SECONDS = 0.05
_NOT_YET = (RPCStatusCode.NOT_FOUND, RPCStatusCode.FAILED_PRECONDITION, RPCStatusCode.RESOURCE_EXHAUSTED)
_log = logger(__name__)


class TemporalNotReady(Exception):
    """The Temporal server did not come to the state that Dunlin needs. The message says which, and what to do."""


class PrivateFailureConverter(DefaultFailureConverter):
    """Keeps the messages of third parties' exceptions out of histories: they may quote what they were given."""

    def to_failure(self, exception: BaseException, payload_converter: PayloadConverter, failure: Failure) -> None:
        if not isinstance(exception, FailureError):
            withheld = ApplicationError(safe_message(exception), type=type(exception).__name__)
            withheld.__traceback__ = exception.__traceback__
            withheld.__cause__ = exception.__cause__
            withheld.__context__ = exception.__context__
            withheld.__suppress_context__ = exception.__suppress_context__
            exception = withheld
        super().to_failure(exception, payload_converter, failure)


DATA_CONVERTER: DataConverter = dataclasses.replace(
    pydantic_data_converter, failure_converter_class=PrivateFailureConverter
)


class EncryptedFailureConverter(PrivateFailureConverter):
    """Leaves messages and stack traces of failures to the codec, too."""

    def __init__(self) -> None:
        super().__init__(encode_common_attributes=True)


def data_converter(settings: ClientSettings) -> DataConverter:
    """How payloads are written and read: encrypted where the settings have keys."""
    if settings.payload_keys is None:
        return DATA_CONVERTER
    codec = EncryptingCodec(read_keys(settings.payload_keys.get_secret_value()))
    return dataclasses.replace(DATA_CONVERTER, payload_codec=codec, failure_converter_class=EncryptedFailureConverter)


async def connect(
    settings: ClientSettings, *, runtime: Runtime | None = None, plugins: Sequence[Plugin] = ()
) -> Client:
    """Connect to the namespace of the settings.

    `runtime` and `plugins` come from `start_telemetry`. Raises TemporalNotReady when there is no such server.
    """
    outlast_core_threads()
    api_key = settings.temporal_api_key.get_secret_value() if settings.temporal_api_key else None
    try:
        return await Client.connect(
            settings.temporal_address,
            namespace=settings.temporal_namespace,
            api_key=api_key,
            tls=_tls(settings),
            data_converter=data_converter(settings),
            runtime=runtime,
            plugins=plugins,
        )
    except RuntimeError as error:
        raise TemporalNotReady(
            f"no Temporal server answers at {settings.temporal_address}: start it, or set DUNLIN_TEMPORAL_ADDRESS"
        ) from error


@cache
def outlast_core_threads() -> None:
    """Let the threads of Temporal's core leave Python before Python ends, once per process.

    The thread that delivered the last answer may still be inside Python then, and Python aborts the whole process when
    it meets one (temporalio/sdk-python issue 300): a third of short commands on a busy machine. It needs a moment.
    """
    atexit.register(time.sleep, _CORE_LEAVES_SECONDS)


async def ensure_search_attributes(
    client: Client, namespace: str, keys: Iterable[SearchAttributeKey[Any]], *, timeout_seconds: float = 60
) -> None:
    """Register the search attributes that the namespace lacks, and wait until the server knows them all.

    Raises TemporalNotReady when one is registered with another type, when the server has no room for them, or when it
    does not list them in time.
    """
    wanted = {key.name: _indexed_type(key) for key in keys}
    missing = await _missing_search_attributes(client, namespace, wanted)
    if not missing:
        return
    request = AddSearchAttributesRequest(namespace=namespace, search_attributes=missing)
    try:
        await client.operator_service.add_search_attributes(request)
    except RPCError as error:
        if error.status is not RPCStatusCode.ALREADY_EXISTS:  # another worker was faster
            raise TemporalNotReady(
                f"Temporal refused to register search attributes ({error.status.name}: {error.message}): "
                f"register {', '.join(missing)} by hand with `temporal operator search-attribute create`"
            ) from error
    async with _within(timeout_seconds, f"namespace {namespace} does not list its search attributes: {missing}"):
        while missing:
            await asyncio.sleep(_POLL_SECONDS)
            missing = await _missing_search_attributes(client, namespace, wanted)
    _log.info("search attributes registered", namespace=namespace, count=len(wanted))


async def ensure_current_deployment_version(
    client: Client, deployment_name: str, build_id: str, *, timeout_seconds: float = 60
) -> None:
    """Make a build the one that new and awaking workflows run on; call it while a worker of that build polls.

    Waits until the server has seen such a worker. Does nothing when the build is current already. Raises
    TemporalNotReady when no worker of the build shows up in time.
    """
    waiting_for = f"no worker of deployment {deployment_name}, build {build_id}, polls: start one"
    async with _within(timeout_seconds, waiting_for):
        while not await _make_current(client, deployment_name, build_id):  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(_POLL_SECONDS)


async def report_count(client: Client, report: Callable[[int], None], *, query: str, every: timedelta) -> None:
    """Report how many workflows match a visibility query, until cancelled: `report_count(client, OPEN_CASES.set, ...)`.

    A count that failed is left out and logged.
    """
    while True:
        try:
            report((await client.count_workflows(query)).count)
        except RPCError:
            _log.warning("workflows not counted", exc_info=True)
        await asyncio.sleep(every.total_seconds())


async def _make_current(client: Client, deployment_name: str, build_id: str) -> bool:
    """Whether the build is current now. False while the server does not know enough of it."""
    try:
        described = await client.workflow_service.describe_worker_deployment(
            DescribeWorkerDeploymentRequest(namespace=client.namespace, deployment_name=deployment_name)
        )
        info = described.worker_deployment_info
        if info.routing_config.current_deployment_version.build_id == build_id:
            return True
        if build_id not in {summary.deployment_version.build_id for summary in info.version_summaries}:
            return False
        await client.workflow_service.set_worker_deployment_current_version(
            SetWorkerDeploymentCurrentVersionRequest(
                namespace=client.namespace,
                deployment_name=deployment_name,
                build_id=build_id,
                conflict_token=described.conflict_token,
                identity=client.identity,
            )
        )
    except RPCError as error:
        # Not found: no worker was seen yet. Failed precondition: the build lacks a task queue that the current one
        # has, so its worker is still starting; or another worker just changed the deployment. Resource exhausted: many
        # workers start at once, and the server lets only a few ask at a time. All are seen again.
        if error.status in _NOT_YET:
            return False
        raise
    _log.info("deployment version made current", deployment=deployment_name, build_id=build_id)
    return True


async def _missing_search_attributes(
    client: Client, namespace: str, wanted: dict[str, IndexedValueType.ValueType]
) -> dict[str, IndexedValueType.ValueType]:
    listed = await client.operator_service.list_search_attributes(ListSearchAttributesRequest(namespace=namespace))
    known = dict(listed.custom_attributes)
    for name, kind in wanted.items():
        if known.get(name, kind) != kind:
            raise TemporalNotReady(
                f"search attribute {name} is registered as {IndexedValueType.Name(known[name])} and must be "
                f"{IndexedValueType.Name(kind)}: rename or remove the other one in namespace {namespace}"
            )
    return {name: kind for name, kind in wanted.items() if name not in known}


def _indexed_type(key: SearchAttributeKey[Any]) -> IndexedValueType.ValueType:
    return IndexedValueType.ValueType(int(key.indexed_value_type))


def _tls(settings: ClientSettings) -> TLSConfig | bool:
    certificate = _bytes_of(settings.temporal_tls_certificate_file)
    authorities = _bytes_of(settings.temporal_tls_ca_file)
    if certificate or authorities or settings.temporal_tls_server_name:
        return TLSConfig(
            server_root_ca_cert=authorities,
            domain=settings.temporal_tls_server_name,
            client_cert=certificate,
            client_private_key=_bytes_of(settings.temporal_tls_key_file),
        )
    return settings.temporal_tls or settings.temporal_api_key is not None


def _bytes_of(path: Path | None) -> bytes | None:
    return path.read_bytes() if path else None


@asynccontextmanager
async def _within(seconds: float, otherwise: str) -> AsyncIterator[None]:
    """A time limit whose passing says what was waited for."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise TemporalNotReady(f"after {seconds:g} s: {otherwise}") from None
