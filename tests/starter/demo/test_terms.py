"""How fast a demonstration is, and that it clears only its own folder."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from runtime.folder_lock import FolderLock
from runtime.processes import StackError
from starter.demo.terms import Terms, clear

OPENING = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
TERMS = Terms(accounts=60, days=120, seconds=120, opening=OPENING)


def test_the_days_pass_in_the_seconds() -> None:
    assert TERMS.clock.business(OPENING + timedelta(seconds=120)) == TERMS.end == OPENING + timedelta(days=120)


def test_a_demonstration_goes_on_with_the_terms_that_it_began_with(tmp_path: Path) -> None:
    TERMS.write(tmp_path)

    assert Terms.read(tmp_path) == TERMS


def test_a_folder_without_a_demonstration_has_none_to_go_on_with(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="leave --keep out"):
        Terms.read(tmp_path)


async def test_a_new_demonstration_removes_what_the_last_one_left(tmp_path: Path) -> None:
    TERMS.write(tmp_path)
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "1.eml").write_text("Dear account holder")

    await clear(tmp_path)

    assert not (tmp_path / "mail").exists()
    with pytest.raises(StackError):
        Terms.read(tmp_path)


async def test_a_folder_that_is_not_there_yet_is_made(tmp_path: Path) -> None:
    await clear(tmp_path / "new" / "demo")

    assert (tmp_path / "new" / "demo").is_dir()


async def test_a_folder_with_anything_else_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")

    with pytest.raises(StackError, match="choose an empty folder"):
        await clear(tmp_path)

    assert (tmp_path / "thesis.txt").exists()


async def test_a_demonstration_that_runs_is_left_alone(tmp_path: Path) -> None:
    TERMS.write(tmp_path)
    lock = FolderLock(tmp_path)
    await lock.acquire()

    with pytest.raises(StackError, match="already runs"):
        await clear(tmp_path)

    assert Terms.read(tmp_path) == TERMS
    lock.release()
