"""`make bench`: all figures in one run, as ratios where the machine would decide them."""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import sys

from rich.console import Console
from rich.table import Table

from bench.costs import Line, contact_costs, measure_costs
from bench.gate import decisions_per_second
from bench.history import episodes_of
from bench.opening import OpeningRates, measure_opening
from bench.servers import Servers, servers
from bench.waves import Plan, Waves, measure_waves
from rulebook.load import Rulebook
from runtime.logging import configure_logging

CONTACT_RATIO_WANTED = 0.8
OPENING_RATIO_WANTED = 0.9
CONTACT_EVENTS_MAX = 11
GATE_PACKS = (("us-federal",), ("us-federal", "us-dc"), ("cn",), ("uk",), ("default",))


async def _measure(words: argparse.Namespace, console: Console) -> bool:
    plan = Plan(words.cases, words.herds, words.apart, words.lead)
    async with servers() as running:
        console.print("opening cases ...")
        opening = await measure_opening(running, words.cases, 2)
    async with servers() as running:
        seconds = plan.lead_seconds + plan.floor_days[-1]
        console.print(f"contacts: {plan.herds + 1} herds of {plan.cases} of each kind, about {seconds} s ...")
        waves = await measure_waves(running, plan)
        console.print("costs of one case ...")
        lines = [*await _contact_lines(running), *await measure_costs(running, plan)]
    console.print(_header(words))
    console.print(_costs(lines), _contacts(waves), _opening(opening), _gate())
    for fault in waves.faults:
        console.print(f"VOID: {fault}", style="red")
    return not waves.faults


async def _contact_lines(running: Servers) -> list[Line]:
    history = await running.temporal.get_workflow_handle("case:bench:wave-00000").fetch_history()
    return contact_costs(list(episodes_of(history.events)))


def _header(words: argparse.Namespace) -> str:
    return (
        f"python -m bench --cases {words.cases} --herds {words.herds} --apart {words.apart} --lead {words.lead}\n"
        f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()} {platform.machine()}; "
        "Temporal's development server on a file, Postgres durable"
    )


def _costs(lines: list[Line]) -> Table:
    table = Table("what", "timers", "activities", "signals", "updates", "upserts", "events", title="Cost in Temporal")
    for line in lines:
        cost = line.cost
        numbers = (cost.timers, cost.activities, cost.signals, cost.updates, cost.upserts, cost.events)
        table.add_row(line.what, *map(str, numbers))
    return table


def _contacts(waves: Waves) -> Table:
    table = Table("herd", "contacts/s", "floor/s", "ratio", "CPU ms a contact", title="Contacts against the floor")
    for full, floor in zip(waves.full, waves.floor, strict=True):
        table.add_row(
            "enters a stage" if full.enters_stage else "in a stage",
            f"{full.steps_per_second:.1f}",
            f"{floor.steps_per_second:.1f}",
            f"{full.steps_per_second / floor.steps_per_second:.2f}",
            _processor(full.processor_seconds, full.steps),
        )
    ratio = sum(herd.steps_per_second for herd in waves.full) / sum(herd.steps_per_second for herd in waves.floor)
    table.add_section()
    table.add_row(f"all (wanted: {CONTACT_RATIO_WANTED})", "", "", f"{ratio:.2f}", "")
    return table


def _processor(seconds: dict[str, float], steps: int) -> str:
    return ", ".join(f"{name} {used / steps * 1000:.1f}" for name, used in seconds.items() if used / steps > 0.0005)


def _opening(rates: OpeningRates) -> Table:
    opened = rates.opened_per_second
    table = Table("what", "a second", "opened / this", title="Opening cases")
    table.add_row("opened through the client", f"{opened:.0f}", "")
    for what, per_second, wanted in (
        ("described starts", rates.described_per_second, ""),
        ("bare starts", rates.bare_per_second, f" (wanted: {OPENING_RATIO_WANTED})"),
    ):
        table.add_row(what, f"{per_second:.0f}", f"{opened / per_second:.2f}{wanted}")
    return table


def _gate() -> Table:
    rulebook = Rulebook.load()
    table = Table("law", "decisions/s on one core", title="The gate, with a history of 30 contacts")
    for names in GATE_PACKS:
        table.add_row(" + ".join(names), f"{decisions_per_second(rulebook.packs(names), 100):,.0f}")
    return table


def main() -> int:
    """Exit status 1 when a figure is void."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--cases", type=int, default=300, help="workflows in a herd, and cases in a batch of openings")
    parser.add_argument("--herds", type=int, default=3, help="herds of each kind that are counted")
    parser.add_argument("--apart", type=int, default=15, help="seconds from one herd to the next")
    parser.add_argument("--lead", type=int, default=20, help="seconds to start all workflows in")
    configure_logging(level="warning", log_format="auto")
    return 0 if asyncio.run(_measure(parser.parse_args(), Console())) else 1


if __name__ == "__main__":
    sys.exit(main())
