"""`dunlin contract`: writes the JSON Schemas of all messages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from starter.console import show_line
from starter.contract import CONTRACT_FOLDER, write_contract


def contract(
    folder: Annotated[Path, typer.Option(help="Where the files go.")] = CONTRACT_FOLDER,
) -> None:
    """Write the JSON Schemas of all messages and the list of refusals."""
    files = write_contract(folder)
    show_line(f"{len(files)} files written to {folder}")
