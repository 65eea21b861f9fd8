"""The lock on what has been published: `rulebook/published.lock`, reviewed with every change.

Cases are pinned to the policy version that they were opened with, and to its texts. So a published policy, and the
templates that it names, never change again: what is to change becomes a new version, or a template with a new id.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from domain.policy import Policy, PolicyStatus
from domain.policy_texts import templates_of
from rulebook.canonical import policy_digest
from rulebook.problems import Problem, shown
from rulebook.render import Templates
from rulebook.source import Document
from rulebook.validation import Read

LOCK_NAME = "published.lock"

_HEADING = """\
# What has been published, by `dunlin policy publish`: SHA-256 of what a policy or a template says. Cases depend on it,
# so a line is never edited or removed. To change something, publish a new version, or a template with a new id.
"""
_LINE = re.compile(r"^([0-9a-f]{64})  ((?:policy|template) \S.*\S)$")


@dataclass(frozen=True, slots=True)
class Lock:
    """The digest of each published policy and template, and the line that has it."""

    path: Path
    digests: Mapping[str, str]
    lines: Mapping[str, int]


def read_lock(root: Path) -> tuple[Lock, tuple[Problem, ...]]:
    """The lock of a rulebook; an empty one when nothing was published yet."""
    path = root / LOCK_NAME
    digests: dict[str, str] = {}
    lines: dict[str, int] = {}
    problems: list[Problem] = []
    text = path.read_text("utf-8", errors="replace") if path.exists() else ""
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        match = _LINE.match(line)
        if match is None or match[2] in digests:
            what = "not a line of the lock" if match is None else f"{match[2]} is locked twice"
            problems.append(Problem(path, number, "lock", f"{what}; restore the file from version control"))
        else:
            digests[match[2]], lines[match[2]] = match[1], number
    return Lock(path, digests, lines), tuple(problems)


def entries_of(policy: Policy, templates: Templates) -> dict[str, str]:
    """What publishing a policy locks: itself, and what each of its templates says."""
    several = {policy.consolidation.template} if policy.consolidation is not None else set()
    names = sorted(templates_of(policy) | several)
    return {_policy_entry(policy): policy_digest(policy)} | {
        f"template {policy.locale}/{name}": templates.digests[policy.locale, name]
        for name in names
        if (policy.locale, name) in templates.digests
    }


def lock_problems(lock: Lock, policies: list[Read[Policy]], templates: Templates) -> Iterator[Problem]:
    """What was changed or removed although it was published, and what calls itself published without having been."""
    present = {f"template {locale}/{name}" for locale, name in templates.digests}
    for read in policies:
        policy, document = read.content, read.document
        present.add(_policy_entry(policy))
        is_locked = _policy_entry(policy) in lock.digests
        if policy.status is PolicyStatus.DRAFT and is_locked:
            text = "was published, and cases may depend on it; set published or retired"
            yield document.problem(("status",), text)
        if policy.status is not PolicyStatus.DRAFT and not is_locked:
            text = f"is {policy.status} but not in {LOCK_NAME}; run `dunlin policy publish {shown(document.path)}`"
            yield document.problem(("status",), text)
        if is_locked:
            yield from edited(lock, policy, document, templates)
    for entry in sorted(lock.digests.keys() - present):
        text = f"{entry} was published, and its file is gone; restore it from version control"
        yield Problem(lock.path, lock.lines[entry], "lock", text)


def edited(lock: Lock, policy: Policy, document: Document, templates: Templates) -> Iterator[Problem]:
    """What a policy would lock that is locked already and says something else by now."""
    for entry, digest in entries_of(policy, templates).items():
        if lock.digests.get(entry, digest) == digest:
            continue
        if entry == _policy_entry(policy):
            text = f"was edited after it was published; undo that, and publish the change as v{policy.version + 1}"
            yield document.problem((), text)
        else:
            text = f"uses {entry}, which was edited after it was published; undo that, and give the new text a new id"
            yield document.problem((), text)


def with_entries(lock: Lock, new: Mapping[str, str]) -> str:
    """The text of the lock with further entries, in order."""
    entries = dict(lock.digests) | dict(new)
    return _HEADING + "".join(f"{entries[entry]}  {entry}\n" for entry in sorted(entries))


def _policy_entry(policy: Policy) -> str:
    return f"policy {policy.id} v{policy.version}"
