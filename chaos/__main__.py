"""`make chaos`: break everything on purpose, at instants from a seed, and prove afterwards that nothing was harmed."""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
from collections import Counter
from pathlib import Path
from tempfile import mkdtemp

from rich.console import Console
from rich.table import Table

from chaos.plan import FaultKind
from chaos.run import Result, Size, run
from runtime.logging import configure_logging


def _faults(made: Counter[FaultKind], planned: Counter[FaultKind]) -> Table:
    table = Table("fault", "made", "planned", title="Faults")
    for kind in FaultKind:
        table.add_row(kind, str(made[kind]), str(planned[kind]))
    table.add_section()
    table.add_row("all", str(made.total()), str(planned.total()))
    return table


def _proofs(result: Result) -> Table:
    table = Table("claim", "looked at", "", title="Proved, from the logs of the sinks and the senders")
    for proof in result.proofs:
        table.add_row(proof.claim, proof.looked_at, "[red]WRONG[/]" if proof.wrong else "holds")
    return table


def _tell(console: Console, result: Result) -> None:
    console.print(_faults(result.made, result.planned), _proofs(result))
    console.print(
        f"{result.cases} cases over {result.business_days:.1f} business days in {result.seconds:.0f} s; "
        f"{result.sends} calls of senders for {result.messages} messages; "
        f"workers that ended by themselves and were started again: {result.workers_ended_by_themselves}"
    )
    for proof in result.proofs:
        for wrong in proof.wrong:
            console.print(f"{proof.claim}: {wrong}", style="red", markup=False)


def main() -> int:
    """Exit status 1 when something is wrong; the logs are kept then."""
    words = _arguments()
    configure_logging(level="error", log_format="auto")
    console = Console()
    size = Size.of(words.faults, words.cases, words.seconds_per_day)
    command = f"python -m chaos --seed {words.seed} --faults {size.faults} --cases {size.cases}"
    console.print(f"{command} --seconds-per-day {size.seconds_per_day:g}")
    folder = Path(mkdtemp(prefix="dunlin-chaos-", dir="/var/tmp"))
    result = asyncio.run(run(words.seed, size, folder))
    _tell(console, result)
    if result.is_right:
        shutil.rmtree(folder)
        return 0
    console.print(f"seed {words.seed} goes wrong; the logs are in {folder}, and the same command plans the same again")
    return 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="of faults and deeds (default 1)")
    parser.add_argument("--faults", type=int, default=620, help="how many are planned (default 620)")
    parser.add_argument("--cases", type=int, help="how many (default four for five faults, at least 40)")
    parser.add_argument("--seconds-per-day", type=float, default=40.0, help="real seconds of a business day")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
