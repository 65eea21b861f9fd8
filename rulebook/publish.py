"""Publishing a policy: from then on cases may be opened with it, and it never changes again."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

from domain.policy import Policy, PolicyStatus
from rulebook.load import Rulebook, check_policy, load_shelf, root_of
from rulebook.lock import LOCK_NAME, edited, entries_of, read_lock, with_entries
from rulebook.problems import RulebookError
from rulebook.source import Document, read_document

_DRAFT_LINE = re.compile(r"^(status:\s*)draft\b", re.MULTILINE)


def publish(path: Path) -> Policy:
    """Lock a checked policy and its texts, and set its status to published. Doing it twice changes nothing.

    Raises RulebookError: for a policy that has faults, is retired, lies outside a rulebook, or was published and then
    edited.
    """
    root = root_of(path)
    document = read_document(path)
    if path.resolve().parent.parent != (root / "policies").resolve():
        text = f"lies outside the rulebook; move it to {root}/policies/ID/vN.yaml and publish it there"
        raise RulebookError([document.problem((), text)])
    policy = check_policy(path, root)
    if policy.status is PolicyStatus.RETIRED:
        text = "is retired: no case is opened with it; publish a new version instead"
        raise RulebookError([document.problem(("status",), text)])
    lock, problems = read_lock(root)
    _, templates = load_shelf(root)
    problems += tuple(edited(lock, policy, document, templates))
    if problems:
        raise RulebookError(problems)
    # The lock comes first: a crash between the two leaves a draft that is locked, which every load reports.
    _replace(root / LOCK_NAME, with_entries(lock, entries_of(policy, templates)))
    if policy.status is PolicyStatus.DRAFT:
        _replace(path, _published(document))
    return Rulebook.load(root).policy(policy.id, policy.version)


def _published(document: Document) -> str:
    """The file's text with its status changed and all else, comments included, as it was."""
    text, count = _DRAFT_LINE.subn(r"\1published", document.path.read_text("utf-8"), count=1)
    if count == 0:
        remedy = "is written in an unusual way; write `status: published` here, and publish again"
        raise RulebookError([document.problem(("status",), remedy)])
    return text


def _replace(path: Path, text: str) -> None:
    """Put a file in place whole or not at all."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
        temporary.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
