"""Imports point inward: the table of packages is kept, and it is kept by a check that can say no."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from grimp import ImportGraph
from importlinter import ContractCheck
from importlinter.api import read_configuration

from tests.architecture.contracts import MayImport

ROOT = Path(__file__).parents[2]


def check(may_import: list[str], *imports: tuple[str, str]) -> ContractCheck:
    """The verdict on a made-up package `domain` with these imports."""
    graph = ImportGraph()
    graph.add_module("domain")
    for importer, imported in imports:
        graph.add_module(importer)
        if imported not in graph.modules:
            graph.add_module(imported, is_squashed=not imported.startswith("domain"))
        graph.add_import(importer=importer, imported=imported, line_number=3, line_contents=f"import {imported}")
    options = {"package": "domain", "may_import": may_import}
    return MayImport("made up", session_options={}, contract_options=options).check(graph, verbose=False)


def test_every_import_is_one_that_its_package_may_make() -> None:
    # In a process of its own: it sets logging up anew, and silences the loggers that it finds.
    checked = subprocess.run(  # noqa: S603 - the environment's own tool
        [Path(sys.executable).parent / "lint-imports", "--no-cache", "--no-logo"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout


def test_every_package_has_a_contract(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    beside = {"tests", "bench", "load", "simulation", "chaos"}
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - beside
    assert {contract["package"] for contract in read_configuration()["contracts_options"]} == packages


def test_the_standard_library_the_package_itself_and_what_is_listed_are_allowed() -> None:
    imports = [
        ("domain.money", "decimal"),
        ("domain.money", "domain.currency"),
        ("domain.money", "pydantic"),
        ("domain.money", "activities.signatures"),
    ]
    assert check(["pydantic", "activities.signatures"], *imports).kept


@pytest.mark.parametrize("imported", ["sqlmodel", "activities", "activities.signatures.more", "pydantic_core"])
def test_everything_else_is_refused_with_its_line(imported: str) -> None:
    verdict = check(["pydantic", "activities.contact"], ("domain.money", imported))
    assert not verdict.kept
    assert verdict.metadata["refused"] == [f"domain.money imports {imported} (line 3)"]
