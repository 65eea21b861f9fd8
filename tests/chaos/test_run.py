"""A short run on real servers: everything is killed or misbehaves once, and nothing is harmed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from chaos.plan import FaultKind
from chaos.run import Size, run

SEED = 1
KILLS = {
    FaultKind.WORKER_KILLED,
    FaultKind.TEMPORAL_KILLED,
    FaultKind.POSTGRES_STOPPED,
    FaultKind.POSTGRES_IMMEDIATE,
    FaultKind.POSTGRES_KILLED,
}


@pytest.fixture
def folder() -> Iterator[Path]:
    """Short, because Postgres' socket lies in it."""
    with TemporaryDirectory(prefix="chaos-", dir="/tmp") as name:
        yield Path(name)


@pytest.mark.timeout(600)
async def test_faults_of_every_kind_harm_nothing(folder: Path) -> None:
    result = await run(SEED, Size.of(len(FaultKind), None, seconds_per_day=40), folder)

    assert {proof.claim: proof.wrong for proof in result.proofs if proof.wrong} == {}
    assert set(result.made) >= KILLS
    assert result.made.total() > len(FaultKind) / 2
