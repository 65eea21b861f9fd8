"""What a policy says of the validation information that a person gets before anything else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pydantic import Field

from domain.slugs import Slug
from domain.value import Value

if TYPE_CHECKING:
    from domain.policy import Step


class Validation(Value):
    """The step that gives the validation information, for accounts that were in default when the collector got them."""

    step: Slug = Field(description="Id of the first step, which must be mandatory.")

    def faults(self, steps: Sequence[Step], shared: Sequence[str]) -> Iterator[str]:
        """What is wrong with the step. `shared` are the templates that may give way to one about several accounts."""
        first = min(steps, key=lambda step: step.day, default=None)
        if first is None or first.id != self.step or [step.day for step in steps].count(first.day) > 1:
            yield f"nothing may come before the validation information: make {self.step} the first step"
        elif not first.mandatory or first.when != type(first.when)():
            yield f"step {self.step} can be passed over: set mandatory: true there, without conditions"
        elif first.day <= 0:
            yield f"step {self.step} is on day {first.day}: it is about a debt in default, so move it to 1"
        elif first.template in shared:
            yield f"{first.template} is told of each debt by itself: drop it from consolidation.replaces"
