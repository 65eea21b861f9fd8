"""The peers live in an environment of their own, locked, and leave Dunlin's alone."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest

from bench.peers.names import ROOT
from bench.peers.versions import PROJECT, locked, versions


def read(name: str) -> dict[str, Any]:
    return tomllib.loads((PROJECT / name).read_text(encoding="utf-8"))


def name_of(requirement: str) -> str:
    found = re.match(r"[\w-]+", requirement)
    assert found is not None
    return found.group()


def test_the_lock_is_of_the_project_as_it_is() -> None:
    (project,) = [package for package in read("uv.lock")["package"] if package["name"] == "dunlin-peers"]
    stated = {
        name_of(wanted): re.sub(r"^[\w-]+(\[.*\])?", "", wanted)
        for wanted in read("pyproject.toml")["project"]["dependencies"]
    }

    assert {wanted["name"]: wanted["specifier"] for wanted in project["metadata"]["requires-dist"]} == stated


def test_every_package_is_from_the_public_index_with_a_hash() -> None:
    for package in read("uv.lock")["package"]:
        if package["name"] == "dunlin-peers":
            continue
        files = [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]
        assert package["source"] == {"registry": "https://pypi.org/simple"}
        assert files and all(file["hash"].startswith("sha256:") for file in files), package["name"]


@pytest.mark.parametrize("peer", ["dbos", "trytond", "trytond-account-dunning", "proteus", "psycopg"])
def test_no_peer_is_in_dunlins_own_environment(peer: str) -> None:
    assert peer in locked(PROJECT / "uv.lock")
    assert peer not in locked(ROOT / "uv.lock")


def test_the_versions_that_are_printed_are_those_of_the_locks() -> None:
    assert f"dbos {locked(PROJECT / 'uv.lock')['dbos']}" in versions()
