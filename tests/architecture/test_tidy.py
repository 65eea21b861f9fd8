"""What the linters lack: size, leftovers, a map that matches the folders, and no text or law that nothing uses."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 320
TEST_FILE_LINES_MAX = 600
LISTS = {
    "db/tables.py": "one declaration a table",
    "domain/events.py": "one declaration an event",
    "runtime/settings.py": "one declaration a setting",
}
"""Files that only list declarations may be as long as their list."""

LAW_WITHOUT_POLICY = {
    "in": "for the policies that lenders write themselves",
    "eu": "for the policies that lenders write themselves",
    "us-dc": "an overlay, named where people live there",
    "us-ma": "an overlay, named where people live there",
    "us-nv": "an overlay, named where people live there",
    "us-nyc": "an overlay, named where people live there",
    "us-wa": "an overlay, named where people live there",
}


@cache
def repository_files() -> tuple[Path, ...]:
    """Every file that is in the repository or about to be."""
    listed = subprocess.run(
        ["/usr/bin/env", "git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return tuple(path for line in listed.stdout.splitlines() if (path := ROOT / line).is_file())


def python_files() -> list[Path]:
    return [path for path in repository_files() if path.suffix == ".py"]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions_of(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def values_of(document: Any, key: str) -> Iterator[Any]:
    """All values under a key, however deep."""
    if isinstance(document, dict):
        for name, value in document.items():
            if name == key:
                yield value
            yield from values_of(value, key)
    elif isinstance(document, list):
        for item in document:
            yield from values_of(item, key)


@cache
def policies() -> tuple[Any, ...]:
    return tuple(YAML(typ="safe").load(path) for path in sorted((ROOT / "rulebook" / "policies").rglob("*.yaml")))


def test_functions_are_short() -> None:
    long = {
        f"{name_of(path)}:{function.lineno} {function.name}": lines
        for path in python_files()
        for function in functions_of(path)
        if (lines := (function.end_lineno or 0) - function.lineno + 1) > FUNCTION_LINES_MAX
    }
    assert long == {}


def test_files_are_short() -> None:
    long = {}
    for path in python_files():
        name = name_of(path)
        lines_max = TEST_FILE_LINES_MAX if name.startswith("tests/") else FILE_LINES_MAX
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > lines_max and name not in LISTS:
            long[name] = lines
    assert long == {}


def test_nothing_is_left_for_later() -> None:
    leftover = re.compile(r"\b(TO" + r"DO|FIX" + r"ME)\b")
    found = []
    for path in repository_files():
        if path.suffix in {".py", ".md", ".yaml", ".yml", ".toml", ".sh", ".sql", ".json"} or path.name == "Makefile":
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
                if leftover.search(line):
                    found.append(f"{name_of(path)}:{number}")
    assert found == []


def test_public_modules_say_what_they_are_for() -> None:
    silent = [
        name_of(path)
        for path in python_files()
        if not path.name.startswith("_") or path.name == "__main__.py"
        if (tree := ast.parse(path.read_text(encoding="utf-8"))).body and not ast.get_docstring(tree)
    ]
    assert silent == []


def test_the_map_of_the_readme_matches_the_folders() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(r"^## Map\n.*?^```[a-z]*\n(.*?)^```", readme, re.DOTALL | re.MULTILINE)
    assert block, "README.md has no fenced block under the heading `## Map`"
    mapped = {line.split()[0].rstrip("/") for line in block[1].splitlines() if re.match(r"\S+/(\s|$)", line)}
    folders = {path.relative_to(ROOT).parts[0] for path in repository_files() if path.parent != ROOT}
    assert mapped == {folder for folder in folders if not folder.startswith(".")}


@pytest.mark.parametrize("locale", ["en-GB", "en-US", "zh-CN"])
def test_every_template_is_used_by_a_policy(locale: str) -> None:
    templates = {path.stem for path in (ROOT / "rulebook" / "templates" / locale).glob("*.yaml")} - {"parts"}
    used = {name for policy in policies() for name in template_names(policy)}
    assert templates - used == set()


def test_every_law_pack_binds_a_policy_or_says_why_not() -> None:
    packs = {path.stem for path in (ROOT / "rulebook" / "law").glob("*.yaml")}
    used = {pack for policy in policies() for packs_of in values_of(policy, "law") for pack in packs_of}
    assert packs - used == set(LAW_WITHOUT_POLICY)


def template_names(policy: Any) -> set[str]:
    """Templates that steps name, and those that the policy names for occasions: a receipt, a broken promise."""
    known = {path.stem for path in (ROOT / "rulebook" / "templates").rglob("*.yaml")}
    return {value for value in strings_of(policy) if value in known}


def strings_of(document: Any) -> Iterator[str]:
    if isinstance(document, str):
        yield document
    elif isinstance(document, dict):
        for value in document.values():
            yield from strings_of(value)
    elif isinstance(document, list):
        for item in document:
            yield from strings_of(item)
