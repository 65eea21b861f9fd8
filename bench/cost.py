"""What a case of each policy costs, and what many of them need: `python -m bench.cost`.

python -m bench.cost            # live through every policy, and print the page's figures
python -m bench.cost --write    # the same, kept in bench/measured.json and written into docs/cost.md
python -m bench.cost --page     # only write docs/cost.md anew from bench/measured.json
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.floor import FLOOR_QUEUE, FLOOR_WORKFLOW, FloorStart
from bench.lives import LifeCost, measure_lives
from bench.servers import Servers, servers
from bench.sizing import Measured, as_table
from runtime.logging import configure_logging

MEASURED = Path(__file__).with_name("measured.json")
PAGE = Path(__file__).parents[1] / "docs" / "cost.md"
SIZED_BY = "uk-personal-loan"
PORTFOLIOS = (1_000_000, 100_000_000)

_BLOCK = re.compile(r"(<!-- figures by `python -m bench.cost` -->\n).*?(<!-- end of figures -->)", re.DOTALL)
_FLOOR_STEPS = 10


async def _floor(running: Servers) -> dict[str, int]:
    """History events and bytes of the floor's workflow with some steps, and with none."""
    await running.start_floor()
    begins = datetime.now(UTC) + timedelta(seconds=2)
    instants = tuple(begins + timedelta(seconds=number) for number in range(_FLOOR_STEPS))
    handle = await running.temporal.start_workflow(
        FLOOR_WORKFLOW, FloorStart(instants=instants), id="floor-cost", task_queue=FLOOR_QUEUE
    )
    await handle.result()
    info = (await handle.describe()).raw_description.workflow_execution_info
    return {"steps": _FLOOR_STEPS, "events": info.history_length, "history_bytes": info.history_size_bytes}


async def _measure(seconds_per_day: float) -> dict[str, Any]:
    async with servers() as running:
        lives = await measure_lives(running, seconds_per_day)
        floor = await _floor(running)
    return {
        "measured_on": datetime.now(UTC).date().isoformat(),
        "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}",
        "seconds_per_day": seconds_per_day,
        "floor": floor,
        "lives": [life.as_json() for life in sorted(lives, key=lambda life: (life.policy, life.paid))],
    }


def page_block(measured: dict[str, Any]) -> str:
    """What docs/cost.md says between its markers."""
    lives = [LifeCost(**life) for life in measured["lives"]]
    sized = next(life for life in lives if life.policy.startswith(SIZED_BY) and not life.paid)
    intro = (
        f"Measured on {measured['measured_on']}: {measured['machine']}, a business day in "
        f"{measured['seconds_per_day']:g} s."
    )
    tables = [intro, _lives_table(lives, measured["floor"]), _rows_table(lives)]
    return "\n\n".join(
        [*tables, "## What a portfolio needs", _basis(sized), as_table(_measured(sized, measured), PORTFOLIOS)]
    )


def _lives_table(lives: list[LifeCost], floor: dict[str, int]) -> str:
    names = ("one life", "days", "contacts", "put off", "actions", "of them", "events", "history bytes", "statements")
    lines = [f"| {' | '.join(names)} | transactions |", "|" + " --- |" * 10]
    for life in lives:
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(life.actions.items()))
        lines.append(
            f"| {life.policy}, {'paid in stage 2' if life.paid else 'unpaid'} | {life.days} | {life.contacts} | "
            f"{life.deferred} | {life.actions_total} | {kinds} | {life.events} | {life.history_bytes:,} | "
            f"{life.statements} | {life.transactions} |"
        )
    steps = floor["steps"]
    lines.append(
        f"| the floor: {steps} timers, {steps} activities that do nothing | | | | {2 * steps + 1} | {steps} activity, "
        f"1 start, {steps} timer | {floor['events']} | {floor['history_bytes']:,} | 0 | 0 |"
    )
    return "\n".join(lines)


def _rows_table(lives: list[LifeCost]) -> str:
    tables = sorted({table for life in lives for table in life.rows})
    lines = [f"| rows at the end | {' | '.join(tables)} | together | bytes |", "|" + " --- |" * (len(tables) + 3)]
    for life in lives:
        counts = " | ".join(str(life.rows.get(table, 0)) for table in tables)
        name = f"{life.policy}, {'paid' if life.paid else 'unpaid'}"
        lines.append(f"| {name} | {counts} | {sum(life.rows.values())} | {life.row_bytes:,} |")
    return "\n".join(lines)


def _basis(life: LifeCost) -> str:
    return (
        f"Computed from the unpaid life of {life.policy}, with nothing but reminders: most cases are paid long before "
        "its end. Processor times, memory and bytes on disk are those of [benchmarks](benchmarks.md) and "
        "[load](load.md); assumptions are named, with their reasons, in [bench/sizing.py](../bench/sizing.py)."
    )


def _measured(life: LifeCost, measured: dict[str, Any]) -> Measured:
    return Measured(
        policy=life.policy,
        days=life.days,
        contacts=life.contacts,
        actions=life.actions_total,
        history_bytes=life.history_bytes,
        rows=sum(life.rows.values()),
        journal_lines=life.rows["journal"],
        statements=life.statements,
        row_bytes=life.row_bytes,
        **measured["contact"],
    )


def write_page(measured: dict[str, Any]) -> None:
    """Put the figures between the markers of docs/cost.md."""
    PAGE.write_text(_with_block(PAGE.read_text(encoding="utf-8"), page_block(measured)), encoding="utf-8")


def _with_block(page: str, block: str) -> str:
    return _BLOCK.sub(lambda found: f"{found[1]}\n{block}\n\n{found[2]}", page)


def read_measured() -> dict[str, Any]:
    """What was measured last."""
    found: dict[str, Any] = json.loads(MEASURED.read_text(encoding="utf-8"))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.cost", description="What a case of each policy costs.")
    parser.add_argument("--seconds-per-day", type=float, default=2.0, help="how fast business time runs")
    parser.add_argument("--write", action="store_true", help="keep the figures, and write them into docs/cost.md")
    parser.add_argument("--page", action="store_true", help="measure nothing, write docs/cost.md anew")
    words = parser.parse_args()
    configure_logging(level="warning", log_format="auto")
    kept = read_measured()
    measured = kept if words.page else kept | asyncio.run(_measure(words.seconds_per_day))
    if words.write or words.page:
        MEASURED.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")
        write_page(measured)
    print(page_block(measured))


if __name__ == "__main__":
    main()
