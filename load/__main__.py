"""`make load`: what a portfolio takes, on an embedded stack, and the proof that nothing of it was lost."""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from bench.servers import servers
from load.fairness import measure_fairness
from load.figures import Fairness, Life
from load.life import Plan, live
from load.progress import Progress
from load.report import tables_of
from runtime.logging import configure_logging

PARTS = ("life", "fairness")


async def _run(words: argparse.Namespace, progress: Progress) -> tuple[Life | None, list[Fairness]]:
    life = None
    if "life" in words.parts:
        async with servers() as running:
            life = await live(running, Plan(words.cases, words.waves, words.workers, words.burst), progress)
    fairness = []
    for keyed in (True, False) if "fairness" in words.parts else ():
        async with servers() as running:
            fairness.append(await measure_fairness(running, words.backlog, words.rate, progress, keyed=keyed))
    return life, fairness


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m load", description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000, help="cases in the portfolio")
    parser.add_argument("--waves", type=int, default=4, help="waves in which they wake")
    parser.add_argument("--workers", type=int, default=2, help="worker processes")
    parser.add_argument("--burst", type=int, default=1_000, help="payments at one case")
    parser.add_argument("--backlog", type=int, default=2_000, help="cases of the large lender")
    parser.add_argument("--rate", type=float, default=20.0, help="e-mails a second that the channel allows")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="what to run; all when left out")
    parser.add_argument("--report", type=Path, help="write the figures to this file too, as Markdown")
    return parser.parse_args(arguments)


def main() -> int:
    """Exit status 1 when something was lost, doubled or left hanging."""
    words = _arguments(None)
    configure_logging(level="warning", log_format="auto")
    life, fairness = asyncio.run(_run(words, Progress(Console())))
    header = (
        f"`python -m load {' '.join(sys.argv[1:])}`".replace(" `", "`")
        + f", {os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    )
    report = f"{header}\n\n{tables_of(life, fairness)}\n"
    print(report)
    if words.report:
        words.report.write_text(report, encoding="utf-8")
    return 1 if life is not None and life.faults else 0


if __name__ == "__main__":
    sys.exit(main())
