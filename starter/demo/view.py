"""What the demonstration shows: a snapshot of the portfolio, drawn for a terminal of any size or said in one line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import ConsoleDimensions, Group, RenderableType
from rich.layout import Layout
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from domain.money import Money
from starter.console import money_text

_FRAME_LINES = 2
_HEADER_LINES = 3
_FOOTER_LINES = 2
_MONEY_LINES = 8
_JOURNAL_LINES_MIN = 3
_BAR_MARKS = 8
_WIDTH_FOR_BARS = 96


@dataclass(frozen=True, slots=True)
class Stage:
    """How many cases are at one point of their way. `is_end` where nothing more happens by itself."""

    title: str
    cases: int
    is_end: bool = False


@dataclass(frozen=True, slots=True)
class ChannelCount:
    """Contacts by one channel. A contact is `failed` when the provider refused it for good."""

    channel: str
    sent: int
    failed: int


@dataclass(frozen=True, slots=True)
class Withheld:
    """How often a rule made a contact wait, and how often it forbade one."""

    rule: str
    deferred: int
    suppressed: int


@dataclass(frozen=True, slots=True)
class JournalLine:
    at: datetime
    account: str
    words: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Where the whole portfolio stands. Instants are business time."""

    stages: tuple[Stage, ...]
    channels: tuple[ChannelCount, ...]
    withheld: tuple[Withheld, ...]
    promises_kept: int
    promises_broken: int
    promises_open: int
    outstanding: Money
    collected: Money
    journal: tuple[JournalLine, ...]
    """The newest line first."""

    @property
    def cases(self) -> int:
        return sum(stage.cases for stage in self.stages)

    @property
    def ended(self) -> int:
        return sum(stage.cases for stage in self.stages if stage.is_end)


@dataclass(frozen=True, slots=True)
class Frame:
    """What stays the same around every snapshot."""

    opening: datetime
    days: int
    zone: ZoneInfo
    temporal_ui: str
    mail_folder: Path

    def day(self, now: datetime) -> int:
        """The day of the demonstration at a business instant, from 0 to `days`."""
        return max(0, min(self.days, (now - self.opening).days))


def screen(snapshot: Snapshot, frame: Frame, now: datetime, size: ConsoleDimensions) -> Layout:
    """The whole terminal: figures above, the journal in what is left of it, where to look further below."""
    room = size.height - _HEADER_LINES - _FOOTER_LINES - _FRAME_LINES
    figure_lines = min(_figure_lines(snapshot), room - _JOURNAL_LINES_MIN)
    journal_lines = room - figure_lines
    layout = Layout()
    layout.split_column(
        Layout(_header(snapshot, frame, now), size=_HEADER_LINES),
        Layout(_figures(snapshot, size.width, figure_lines), size=figure_lines),
        Layout(_journal(snapshot.journal[:journal_lines], frame)),
        Layout(_footer(frame), size=_FOOTER_LINES),
    )
    return layout


def status_line(snapshot: Snapshot, frame: Frame, now: datetime) -> str:
    """Everything that matters in one line, for output that is not a terminal."""
    by_channel = ", ".join(f"{each.channel} {each.sent}" for each in snapshot.channels)
    deferred = sum(each.deferred for each in snapshot.withheld)
    suppressed = sum(each.suppressed for each in snapshot.withheld)
    return (
        f"day {frame.day(now)} of {frame.days}, {now.astimezone(frame.zone):%Y-%m-%d}: "
        f"{snapshot.ended} of {snapshot.cases} cases ended; contacts: {by_channel or 'none'}; "
        f"deferred {deferred}, suppressed {suppressed}; "
        f"promises kept {snapshot.promises_kept}, broken {snapshot.promises_broken}; "
        f"outstanding {money_text(snapshot.outstanding)}, collected {money_text(snapshot.collected)}"
    )


def summary(snapshot: Snapshot, frame: Frame, width: int) -> RenderableType:
    """The figures at the end."""
    return Group(_figures(snapshot, width, _figure_lines(snapshot)), _footer(frame))


def _header(snapshot: Snapshot, frame: Frame, now: datetime) -> Panel:
    day = frame.day(now)
    line = Table.grid(expand=True, padding=(0, 1))
    line.add_column(no_wrap=True)
    line.add_column(ratio=1)
    line.add_column(justify="right", no_wrap=True)
    line.add_row(
        Text(f"{now.astimezone(frame.zone):%a %d %b %Y}", style="bold"),
        ProgressBar(total=frame.days, completed=day),
        Text(f"day {day} of {frame.days}, {snapshot.ended} of {snapshot.cases} cases ended"),
    )
    return Panel(line, title=f"Dunlin: collecting from {snapshot.cases} real accounts", title_align="left")


