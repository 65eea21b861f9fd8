"""`dunlin intake`: opens the cases of a lender's CSV file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from starter.connection import with_client
from starter.console import REFUSED, CommandError, show_line
from starter.intake.columns import HeaderError
from starter.intake.run import Intake, Taken, take_in


def intake(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV file: docs/intake.md lists its columns.")],
    rejects: Annotated[
        Path | None, typer.Option(help="Where rejected rows go; FILE with .rejects.csv if left out.")
    ] = None,
    policy: Annotated[str | None, typer.Option(help="The policy of rows that name none.")] = None,
    lender: Annotated[str | None, typer.Option(help="The lender of rows that name none.")] = None,
    encoding: Annotated[str, typer.Option(help="Of a file without byte order mark, such as gb18030.")] = "utf-8",
    skip_unknown_columns: Annotated[
        bool, typer.Option("--skip-unknown-columns", help="Pass over columns that are not in docs/intake.md.")
    ] = False,
) -> None:
    """Open the cases of a lender's CSV file, one row an obligation. Done again, it changes nothing of what is open."""
    order = Intake(
        file=file,
        rejects=rejects or file.with_name(f"{file.stem}.rejects.csv"),
        encoding=encoding,
        defaults={name: value for name, value in (("policy", policy), ("lender", lender)) if value},
        skip_unknown_columns=skip_unknown_columns,
    )
    if order.rejects.resolve() == file.resolve():
        raise CommandError("the reject file would replace the intake file: name another by --rejects")
    taken = _take_in(order)
    show_line(f"accounts opened: {taken.accounts}")
    if taken.rejected_rows:
        show_line(f"rows rejected: {taken.rejected_rows}; put them right in {order.rejects} and take that file in")
        raise typer.Exit(REFUSED)


def _take_in(order: Intake) -> Taken:
    with _ProgressBars() as bars:
        try:
            return with_client(lambda client: take_in(order, client.open_case, bars.show))
        except HeaderError as error:
            raise CommandError(f"{order.file}: {error}") from None


class _ProgressBars:
    """One bar for reading and one for opening, on standard error."""

    def __init__(self) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> _ProgressBars:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def show(self, doing: str, done: int, total: int) -> None:
        """Move the bar of what is being done."""
        if doing not in self._tasks:
            self._tasks[doing] = self._progress.add_task(doing, total=total)
        self._progress.update(self._tasks[doing], completed=done)
