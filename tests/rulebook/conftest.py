"""Rulebooks for the tests: the shipped one, read once, and copies to spoil."""

from __future__ import annotations

from pathlib import Path

import pytest

from rulebook.load import Rulebook
from tests.rulebook.books import copied


@pytest.fixture(scope="session")
def shipped() -> Rulebook:
    return Rulebook.load()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return copied(tmp_path)
