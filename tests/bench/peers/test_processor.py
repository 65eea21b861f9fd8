"""A day's cost is a window's, and a job's, made as long and as often as a day has them."""

from __future__ import annotations

from bench.peers.processor import day_seconds


def test_a_day_is_the_background_of_all_its_windows_and_each_run_of_the_job() -> None:
    assert day_seconds(background=0.5, window_seconds=30, job=0.2, jobs_per_day=1440) == 0.5 * 2880 + 288


def test_a_system_without_a_job_costs_its_background_alone() -> None:
    assert day_seconds(background=0.0, window_seconds=30) == 0
