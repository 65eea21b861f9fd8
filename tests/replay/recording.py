"""Keeps histories of the workflows that tests have run, so that later code can be held to them.

With HISTORIES_FOLDER=FOLDER in the environment the end-to-end tests leave there each history that shows something
new: a pair of events in a row that no history kept so far has. `make histories` calls them so.
"""

from __future__ import annotations

import gzip
import json
import os
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from temporalio.client import Client, WorkflowHistory

HISTORIES = Path(__file__).parents[1] / "histories"
FOLDER_VARIABLE = "HISTORIES_FOLDER"

Step = tuple[str, str]
"""The type of an event, and the name of what it is about: an activity, a signal, an update, a workflow."""

_NAMES = ("activityType", "workflowType", "signalName", "acceptedRequest", "markerName")


class Recorder:
    """Keeps what is new. `seen` are run ids that were looked at, and pairs of steps that a kept history has."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._runs: set[str] = set()
        self._pairs: set[tuple[Step, Step]] = set()
        self._count = 0
        for path in sorted(folder.glob("*.json.gz")):
            self._pairs |= set(pairwise(steps_of(read_json(path))))
            self._count += 1

    async def keep_new(self, client: Client) -> None:
        """Look at every workflow of the server that was not looked at before."""
        async for execution in client.list_workflows():
            if execution.run_id in self._runs:
                continue
            self._runs.add(execution.run_id)
            handle = client.get_workflow_handle(execution.id, run_id=execution.run_id)
            history = (await handle.fetch_history()).to_json()
            pairs = set(pairwise(steps_of(json.loads(history))))
            if pairs - self._pairs:
                self._pairs |= pairs
                self._write(execution.workflow_type, history)

    def _write(self, workflow_type: str, history: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._count += 1
        path = self._folder / f"{self._count:03d}-{_words(workflow_type)}.json.gz"
        # No time and no name in the header: the same history is the same file.
        path.write_bytes(gzip.compress(json.dumps(json.loads(history)).encode(), mtime=0))


def recorder() -> Recorder | None:
    """The recorder that the environment asks for."""
    folder = os.environ.get(FOLDER_VARIABLE)
    return None if folder is None else Recorder(Path(folder))


def stored() -> Iterator[tuple[str, WorkflowHistory]]:
    """Every stored history of every release, with the path under which it is kept."""
    for path in sorted(HISTORIES.glob("*/*.json.gz")):
        content = read_json(path)
        start = content["events"][0]["workflowExecutionStartedEventAttributes"]
        yield str(path.relative_to(HISTORIES)), WorkflowHistory.from_json(start["workflowId"], content)


def read_json(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(gzip.decompress(path.read_bytes()))
    return content


def steps_of(history: dict[str, Any]) -> list[Step]:
    """What happened in a history, in order."""
    return [_step(event) for event in history["events"]]


def _step(event: dict[str, Any]) -> Step:
    attributes: dict[str, Any] = next((value for key, value in event.items() if key.endswith("Attributes")), {})
    for name in _NAMES:
        value = attributes.get(name)
        if isinstance(value, str):
            return event["eventType"], value
        if isinstance(value, dict):
            return event["eventType"], str(value.get("name") or value.get("input", {}).get("name"))
    return event["eventType"], ""


def _words(workflow_type: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", workflow_type).lower()
