"""What becomes of a case that runs out of treatment."""

from __future__ import annotations

from pydantic import Field, field_validator

from domain.names import CloseReason
from domain.value import Value

ENDS = (CloseReason.CHARGED_OFF, CloseReason.RETURNED_TO_LENDER)
"""What a policy can choose. The other reasons tell what happened: only events give them."""


class End(Value):
    """What happens after the last stage: on this delinquent day a case that is not referred closes for this reason."""

    day: int = Field(ge=1, le=3000)
    close: CloseReason

    @field_validator("close")
    @classmethod
    def _chosen(cls, close: CloseReason) -> CloseReason:
        if close not in ENDS:
            raise ValueError(f"{close} says what happened to a case: name one of {', '.join(ENDS)}")
        return close
