"""Every `dunlin` command that a page shows is one that the command line understands, to the last option."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from starter.cli import application

UsageError = typer.BadParameter.__bases__[0]
ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
_LINE = re.compile(r"^(?:\$ | {4})?(?:[A-Z_]+=\S+ )*dunlin (?P<arguments>.+)$")
_SHELL = re.compile(r"[|<>;&]")
_BLOCK = re.compile(r"^```sh\n(.*?)^```|^((?: {4}.+\n)+)", re.MULTILINE | re.DOTALL)


def commands_on(page: Path) -> list[str]:
    """What follows `dunlin` in each line of a page's blocks, continued lines joined."""
    blocks = (shell or indented for shell, indented in _BLOCK.findall(page.read_text(encoding="utf-8")))
    lines = (line for block in blocks for line in block.replace("\\\n", " ").splitlines())
    return [found["arguments"] for line in lines if (found := _LINE.match(line))]


SHOWN = [(str(page.relative_to(ROOT)), command) for page in PAGES for command in commands_on(page)]


def parse(arguments: list[str]) -> None:
    """Have the command line read the arguments, without doing anything. Raises UsageError."""
    command = typer.main.get_command(application(arguments))
    while isinstance(command, TyperGroup):
        context = command.context_class(command, info_name="dunlin")
        _, found, arguments = command.resolve_command(context, arguments)
        assert found is not None
        command = found
    command.make_context("dunlin", arguments)


@pytest.mark.parametrize(("page", "command"), SHOWN, ids=[f"{page}: {command}" for page, command in SHOWN])
def test_a_command_of_a_page_is_understood(page: str, command: str) -> None:
    words = shlex.split(command, comments=True)
    shell = next((place for place, word in enumerate(words) if _SHELL.match(word)), len(words))
    parse(words[:shell])


def test_commands_are_found() -> None:
    assert len(SHOWN) > 40


@pytest.mark.parametrize("arguments", [["case", "pay", "--no-such-option"], ["case", "no-such-command"], ["nothing"]])
def test_what_does_not_exist_is_not_understood(arguments: list[str]) -> None:
    with pytest.raises(UsageError):
        parse(arguments)
