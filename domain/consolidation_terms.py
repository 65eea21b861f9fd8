"""What a policy says of telling a person about several accounts at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pydantic import Field

from domain.slugs import Slug
from domain.value import Value

if TYPE_CHECKING:
    from domain.policy import Step

CONSOLIDATION_HOURS_MAX = 72
"""No contact is brought forward by more, whatever a policy says: a bound for looking up what may come along."""


class Consolidation(Value):
    """One message instead of several, when reminders of a person's accounts with one lender fall close together."""

    within_hours: int = Field(
        ge=1,
        le=CONSOLIDATION_HOURS_MAX,
        description="A contact by the same channel that is planned up to so many hours later comes along at once.",
    )
    template: Slug = Field(description="The message that names each account. Its occasion is `several`.")
    replaces: tuple[Slug, ...] = Field(
        min_length=1,
        description="Templates in whose place it may be sent. A text that matters by itself, as a demand, isn't named.",
    )

    def faults(self, steps: Sequence[Step], notice: str | None) -> Iterator[tuple[int, str]]:
        """What is wrong with the templates that it replaces, by their place in the list.

        `notice` is the step that announces a referral, if there is one.
        """
        for number, template in enumerate(self.replaces):
            saying = [step for step in steps if step.template == template]
            if not saying:
                yield number, f"no step has the template {template}: name one that a step has, or drop it"
            for step in saying:
                if step.day <= 0:
                    text = (
                        f"step {step.id} says {template} on day {step.day}: only what is overdue may be told together"
                    )
                    yield number, text
                if step.id == notice:
                    yield number, f"step {step.id} gives notice of the referral in its own words: drop {template}"
