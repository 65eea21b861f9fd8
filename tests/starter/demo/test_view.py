"""What the live view shows, on large and small terminals and without one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console, ConsoleDimensions, RenderableType

from domain.money import Money
from starter.demo.view import (
    ChannelCount,
    Frame,
    JournalLine,
    Snapshot,
    Stage,
    Withheld,
    screen,
    status_line,
    summary,
)

OPENING = datetime(2026, 11, 23, 1, tzinfo=UTC)
NOW = OPENING + timedelta(days=21, hours=2)
FRAME = Frame(
    opening=OPENING,
    days=120,
    zone=ZoneInfo("Asia/Taipei"),
    temporal_ui="http://127.0.0.1:18233",
    mail_folder=Path("state/mail"),
)
BUSY = Snapshot(
    stages=(
        Stage("Early reminder", 12),
        Stage("Final demand", 3),
        Stage("With counsel", 4, is_end=True),
        Stage("Paid", 14, is_end=True),
    ),
    channels=(ChannelCount("sms", 120, 1), ChannelCount("email", 88, 0)),
    withheld=(Withheld("default.hours", 14, 0), Withheld("default.opt-out", 0, 6)),
    promises_kept=5,
    promises_broken=7,
    promises_open=2,
    outstanding=Money(292_015_200, "TWD"),
    collected=Money(112_015_200, "TWD"),
    journal=tuple(
        JournalLine(NOW - timedelta(hours=hours), f"card-{1000 + hours}", "sms sent: first-reminder")
        for hours in range(60)
    ),
)
NOTHING_YET = Snapshot(
    stages=(Stage("Early reminder", 0),),
    channels=(),
    withheld=(),
    promises_kept=0,
    promises_broken=0,
    promises_open=0,
    outstanding=Money(0, "TWD"),
    collected=Money(0, "TWD"),
    journal=(),
)


def drawn(picture: RenderableType, width: int, height: int) -> list[str]:
    console = Console(width=width, height=height, file=StringIO(), record=True, color_system=None)
    console.print(picture)
    return console.export_text().splitlines()


@pytest.mark.parametrize(("width", "height"), [(100, 40), (80, 24)])
def test_everything_is_on_the_screen_whatever_its_size(width: int, height: int) -> None:
    lines = drawn(screen(BUSY, FRAME, NOW, ConsoleDimensions(width, height)), width, height)

    text = "\n".join(lines)
    assert len(lines) <= height
    assert all(len(line) <= width for line in lines)
    for shown in (
        "Mon 14 Dec 2026",
        "day 21 of 120, 18 of 33 cases ended",
        "Final demand",
        "With counsel",
        "email           ",
        "default.opt-out",
        "promises kept",
        "  broken",
        "card-1000",
        "http://127.0.0.1:18233",
        "state/mail",
    ):
        assert shown in text
    assert "2,920,152.00" in text
    assert "1,120,152.00" in text


def test_a_larger_screen_shows_more_of_the_journal() -> None:
    def journal_lines(height: int) -> int:
        return sum(
            "first-reminder" in line
            for line in drawn(screen(BUSY, FRAME, NOW, ConsoleDimensions(100, height)), 100, height)
        )

    assert 3 <= journal_lines(24) < journal_lines(40) < journal_lines(60)


def test_the_journal_is_in_the_time_of_the_accounts_zone() -> None:
    text = "\n".join(drawn(screen(BUSY, FRAME, NOW, ConsoleDimensions(100, 40)), 100, 40))

    assert "14 Dec 11:00 card-1000" in text


def test_an_empty_portfolio_can_be_looked_at() -> None:
    text = "\n".join(drawn(screen(NOTHING_YET, FRAME, OPENING - timedelta(hours=1), ConsoleDimensions(80, 24)), 80, 24))

    assert "day 0 of 120, 0 of 0 cases ended" in text
    assert "none yet" in text
    assert "nothing yet" in text


def test_one_line_says_what_the_screen_shows() -> None:
    line = status_line(BUSY, FRAME, NOW)

    assert line.startswith(
        "day 21 of 120, 2026-12-14: 18 of 33 cases ended; contacts: sms 120, email 88; deferred 14, suppressed 6; "
        "promises kept 5, broken 7; outstanding "
    )
    assert "\n" not in line


def test_the_summary_says_where_to_look_further() -> None:
    text = "\n".join(drawn(summary(BUSY, FRAME, 100), 100, 40))

    assert "Paid" in text
    assert "http://127.0.0.1:18233" in text
