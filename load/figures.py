"""What a load run measures."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.storage import Table


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds, over so many of them."""

    count: int
    median: float
    p99: float
    longest: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Latency:
        """The percentiles of at least one value, by the nearest rank."""
        in_order = sorted(seconds)
        return cls(len(in_order), _rank(in_order, 0.5), _rank(in_order, 0.99), in_order[-1])


def _rank(in_order: Sequence[float], share: float) -> float:
    return in_order[max(0, math.ceil(share * len(in_order)) - 1)]


@dataclass(frozen=True, slots=True)
class Wave:
    """Cases that woke at once: how many were contacted in how many seconds after the first was due."""

    cases: int
    seconds: float

    @property
    def contacts_per_second(self) -> float:
        return self.cases / self.seconds


@dataclass(frozen=True, slots=True)
class Idle:
    """What the portfolio costs while nothing is due, watched for some seconds of real time.

    `processor_seconds` by server or worker; `before` without any case, over the same time.
    """

    watched_seconds: float
    cases: int
    before: Mapping[str, float]
    asleep: Mapping[str, float]
    events: int
    transactions: int


@dataclass(frozen=True, slots=True)
class Life:
    """One portfolio's load run. `faults` say what was lost, doubled or left hanging: there must be none."""

    cases: int
    workers: int
    opened_per_second: float
    asleep_per_second: float
    temporal_bytes_per_case: float
    tables_asleep: Mapping[str, Table]
    tables_closed: Mapping[str, Table]
    idle: Idle
    waves: tuple[Wave, ...]
    calm: Latency
    flood: Latency
    flood_sent_seconds: float
    flood_seconds: float
    burst_signals: int
    burst_sent_seconds: float
    burst_seconds: float
    closed: int
    waiting: int
    mails: int
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Queue:
    """How long a small lender's accounts waited behind a large lender's backlog, in seconds."""

    backlog: int
    small: Latency
    large: Latency


@dataclass(frozen=True, slots=True)
class Fairness:
    """The same backlog with or without fairness keys: at the opening, and at a channel with a rate limit."""

    keyed: bool
    opening: Queue
    contacts: Queue
    rate_limit: float
    rate_measured: float

    @property
    def rate_deviation(self) -> float:
        """How far the rate at the sink is from the limit: 0.05 is 5% above it."""
        return self.rate_measured / self.rate_limit - 1
