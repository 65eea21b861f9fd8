"""A terminal gets a screen, everything else gets lines."""

from __future__ import annotations

from io import StringIO

from rich.console import Console

from starter.demo.live import display
from tests.starter.demo.test_view import BUSY, FRAME, NOW

ENTER_SCREEN, LEAVE_SCREEN = "\x1b[?1049h", "\x1b[?1049l"


def test_a_terminal_shows_the_portfolio_on_its_whole_screen_and_gets_it_back() -> None:
    said = StringIO()
    console = Console(file=said, force_terminal=True, width=100, height=40)

    with display(console, FRAME) as shown:
        shown.show(BUSY, NOW)

    assert said.getvalue().startswith(ENTER_SCREEN)
    assert "day 21 of 120" in said.getvalue()
    assert LEAVE_SCREEN in said.getvalue()


def test_other_output_gets_a_line_now_and_then() -> None:
    said = StringIO()

    with display(Console(file=said, width=80), FRAME) as shown:
        shown.show(BUSY, NOW)
        shown.show(BUSY, NOW)

    assert said.getvalue().count("\n") == 1
    assert said.getvalue().startswith("day 21 of 120")
