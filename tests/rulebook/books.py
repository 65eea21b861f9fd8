"""A copy of the rulebook that a test may spoil."""

from __future__ import annotations

import shutil
from pathlib import Path

from rulebook.load import DEFAULT_ROOT, Rulebook
from rulebook.problems import RulebookError

POLICY = "policies/uk-personal-loan/v1.yaml"
LAW = "law/uk.yaml"
TEMPLATE = "templates/en-GB/first-reminder.yaml"
PARTS = "templates/en-GB/parts.yaml"


def copied(folder: Path) -> Path:
    """A rulebook of its own: the shipped one's British part, because a part is sooner read than the whole.

    Of each policy there is the first version alone, so that a test can write the second.
    """
    root = folder / "rulebook"
    for name in ("law", "templates/en-GB", "policies/uk-personal-loan", "policies/demo-credit-card"):
        shutil.copytree(DEFAULT_ROOT / name, root / name, ignore=shutil.ignore_patterns("v[2-9].yaml"))
    lines = (DEFAULT_ROOT / "published.lock").read_text("utf-8").splitlines(keepends=True)
    names = ("template en-GB/", "policy uk-personal-loan v1\n", "policy demo-credit-card v1\n")
    kept = [line for line in lines if line.startswith("#") or any(name in line for name in names)]
    (root / "published.lock").write_text("".join(kept), "utf-8")
    return root


def edit(root: Path, name: str, old: str, new: str) -> Path:
    """Replace the first occurrence of a text, which must be there."""
    path = root / name
    content = path.read_text("utf-8")
    assert old in content, f"{name} has no {old!r}"
    path.write_text(content.replace(old, new, 1), "utf-8")
    return path


def as_draft(root: Path, name: str = POLICY) -> Path:
    """Undo a publication, so that a test can look at one fault alone."""
    lock = root / "published.lock"
    policy, version = Path(name).parent.name, Path(name).stem
    lines = lock.read_text("utf-8").splitlines(keepends=True)
    lock.write_text("".join(line for line in lines if not line.endswith(f"policy {policy} {version}\n")), "utf-8")
    return edit(root, name, "status: published", "status: draft")


def line_of(path: Path, text: str) -> int:
    """The number of the first line that contains a text."""
    lines = path.read_text("utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if text in line)


def faults(root: Path) -> list[str]:
    """What loading the rulebook complains of, with paths relative to it; empty when it loads."""
    try:
        Rulebook.load(root)
    except RulebookError as error:
        return [str(problem).replace(f"{root}/", "") for problem in error.problems]
    return []
