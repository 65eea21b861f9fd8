"""`dunlin demo`: real accounts, collected in time-lapse on the embedded stack, before the eyes of whoever looks on."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TextIO

import typer
from rich.console import Console

from runtime.logging import configure_logging
from runtime.processes import StackError
from runtime.signals import run_until_signalled
from runtime.stack import default_state_folder
from starter.console import REFUSED, CommandError
from starter.demo.run import Result
from starter.demo.sample import SAMPLE_LENGTH
from starter.demo.session import begin, go_on
from starter.demo.terms import Terms


def demo(
    accounts: Annotated[int, typer.Option(min=1, max=SAMPLE_LENGTH, help="How many accounts are collected.")] = 60,
    days: Annotated[int, typer.Option(min=1, max=1000, help="How many days pass.")] = 120,
    seconds: Annotated[int, typer.Option(min=10, max=86_400, help="In how many seconds they pass.")] = 120,
    folder: Annotated[
        Path | None, typer.Option(help="Where its state is kept; its own beside that of `dunlin up` when not given.")
    ] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="Go on with the last demonstration, with its accounts and its clock.")
    ] = False,
    headless: Annotated[bool, typer.Option("--headless", help="Lines instead of a full screen.")] = False,
) -> None:
    """Collect a portfolio of real delinquent accounts in time-lapse, and watch it live."""
    console = Console(force_terminal=False if headless else None)
    chosen = (folder or _default_folder()).absolute()
    configure_logging(level="info", log_format="json", stream=_log_beside(chosen))
    results: list[Result] = []

    async def run() -> None:
        terms = Terms(accounts=accounts, days=days, seconds=seconds, opening=datetime.now(UTC))
        results.append(await (go_on(chosen, console) if keep else begin(chosen, terms, console)))

    try:
        run_until_signalled(run())
    except StackError as error:
        raise CommandError(str(error), REFUSED) from None
    if not results:
        console.print("Stopped before it began.")
    if any(result.failures for result in results):
        raise typer.Exit(REFUSED)


def _log_beside(folder: Path) -> TextIO:
    """Not in the folder, which is cleared, and not in the terminal, which is drawn on. Raises CommandError."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        return folder.with_name(f"{folder.name}.log").open("w", encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{folder.parent}: {error.strerror}: choose another place with --folder") from None


def _default_folder() -> Path:
    stack = default_state_folder()
    return stack.with_name(f"{stack.name}-demo")
