"""`make bench-peers`: Dunlin beside what people use instead, one after the other on this machine, as one table."""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.peers.dunlin import Dunlin, dunlin
from bench.peers.faults import Survival, measure_survival
from bench.peers.first_mail import save_reminder
from bench.peers.ground import ground
from bench.peers.idle import Idle, idle_asleep, idle_cron, idle_delayed, idle_dunlin, idle_tryton
from bench.peers.names import ENVIRONMENT
from bench.peers.rate import Rate, measure_rate
from bench.peers.systems import Cron, Dbos, System, Tryton
from bench.peers.versions import versions
from runtime.logging import configure_logging


@dataclass(frozen=True, slots=True)
class Row:
    """One system's figures; None where a figure is another row's too."""

    name: str
    rate: Rate | None
    idle: Idle | None
    survival: Survival


@dataclass(frozen=True, slots=True)
class Comparison:
    """How much of everything, and where what is passing is kept."""

    words: argparse.Namespace
    folder: Path
    console: Console

    @property
    def reminder(self) -> Path:
        return self.folder / "reminder.json"

    async def dunlin(self) -> Row:
        """Each on a new stack; the first mail of the first is what the peers send."""
        async with dunlin() as system:
            rate = await self._rate(system)
            save_reminder(self._folder(system, "rate") / "mail", self.reminder)
        async with dunlin() as system:
            survival = await self._survival(system)
        async with dunlin() as system:
            idle = await self._idle(system, idle_dunlin, self.words.asleep)
        return Row(Dunlin.name, rate, idle, survival)

    async def cron(self) -> list[Row]:
        """One table for both; they differ in what they do after a crash."""
        async with ground() as own:
            careful, eager = Cron(own, tries_again=False), Cron(own, tries_again=True)
            rate, survival = await self._rate(careful), await self._survival(careful)
            idle = await self._idle(careful, idle_cron, self.words.accounts)
            first = Row(careful.name, rate, idle, survival)
            return [first, Row(eager.name, None, None, await self._survival(eager))]

    async def dbos(self) -> list[Row]:
        """Both ways to wait."""
        async with ground() as own:
            asleep, delayed = Dbos(own, "sleep"), Dbos(own, "delay")
            rows = [
                Row(asleep.name, await self._rate(asleep), None, await self._survival(asleep)),
                Row(delayed.name, await self._rate(delayed), None, await self._survival(delayed)),
            ]
            idles = (
                await self._idle(asleep, idle_asleep, self.words.asleep),
                await self._idle(delayed, idle_delayed, self.words.accounts),
            )
            return [Row(row.name, row.rate, idle, row.survival) for row, idle in zip(rows, idles, strict=True)]

    async def tryton(self) -> Row:
        """One set of books, copied for each figure."""
        async with ground() as own:
            system = Tryton(own)
            self.console.print(f"{system.name}: setting up the books ...")
            await system.set_up(self.reminder)
            rate, survival = await self._rate(system), await self._survival(system)
            idle = await self._idle(system, idle_tryton, self.words.customers)
            return Row(system.name, rate, idle, survival)

    async def _rate(self, system: System) -> Rate:
        self.console.print(f"{system.name}: {self.words.contacts} contacts ...")
        rate = await measure_rate(system, self.words.contacts, self._folder(system, "rate"), self.reminder)
        self.console.print(f"  {rate.per_second:.0f} a second, {rate.others_cores:.1f} cores busy elsewhere")
        return rate

    async def _survival(self, system: System) -> Survival:
        self.console.print(f"{system.name}: {self.words.killed} contacts, and kills ...")
        found = await measure_survival(system, self.words.killed, self._folder(system, "kills"), self.reminder)
        self.console.print(f"  {found.kills} kills: {found.tally.missing} lost, {found.tally.doubled} doubled")
        return found

    async def _idle(
        self, system: Any, measure: Callable[[Any, int, int, Path, Path], Awaitable[Idle]], accounts: int
    ) -> Idle:
        self.console.print(f"{system.name}: {accounts} accounts with nothing due ...")
        idle = await measure(system, accounts, self.words.window, self._folder(system, "idle"), self.reminder)
        self.console.print(f"  {idle.processor_seconds:,.0f} s of processor a day; {idle.how}")
        return idle

    def _folder(self, system: System, what: str) -> Path:
        return self.folder / f"{system.name}-{what}".replace(" ", "-")


