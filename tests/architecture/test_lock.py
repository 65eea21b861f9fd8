"""What is installed is what was locked: every file by its hash, from the one public index."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SHA256 = re.compile(r"sha256:[0-9a-f]{64}")
LOCKED: list[dict[str, Any]] = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))["package"]
FOREIGN = [package for package in LOCKED if "editable" not in package["source"]]


@pytest.mark.parametrize("package", FOREIGN, ids=[package["name"] for package in FOREIGN])
def test_every_file_of_a_dependency_is_locked_by_its_hash(package: dict[str, Any]) -> None:
    files = [*package.get("wheels", ()), *([package["sdist"]] if "sdist" in package else [])]

    assert files
    assert all(SHA256.fullmatch(file["hash"]) for file in files)
    assert package["source"] == {"registry": "https://pypi.org/simple"}


def test_the_environment_is_made_by_the_lock_alone() -> None:
    script = (ROOT / "scripts" / "bootstrap.sh").read_text(encoding="utf-8")

    assert re.search(r"uv\"? sync .*--(locked|frozen)", script)
