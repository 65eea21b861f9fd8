"""The figures of a load run are what their names say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bench.mails import Mail
from load.fairness import rate_of
from load.figures import Fairness, Latency, Queue
from load.report import tables_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def mails(instants_seconds: list[float]) -> list[Mail]:
    return [Mail("a", NOON + timedelta(seconds=seconds), "") for seconds in instants_seconds]


def test_percentiles_are_values_that_were_measured() -> None:
    latency = Latency.of([float(number) for number in range(1, 201)])

    assert (latency.count, latency.median, latency.p99, latency.longest) == (200, 100.0, 198.0, 200.0)


def test_one_value_is_every_percentile() -> None:
    assert Latency.of([3.0]) == Latency(1, 3.0, 3.0, 3.0)


def test_a_rate_is_taken_while_the_backlog_is_full() -> None:
    start = [0.0] * 10
    steady = [0.5 * number for number in range(1, 71)]
    tail = [100.0 + number for number in range(20)]

    assert rate_of(mails(start + steady + tail)) == pytest.approx(2.0)


@pytest.mark.parametrize(("measured", "missed"), [(20.9, False), (19.1, False), (21.1, True), (18.0, True)])
def test_a_rate_more_than_five_percent_off_is_marked(measured: float, missed: bool) -> None:
    latency = Latency.of([1.0])
    queue = Queue(100, latency, latency)
    report = tables_of(None, [Fairness(True, queue, queue, 20.0, measured)])

    assert ("wanted: within 5%" in report) is missed
