"""Business time: an affine function of real time, so that a demonstration can live months in minutes."""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import AwareDatetime, Field

from domain.value import Value


class Clock(Value):
    """business = anchor + (real - anchor) * factor. Factor 1 is production, where both are the same."""

    factor: int = Field(default=1, ge=1, le=10_000_000)
    anchor: AwareDatetime | None = Field(default=None, description="The instant at which real and business time agree.")

    def business(self, real: datetime) -> datetime:
        """The business instant at a real instant, both aware."""
        if self.factor == 1 or self.anchor is None:
            return real
        return self.anchor + (real - self.anchor) * self.factor

    def real_delay(self, business_from: datetime, business_until: datetime) -> timedelta:
        """How long to wait in real time from one business instant to a later one; zero when it has passed."""
        return max(timedelta(0), (business_until - business_from) / self.factor)


PRODUCTION_CLOCK = Clock()
