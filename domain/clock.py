"""Business time: an affine function of real time, so that a demonstration can live months in minutes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Self

from pydantic import AwareDatetime, Field, model_validator

from domain.value import Value


class Clock(Value):
    """business = anchor + (real - anchor) * factor. Factor 1 is production, where both are the same."""

    factor: int = Field(default=1, ge=1, le=10_000_000)
    anchor: AwareDatetime | None = Field(default=None, description="The instant at which real and business time agree.")

    @model_validator(mode="after")
    def _anchored_when_faster(self) -> Self:
        if self.factor > 1 and self.anchor is None:
            raise ValueError("a clock with a factor needs an anchor, the instant at which both times agree")
        return self

    def business(self, real: datetime) -> datetime:
        """The business instant at a real instant, both aware."""
        if self.factor == 1 or self.anchor is None:
            return real
        return _in_utc(self.anchor) + (_in_utc(real) - _in_utc(self.anchor)) * self.factor

    def real_delay(self, business_from: datetime, business_until: datetime) -> timedelta:
        """How long to wait in real time from one business instant to a later one; zero when it has passed.

        Rounded up to the microsecond, so that who wakes after it finds the later instant reached.
        """
        behind = _in_utc(business_from) - _in_utc(business_until)
        return max(timedelta(0), -(behind // self.factor))


def _in_utc(instant: datetime) -> datetime:
    """Between two datetimes of one zone Python subtracts wall clocks, an hour wrong across a clock change."""
    if instant.utcoffset() is None:
        raise ValueError("an instant needs a UTC offset")
    return instant.astimezone(UTC)


PRODUCTION_CLOCK = Clock()
