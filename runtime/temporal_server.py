"""The real Temporal server as one process on one file: how it is started, and when it is up."""

from __future__ import annotations

import sysconfig
from pathlib import Path

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError

from runtime.processes import StackError, answers
from runtime.temporal import outlast_core_threads

_OPTIONS = (
    "matching.enableFairness=true",
    "frontend.WorkflowPauseEnabled=true",
    'history.timerProcessorMaxTimeShift="10ms"',
    "history.timerProcessorMaxPollRPS=1000",
)
"""What is off by default. Timers would fire on a grid of a second, a whole day where business time runs that fast; and
on a finer grid with the default of 20 polls a second still 150 ms late, against 10 ms with more (medians, measured).

`matching.autoEnableV2` stays off: fairness works without it, and of the first tasks of a queue it lost 7 in 100 until
their timeout (measured with server 1.32.0)."""


def temporal_command(file: Path, *, port: int, ui_port: int) -> list[str]:
    """The words that start the server on its database file. What it had said yes to is in the file when it is killed.

    Raises StackError when it is not installed.
    """
    binary = Path(sysconfig.get_path("scripts")) / "temporal"
    if not binary.exists():
        raise StackError(f"{binary} is missing: install the dependency group `embedded`")
    command = [str(binary), "server", "start-dev", "--ip", "127.0.0.1", "--log-level", "warn"]
    command += ["--port", str(port), "--ui-port", str(ui_port), "--ui-disable-news-fetch", "--db-filename", str(file)]
    for pragma in ("journal_mode=wal", "synchronous=0"):
        command += ["--sqlite-pragma", pragma]
    for value in _OPTIONS:
        command += ["--dynamic-config-value", value]
    return command


async def temporal_answers(*, port: int, ui_port: int) -> bool:
    """Whether the server is up, its UI and its namespace too."""
    for each in (port, ui_port):
        if not await answers(each, say=b"", expect=b""):
            return False
    outlast_core_threads()
    try:
        client = await Client.connect(f"127.0.0.1:{port}")
        await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace="default"))
    except (RuntimeError, RPCError):  # what the SDK raises while the server is not up yet
        return False
    return True
