"""Every message of the contract as a signal and as an update, by its name: what is added there is heard at once.

The handlers belong to the class. Set in each case, as closures with definitions of their own, they took more memory of
a cached case than everything else in it, and a third of the time that a replay takes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Protocol, TypeVar

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from workflows.inputs import MessageResult

with workflow.unsafe.imports_passed_through():
    from domain.accept import parse_message
    from domain.refusals import Refusal


class Hearer(Protocol):
    """A workflow that messages come to."""

    def hear(self, kind: str, payload: Any) -> None: ...

    async def answer(self, kind: str, payload: Any) -> MessageResult: ...


H = TypeVar("H", bound=Hearer)


def hears(kinds: Iterable[str]) -> Callable[[type[H]], type[H]]:
    """A class decorator, to stand below `workflow.defn`: give the workflow a signal and an update for each kind."""

    def add(workflow_class: type[H]) -> type[H]:
        for kind in kinds:
            setattr(workflow_class, f"signal_{kind}", workflow.signal(name=kind)(_signal_of(kind)))
            update = workflow.update(name=kind)(_update_of(kind))
            update.validator(_validator_of(kind))
            setattr(workflow_class, f"update_{kind}", update)
        return workflow_class

    return add


def _signal_of(kind: str) -> Callable[..., None]:
    def receive(self: Hearer, payload: Any = None, *surplus: Any) -> None:
        self.hear(kind, payload)

    return receive


def _update_of(kind: str) -> Callable[..., Awaitable[MessageResult]]:
    async def receive(self: Hearer, payload: Any = None, *surplus: Any) -> MessageResult:
        return await self.answer(kind, payload)

    return receive


def _validator_of(kind: str) -> Callable[..., None]:
    """Refuse what can never be right before it enters history."""

    def validate(self: Hearer, payload: Any = None, *surplus: Any) -> None:
        parsed = parse_message(kind, payload)
        if isinstance(parsed, Refusal):
            raise ApplicationError(parsed.detail, type=parsed.code, non_retryable=True)

    return validate
