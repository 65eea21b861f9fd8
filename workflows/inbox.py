"""Messages on their way into a case: taken as they come, in order, and answered when they have been applied."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.signatures import Answer, RawMessage

BATCH_MAX = 100
"""Messages that one activity applies at once."""

MESSAGE_CHARACTERS_MAX = 16_000
"""No message of the contract comes near it, and a whole batch stays inside Temporal's limit of 2 MiB for an input."""

MESSAGE_DEPTH_MAX = 20
"""A sender could otherwise nest so deep that the workflow can just read it, and the activity that judges it cannot."""


class Inbox:
    """First in, first out. Nothing is checked here: the activity judges, so that the rules can change under a case."""

    def __init__(self) -> None:
        self._waiting: list[tuple[int, RawMessage]] = []
        self._received = 0
        self._awaited: set[int] = set()
        self._answers: dict[int, Answer] = {}

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def put(self, kind: str, payload: Any) -> int:
        """Take a message in and return its ticket."""
        self._received += 1
        payload = payload if _is_bounded(payload) else None
        self._waiting.append((self._received, RawMessage(kind=kind, payload=payload)))
        return self._received

    async def answer_to(self, kind: str, payload: Any) -> Answer:
        """Take a message in and wait until it has been judged. Raises ApplicationError with the code of a refusal."""
        ticket = self.put(kind, payload)
        self._awaited.add(ticket)
        await workflow.wait_condition(lambda: ticket in self._answers)
        answer = self._answers.pop(ticket)
        if answer.status == "refused":
            raise ApplicationError(answer.detail or "refused", type=answer.code or "refused", non_retryable=True)
        return answer

    def batch(self) -> list[tuple[int, RawMessage]]:
        """The oldest messages, taken out once they are settled."""
        return self._waiting[:BATCH_MAX]

    def settle(self, batch: Sequence[tuple[int, RawMessage]], answers: Sequence[Answer]) -> None:
        """Hand the answers to whoever waits for them, and forget the messages."""
        del self._waiting[: len(batch)]
        for (ticket, _), answer in zip(batch, answers, strict=True):
            if ticket in self._awaited:
                self._awaited.discard(ticket)
                self._answers[ticket] = answer


def _is_bounded(payload: Any) -> bool:
    """Whether a message is of a size that can be judged. One that is not is passed on without content, and refused."""
    return _depth(payload) <= MESSAGE_DEPTH_MAX and len(json.dumps(payload)) <= MESSAGE_CHARACTERS_MAX


def _depth(payload: Any) -> int:
    """How deep lists and objects lie in each other, counted as far as it matters."""
    level, depth = [payload], 0
    while level and depth <= MESSAGE_DEPTH_MAX:
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        depth += 1
    return depth
