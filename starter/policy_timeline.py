"""Drawing a treatment policy in the terminal: on which day it contacts by what. Readable in 80 columns, uncoloured."""

from __future__ import annotations

from datetime import time

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from domain.names import Channel
from domain.policy import Policy, Step
from domain.referral_terms import Approval, Notice
from rulebook.formatting import format_money

SYMBOLS: dict[Channel, str] = {Channel.SMS: "S", Channel.EMAIL: "E", Channel.VOICE: "V", Channel.LETTER: "L"}
_REFERRAL, _END = "R", "X"
_LEGEND = """\
S text message   E e-mail   V call   L letter   R referral to counsel   X end
V > S: a call, or a text message where a call fails or is not allowed
The dots before R: the days to answer the notice of the referral"""
_TICK_STEPS = (5, 10, 20, 25, 30, 50, 100, 200, 500, 1000)
_TICK_COLUMNS_MIN = 7


class _Axis:
    """Where a day stands in a line of so many columns."""

    def __init__(self, first: int, last: int, columns: int) -> None:
        self.first, self.last, self.columns = first, last, columns

    def column(self, day: int) -> int:
        return round((day - self.first) * (self.columns - 1) / max(1, self.last - self.first))

    def line(self, marks: list[tuple[int, str]], start: int | None = None, end: int | None = None) -> str:
        """Marks at their days, on a bar from one day to another. A mark whose place is taken moves to the right."""
        cells = [" "] * (self.columns + len(marks))
        if start is not None and end is not None:
            for column in range(self.column(start), self.column(end) + 1):
                cells[column] = "·"
        taken = -1
        for day, symbol in marks:
            taken = max(self.column(day), taken + 1)
            cells[taken] = symbol
        return "".join(cells).rstrip()

    def ticks(self) -> tuple[str, str]:
        """The days above the axis, and the marks that they belong to."""
        per_day = (self.columns - 1) / max(1, self.last - self.first)
        step = next((size for size in _TICK_STEPS if size * per_day >= _TICK_COLUMNS_MIN), _TICK_STEPS[-1])
        days = [day for day in range(self.first - self.first % step, self.last + 1, step) if day >= self.first]
        numbers = [" "] * (self.columns + 6)
        for day in days:
            for offset, char in enumerate(str(day)):
                numbers[self.column(day) + offset] = char
        return "".join(numbers).rstrip(), self.line([(day, "|") for day in days])


def timeline(policy: Policy, width: int) -> Text:
    """The policy on an axis of days: a line for each stage, then referral and end."""
    first = min(policy.stages[0].from_day, 0)
    names = [stage.id for stage in policy.stages] + ["referral", "end"]
    label = max(cell_len(name) for name in names) + 2
    axis = _Axis(first, policy.end.day, max(20, width - label - len(str(policy.end.day)) - 1))
    numbers, ticks = axis.ticks()
    lines = [("day", numbers), ("", ticks)]
    ends = [*(stage.from_day - 1 for stage in policy.stages[1:]), policy.end.day]
    for stage, end in zip(policy.stages, ends, strict=True):
        marks = [(step.day, SYMBOLS[step.channel]) for step in sorted(stage.steps, key=lambda step: step.day)]
        lines.append((stage.id, axis.line(marks, stage.from_day, end)))
    if policy.referral is not None:
        start, end = _days_to_answer(policy, policy.referral.notice)
        lines.append(("referral", axis.line([(policy.referral.day, _REFERRAL)], start, end)))
    lines.append(("end", axis.line([(policy.end.day, _END)])))
    drawn = "\n".join(f"{name:<{label}}{content}".rstrip() for name, content in lines)
    return Text(f"{drawn}\n\n{_LEGEND}")


def steps_table(policy: Policy) -> Table:
    """Every step with its channels in order, its text and its conditions, under its stage."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("day", justify="right", no_wrap=True)
    for heading in ("step", "by", "text"):
        table.add_column(heading, no_wrap=True)
    table.add_column("", overflow="fold")
    for stage in policy.stages:
        table.add_row("", Text(stage.id, style="bold"), "", "", Text(stage.title, style="italic"))
        for step in stage.steps:
            by = " > ".join(SYMBOLS[channel] for channel in step.channels)
            table.add_row(str(step.day), step.id, by, step.template, _conditions(policy, step))
    channels = " > ".join(SYMBOLS[channel] for channel in policy.receipt.channels)
    table.add_row("", "receipt", channels, policy.receipt.template, "when all is paid")
    return table


def headline(policy: Policy) -> str:
    """What the policy is and whom it binds."""
    collector = policy.collector.value.replace("_", " ")
    return (
        f"{policy.id} v{policy.version}, {policy.status}: {policy.title}\n"
        f"law {', '.join(policy.law)}; {collector}; texts {policy.locale}; {policy.currency}; "
        f"grace {policy.grace_days} days; {_window(policy.window.start, policy.window.end)}"
    )


def endings(policy: Policy) -> str:
    """What the steps don't show: messages about several accounts, referral and end."""
    lines = []
    if (referral := policy.referral) is not None:
        least = format_money(policy.money(referral.minimum_balance), policy.locale)
        who = "if a person approves it" if referral.approval is Approval.HUMAN else "without asking anybody"
        notice = f"{referral.notice.days} days or more after {referral.notice.step}"
        lines.append(f"From day {referral.day}, {notice}: referral to {referral.counsel.name} from {least} on, {who}.")
    if (terms := policy.consolidation) is not None:
        within = f"{terms.within_hours} hour{'s' if terms.within_hours > 1 else ''}"
        lines.append(f"Reminders of several accounts of a person within {within} become one: {terms.template}.")
    reason = policy.end.close.value.replace("_", " ")
    lines.append(f"On day {policy.end.day}: a case that is not referred is closed, {reason}.")
    return "\n".join(lines)


def _days_to_answer(policy: Policy, notice: Notice) -> tuple[int, int]:
    """From the notice of the referral, when it is made on its day, to the first day on which a referral may follow."""
    day = next(step.day for step in policy.steps if step.id == notice.step)
    return day, day + notice.days


def _conditions(policy: Policy, step: Step) -> str:
    notes = []
    if step.mandatory:
        notes.append("mandatory")
    if step.when.outstanding_at_least is not None:
        notes.append(f"from {format_money(policy.money(step.when.outstanding_at_least), policy.locale)}")
    if step.when.after_broken_promise is not None:
        notes.append("after a broken promise" if step.when.after_broken_promise else "without a broken promise")
    if step.window is not None:
        notes.append(_window(step.window.start, step.window.end))
    return ", ".join(notes)


def _window(start: time, end: time) -> str:
    return f"{start:%H:%M}-{end:%H:%M}"
