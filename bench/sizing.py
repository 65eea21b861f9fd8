"""What a portfolio needs, computed from what one case was measured to take. Every line shows its arithmetic.

What is measured comes in as `Measured`. What is assumed is named here, with the reason: other assumptions, other needs.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

WINDOW_HOURS = 10
"""Hours of a day in which the policies make contacts: 9:00 to 19:00, and the jitter spreads over all of it."""

WORKING_DAYS_SHARE = 5 / 7
"""Law and policies leave out Sundays or weekends for some channels: sized as if all contacts fell on five days."""

LOAD_MAX = 0.6
"""How busy a processor may be at the peak: the rest is for payments, restarts and waves that nobody planned."""

SHARD_WRITES_PER_SECOND = 20
"""Writes that one history shard does at ease: one after another, some 5 ms each, and idle nine tenths of the
time so that timers fire when they are due."""

WRITES_PER_CONTACT = 7
"""Writes of a mutable state and its events: timer fired, workflow task started and completed, activity started and
completed, workflow task started and completed."""

PARTITION_ROWS_MAX = 50_000_000
"""Journal lines in one partition, so that its indexes fit into memory and a vacuum ends within the night."""

INDEX_FACTOR = 2
"""Indexes, and the room that updated rows leave, take about as much again as the rows: see docs/load.md."""

RETENTION_YEARS = 6
"""How long closed cases stay in Postgres, as limitation periods ask for."""

STAMPEDE_SECONDS = 60
"""Without jitter everything would be due at 9:00; a server and a provider that are to clear it within this time."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One unpaid life, and the processor time of a contact, all measured. Milliseconds are of one core."""

    policy: str
    days: int
    contacts: int
    actions: int
    history_bytes: int
    rows: int
    journal_lines: int
    statements: int
    row_bytes: int
    server_ms: float
    worker_ms: float
    postgres_ms: float
    sleeping_bytes: int


@dataclass(frozen=True, slots=True)
class Need:
    """What is needed of something: the number in words, and how it comes about."""

    what: str
    needed: str
    because: str


def needs(measured: Measured, cases: int) -> list[Need]:
    """Everything that so many open cases need, replaced by new ones as they end."""
    daily = cases * measured.contacts / measured.days / WORKING_DAYS_SHARE
    peak = daily / (WINDOW_HOURS * 3600)
    stampede = daily / STAMPEDE_SECONDS
    life = f"{measured.contacts} contacts in {measured.days} days"
    return [
        Need(
            "contacts on a working day",
            _round(daily),
            f"{cases:,} cases x {life} / {WORKING_DAYS_SHARE:.2f} (five days of seven)",
        ),
        Need("contacts a second, with jitter", _round(peak), f"{_round(daily)} / {WINDOW_HOURS} h"),
        Need(
            "contacts a second, without",
            _round(stampede),
            f"{_round(daily)} all due at 9:00, cleared in {STAMPEDE_SECONDS} s: {stampede / peak:.0f} times as many",
        ),
        *_temporal(measured, cases, peak, stampede),
        *_processors(measured, peak),
        *_postgres(measured, cases, peak),
        Need(
            "providers",
            f"{_round(peak)} messages a second",
            "with jitter, over all channels; each channel's rate limit goes below its provider's, and beyond it cases "
            "wait in the channel's queue",
        ),
    ]


def _temporal(measured: Measured, cases: int, peak: float, stampede: float) -> list[Need]:
    writes = peak * WRITES_PER_CONTACT
    shards = _power_of_two(writes / SHARD_WRITES_PER_SECOND)
    without = _power_of_two(stampede * WRITES_PER_CONTACT / SHARD_WRITES_PER_SECOND)
    monthly = cases * measured.actions / measured.days * 30
    return [
        Need(
            "actions a month",
            _round(monthly),
            f"{cases:,} x {measured.actions} actions / {measured.days} days x 30; what people do comes on top",
        ),
        Need(
            "history shards",
            f"{max(512, shards):,}",
            f"{_round(peak)} x {WRITES_PER_CONTACT} writes / {SHARD_WRITES_PER_SECOND} a shard, as a power of two, and "
            f"at least 512, for the number can never be changed; without jitter {without:,}",
        ),
        Need(
            "Temporal's store",
            _bytes(cases * measured.sleeping_bytes),
            f"{cases:,} x {measured.sleeping_bytes:,} bytes asleep (on SQLite: others by their order)",
        ),
    ]


def _processors(measured: Measured, peak: float) -> list[Need]:
    needs = []
    for what, milliseconds in (
        ("cores of Temporal's server", measured.server_ms),
        ("cores of workers", measured.worker_ms),
        ("cores of Postgres", measured.postgres_ms),
    ):
        cores = peak * milliseconds / 1000 / LOAD_MAX
        arithmetic = f"{_round(peak)} x {milliseconds:g} ms / {LOAD_MAX} busy"
        needs.append(Need(what, f"{max(1, math.ceil(cores)):,}", arithmetic))
    return needs


def _postgres(measured: Measured, cases: int, peak: float) -> list[Need]:
    kept = cases * (1 + RETENTION_YEARS * 365 / measured.days)
    lines = kept * measured.journal_lines
    return [
        Need(
            "statements a second in Postgres",
            _round(peak * measured.statements / measured.contacts),
            f"{_round(peak)} x {measured.statements} statements / {measured.contacts} contacts of a life",
        ),
        Need(
            "cases kept",
            _round(kept),
            f"{cases:,} open, and {RETENTION_YEARS} years of closed ones that lived {measured.days} days each",
        ),
        Need(
            "Postgres' disk",
            _bytes(kept * measured.row_bytes * INDEX_FACTOR),
            f"{_round(kept)} x {measured.row_bytes:,} bytes of rows x {INDEX_FACTOR} for indexes",
        ),
        Need(
            "partitions of the journal",
            f"{max(1, math.ceil(lines / PARTITION_ROWS_MAX)):,}",
            f"{_round(kept)} x {measured.journal_lines} lines / {PARTITION_ROWS_MAX:,}; the largest table of them",
        ),
    ]


def as_table(measured: Measured, counts: Iterable[int]) -> str:
    """The needs of several portfolios as Markdown, each portfolio under a heading."""
    parts = []
    for cases in counts:
        lines = ["| what | needed | because |", "| --- | --- | --- |"]
        lines += [f"| {need.what} | {need.needed} | {need.because} |" for need in needs(measured, cases)]
        parts.append(f"### {cases:,} open cases\n\n" + "\n".join(lines))
    return "\n\n".join(parts)


def _power_of_two(number: float) -> int:
    return 1 << max(0, math.ceil(math.log2(max(1.0, number))))


def _round(number: float) -> str:
    """Three significant digits: none of this is known better."""
    if number <= 0:
        return "0"
    digits = 2 - math.floor(math.log10(number))
    return f"{round(number, digits):,.{max(0, digits)}f}"


def _bytes(number: float) -> str:
    for unit in ("bytes", "kB", "MB", "GB"):
        if number < 1000:
            return f"{number:.0f} {unit}"
        number /= 1000
    return f"{_round(number)} TB"