def _figures(snapshot: Snapshot, width: int, lines: int) -> RenderableType:
    middle = Group(_channels(snapshot), Text(""), _withheld(snapshot))
    columns = Table.grid(expand=True)
    for ratio in (11, 12, 8):
        columns.add_column(ratio=ratio)
    columns.add_row(
        Panel(
            _stages(snapshot.stages, with_bars=width >= _WIDTH_FOR_BARS),
            title="Cases by stage",
            title_align="left",
            height=lines,
        ),
        Panel(middle, title="Contacts", title_align="left", height=lines),
        Panel(_money_and_promises(snapshot), title="Money", title_align="left", height=lines),
    )
    return columns


def _figure_lines(snapshot: Snapshot) -> int:
    middle = 1 + max(1, len(snapshot.channels)) + 1 + 1 + max(1, len(snapshot.withheld))
    return _FRAME_LINES + max(len(snapshot.stages), middle, _MONEY_LINES)


def _stages(stages: Sequence[Stage], *, with_bars: bool) -> Table:
    table = Table.grid(expand=True, padding=(0, 1))
    table.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
    table.add_column(justify="right", no_wrap=True)
    if with_bars:
        table.add_column(width=_BAR_MARKS)
    most = max((stage.cases for stage in stages), default=0)
    for stage in stages:
        style = "green" if stage.is_end else "yellow"
        bar = [Text("■" * _bar_length(stage.cases, most), style=style)] if with_bars else []
        title = Text(stage.title, style="" if stage.cases else "dim")
        table.add_row(title, Text(str(stage.cases), style=f"bold {style}" if stage.cases else "dim"), *bar)
    return table


def _bar_length(count: int, most: int) -> int:
    """At least one mark for what is there at all."""
    return -(-count * _BAR_MARKS // most) if most else 0


def _channels(snapshot: Snapshot) -> Table:
    table = _counts("", "sent", "failed")
    for each in snapshot.channels:
        table.add_row(each.channel, str(each.sent), _quiet_zero(each.failed))
    if not snapshot.channels:
        table.add_row(Text("none yet", style="dim"), "", "")
    return table


def _withheld(snapshot: Snapshot) -> Table:
    table = _counts("held back by", "later", "never")
    for each in snapshot.withheld:
        table.add_row(each.rule, _quiet_zero(each.deferred), _quiet_zero(each.suppressed))
    if not snapshot.withheld:
        table.add_row(Text("nothing yet", style="dim"), "", "")
    return table


def _counts(first: str, *others: str) -> Table:
    table = Table(box=None, expand=True, padding=(0, 1, 0, 0), header_style="dim", pad_edge=False)
    table.add_column(first, ratio=1, no_wrap=True, overflow="ellipsis")
    for other in others:
        table.add_column(other, justify="right", no_wrap=True)
    return table


def _money_and_promises(snapshot: Snapshot) -> RenderableType:
    amounts = Table.grid(expand=True)
    amounts.add_column(justify="right")
    amounts.add_row(Text("outstanding", style="dim"))
    amounts.add_row(Text(money_text(snapshot.outstanding), style="bold yellow"))
    amounts.add_row(Text("collected", style="dim"))
    amounts.add_row(Text(money_text(snapshot.collected), style="bold green"))
    promises = Table.grid(expand=True)
    promises.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
    promises.add_column(justify="right", style="bold")
    promises.add_row("promises kept", str(snapshot.promises_kept))
    promises.add_row("  broken", str(snapshot.promises_broken))
    promises.add_row("  open", str(snapshot.promises_open))
    return Group(amounts, Text(""), promises)


def _journal(lines: Sequence[JournalLine], frame: Frame) -> Panel:
    table = Table.grid(expand=True, padding=(0, 1))
    table.add_column(no_wrap=True, style="dim")
    table.add_column(no_wrap=True, style="cyan")
    table.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
    for line in lines:
        table.add_row(f"{line.at.astimezone(frame.zone):%d %b %H:%M}", line.account, line.words)
    return Panel(table, title="Journal, newest first", title_align="left")


def _footer(frame: Frame) -> Table:
    table = Table.grid(padding=(0, 1))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(no_wrap=True, overflow="ellipsis")
    table.add_row("Temporal UI", Text(frame.temporal_ui, style="underline"))
    table.add_row("mails", str(frame.mail_folder))
    return table


def _quiet_zero(count: int) -> Text:
    return Text(str(count), style="" if count else "dim")
