"""Draws the committed sample from the UCI data: `python -m starter.demo.make_sample uci_credit_card.csv.gz`."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path
from typing import Annotated

import typer

from starter.demo.sample import COLUMNS, SAMPLE_FILE, SAMPLE_LENGTH, draw, read_accounts


def write_sample(source: Path, target: Path, count: int) -> None:
    """Read the data at `source` (CSV, gzipped or not) and write a sample of `count` accounts. Raises SampleError."""
    data = source.read_bytes()
    text = (gzip.decompress(data) if source.suffix == ".gz" else data).decode()
    accounts = draw(read_accounts(text.splitlines()), count)
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(account.row() for account in accounts)


def main(
    source: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The data set as CSV, gzipped or not.")],
    count: Annotated[int, typer.Option(min=1, help="How many accounts to draw.")] = SAMPLE_LENGTH,
) -> None:
    """Draw the demonstration's sample from the UCI data set."""
    write_sample(source, Path(__file__).parent / "data" / SAMPLE_FILE, count)


if __name__ == "__main__":
    typer.run(main)
