"""What a person asked for about when and where they are contacted."""

from __future__ import annotations

from datetime import time
from typing import Self

from pydantic import field_validator, model_validator

from domain.value import Value


class InconvenientTime(Value):
    """Local times in `[start, end)` of every day at which the person asked not to be contacted. Midnight ends a day."""

    start: time
    end: time

    @field_validator("start", "end")
    @classmethod
    def _is_a_whole_minute(cls, clock: time) -> time:
        if clock.second or clock.microsecond or clock.tzinfo is not None:
            raise ValueError("must be a local time in whole minutes, such as 17:30")
        return clock

    @model_validator(mode="after")
    def _starts_before_it_ends(self) -> Self:
        if self.start >= self.end and not self.ends_with_the_day:
            raise ValueError("must start before it ends on the same day; write a time across midnight as two")
        return self

    @property
    def ends_with_the_day(self) -> bool:
        return self.end == time(0)

    def covers(self, clock: time) -> bool:
        return self.start <= clock and (clock < self.end or self.ends_with_the_day)