async def compare(words: argparse.Namespace, console: Console) -> bool:
    """Measure what is wanted, and print it. False when a figure is void."""
    with TemporaryDirectory(prefix="dunlin-peers-", dir="/var/tmp") as folder:
        comparison = Comparison(words, Path(folder), console)
        rows = [await comparison.dunlin()]
        if "cron" in words.peers:
            rows += await comparison.cron()
        if "dbos" in words.peers:
            rows += await comparison.dbos()
        if "tryton" in words.peers:
            rows.append(await comparison.tryton())
    console.print(_header(words))
    console.print(_table(rows))
    for row in rows:
        if row.idle is not None:
            console.print(f"{row.name}: {row.idle.accounts:,} accounts asleep, {row.idle.how}")
    faults = [f"{row.name}: {row.rate.fault}" for row in rows if row.rate is not None and row.rate.fault is not None]
    for fault in faults:
        console.print(f"VOID: {fault}", style="red")
    return not faults


def _header(words: argparse.Namespace) -> str:
    load = os.getloadavg()[2]
    return (
        f"python -m bench.peers --contacts {words.contacts} --killed {words.killed} --accounts {words.accounts}"
        f" --asleep {words.asleep} --window {words.window}\n"
        f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()} {platform.machine()},"
        f" load of the last quarter of an hour {load:.1f}; {versions()}"
    )


def _table(rows: list[Row]) -> Table:
    table = Table(title="Against what people use instead")
    for heading in ("system", "contacts/s", "CPU ms a contact", "cores busy elsewhere", "bytes a mail"):
        table.add_column(heading)
    for heading in ("idle day: CPU s", "transactions", "rows read", "kills", "mails lost", "mails doubled"):
        table.add_column(heading)
    for row in rows:
        rate, idle, found = row.rate, row.idle, row.survival
        table.add_row(
            row.name,
            *(("", "", "", "") if rate is None else _rate_cells(rate)),
            *(("", "", "") if idle is None else _idle_cells(idle)),
            str(found.kills),
            f"{found.tally.missing} of {found.tally.wanted}",
            f"{found.tally.doubled}",
        )
    return table


def _rate_cells(rate: Rate) -> tuple[str, str, str, str]:
    return (
        f"{rate.per_second:.0f}",
        f"{rate.processor_milliseconds:.1f}",
        f"{rate.others_cores:.1f}",
        f"{rate.mail_bytes:,}",
    )


def _idle_cells(idle: Idle) -> tuple[str, str, str]:
    return f"{idle.processor_seconds:,.0f}", f"{idle.transactions:,.0f}", f"{idle.rows_read:,.0f}"


def main() -> int:
    """Exit status 1 when a figure is void, 2 when the peers' environment is missing."""
    parser = argparse.ArgumentParser(prog="python -m bench.peers", description=__doc__)
    parser.add_argument("--contacts", type=int, default=400, help="accounts that are due at once")
    parser.add_argument("--killed", type=int, default=200, help="accounts that are due while workers are killed")
    parser.add_argument("--accounts", type=int, default=100_000, help="accounts on a day on which nothing is due")
    parser.add_argument(
        "--customers", type=int, default=20_000, help="the same in Tryton, whose cycle grows with their square"
    )
    parser.add_argument("--asleep", type=int, default=300, help="of these, how many where each is a sleeping workflow")
    parser.add_argument("--window", type=int, default=15, help="seconds that an idle system is watched")
    parser.add_argument("--peers", nargs="*", default=["cron", "dbos", "tryton"], choices=["cron", "dbos", "tryton"])
    words = parser.parse_args()
    configure_logging(level="warning", log_format="auto")
    if not ENVIRONMENT.exists():
        print("the peers' environment is missing: run `make bench-peers`, which makes it", file=sys.stderr)
        return 2
    return 0 if asyncio.run(compare(words, Console(width=160))) else 1


if __name__ == "__main__":
    sys.exit(main())
