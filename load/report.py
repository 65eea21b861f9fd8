"""A load run's figures as Markdown, for a terminal and for docs/load.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from load.figures import Fairness, Latency, Life

_RATE_TOLERANCE = 0.05


def tables_of(life: Life | None, fairness: Sequence[Fairness]) -> str:
    """Everything that was measured, in words that need no other page."""
    parts: list[str] = []
    if life is not None:
        parts += [_life(life), _payments(life), _storage(life), _idle(life)]
    if fairness:
        parts += [_rate_limit(fairness), _fairness(fairness)]
    return "\n\n".join(parts)


def _life(life: Life) -> str:
    rows = [
        (
            f"{life.cases:,} cases opened while {life.workers} workers work",
            f"{life.opened_per_second:.0f} a second",
        ),
        ("... and fallen asleep", f"{life.asleep_per_second:.0f} a second"),
        *(
            (
                f"wave {number}: {wave.cases:,} cases wake in one second",
                f"{wave.contacts_per_second:.0f} contacts a second, the last mail after {wave.seconds:.0f} s",
            )
            for number, wave in enumerate(life.waves, start=1)
        ),
        ("cases closed, and cases waiting for a stated instant", f"{life.closed:,} and {life.waiting:,}"),
        ("mails in the sink", f"{life.mails:,}"),
        ("lost, doubled, late, hanging", "; ".join(life.faults) or "nothing"),
    ]
    return _table(("the portfolio", "measured"), rows)


def _payments(life: Life) -> str:
    rows = [
        _latency_row(f"{life.calm.count} payments, one after the other", life.calm),
        _latency_row(
            f"{life.flood.count:,} payments, one a case, all sent within {life.flood_sent_seconds:.0f} s", life.flood
        ),
    ]
    table = _table(("from the call to the closed workflow", "median", "99th percentile", "longest"), rows)
    rate = life.flood.count / life.flood_seconds
    burst = f"{life.burst_signals:,} payments at one case were sent in {life.burst_sent_seconds:.1f} s"
    return (
        f"{table}\n\nThe flood was worked off at {rate:.0f} cases a second: a payment applied, a receipt mailed, the "
        f"case closed. {burst}, and all applied, each once, {life.burst_seconds:.1f} s after the first."
    )


def _latency_row(what: str, latency: Latency) -> tuple[str, ...]:
    return (what, *(f"{seconds:.2f} s" for seconds in (latency.median, latency.p99, latency.longest)))


def _storage(life: Life) -> str:
    used = [name for name, table in life.tables_closed.items() if table.rows > 1 and name != "alembic_version"]
    rows = [
        (
            name,
            *(
                number
                for tables in (life.tables_asleep, life.tables_closed)
                for number in (f"{tables[name].rows / life.cases:.2f}", f"{tables[name].bytes / life.cases:,.0f}")
            ),
        )
        for name in used
    ]
    sums = [
        number
        for tables in (life.tables_asleep, life.tables_closed)
        for number in (
            f"{sum(tables[name].rows for name in used) / life.cases:.1f}",
            f"{sum(tables[name].bytes for name in used) / life.cases:,.0f}",
        )
    ]
    head = ("a case in Postgres", "rows asleep", "bytes", "rows when closed", "bytes")
    return (
        f"A sleeping case takes {life.temporal_bytes_per_case:,.0f} bytes of Temporal's database (SQLite).\n\n"
        f"{_table(head, [*rows, ('together', *sums)])}"
    )


def _idle(life: Life) -> str:
    idle = life.idle
    rows = [
        (name, f"{idle.before.get(name, 0.0) / idle.watched_seconds:.2%}", f"{used / idle.watched_seconds:.2%}")
        for name, used in idle.asleep.items()
    ]
    return (
        f"{_table(('of one core while nothing is due', 'no case', f'{idle.cases:,} asleep'), rows)}\n\n"
        f"Watched for {idle.watched_seconds:.0f} s, as many days of the cases' lives: {idle.events} lines were "
        f"journaled, and Postgres ended {idle.transactions} transactions, its own autovacuum's among them."
    )


def _rate_limit(fairness: Sequence[Fairness]) -> str:
    rows = [
        (
            _keys(run),
            f"{run.contacts.backlog:,}",
            f"{run.rate_limit:g}",
            f"{run.rate_measured:.2f}",
            f"{run.rate_deviation:+.1%}{'' if abs(run.rate_deviation) <= _RATE_TOLERANCE else ' (wanted: within 5%)'}",
        )
        for run in fairness
    ]
    return _table(("e-mails under a rate limit", "backlog", "a second allowed", "at the sink", "off by"), rows)


def _fairness(fairness: Sequence[Fairness]) -> str:
    rows = [
        (
            f"{what} behind {queue.backlog:,}, {_keys(run)}",
            f"{queue.small.median:.1f} s",
            f"{queue.small.longest:.1f} s",
            f"{queue.large.longest:.1f} s",
        )
        for run in fairness
        for what, queue in (("opening", run.opening), ("contact", run.contacts))
    ]
    head = ("a small lender's ten accounts", "wait, median", "longest", "the large lender's last")
    return _table(head, rows)


def _keys(run: Fairness) -> str:
    return "with fairness keys" if run.keyed else "without"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
