"""Publishing: what was published never changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.policy import PolicyStatus
from rulebook.load import Rulebook
from rulebook.problems import RulebookError
from rulebook.publish import publish
from tests.rulebook.books import PARTS, POLICY, TEMPLATE, as_draft, copied, edit, faults, line_of

UK_LINE = "policy uk-personal-loan v1"


def test_editing_a_published_policy_is_noticed_with_the_remedy(root: Path) -> None:
    edit(root, POLICY, "grace_days: 3\n\n#", "grace_days: 1\n\n#")

    assert faults(root) == [
        f"{POLICY}:{line_of(root / POLICY, 'id: ')}: file: was edited after it was published; undo that, and publish "
        "the change as v2"
    ]


@pytest.mark.parametrize(("file", "old"), [(TEMPLATE, "slipped your mind"), (PARTS, "nothing more to do")])
def test_editing_a_published_text_is_noticed_by_every_policy_that_uses_it(root: Path, file: str, old: str) -> None:
    edit(root, file, old, "something else")

    found = faults(root)

    assert {fault.partition(":")[0] for fault in found} == {POLICY, "policies/demo-credit-card/v1.yaml"}
    assert all("which was edited after it was published; undo that, and give the new text a new id" in f for f in found)


def test_saying_better_why_a_text_is_sent_changes_nothing(root: Path) -> None:
    edit(root, TEMPLATE, "It assumes an oversight", "It takes it for an oversight")

    assert faults(root) == []


def test_calling_oneself_published_is_not_enough(root: Path) -> None:
    path = as_draft(root)
    edit(root, POLICY, "status: draft", "status: published")

    assert faults(root) == [
        f"{POLICY}:{line_of(path, 'status:')}: status: is published but not in published.lock; "
        f"run `dunlin policy publish {POLICY}`"
    ]


def test_a_published_policy_cannot_become_a_draft_again(root: Path) -> None:
    edit(root, POLICY, "status: published", "status: draft")

    assert faults(root)[0].endswith("status: was published, and cases may depend on it; set published or retired")


def test_removing_a_published_file_is_noticed(root: Path) -> None:
    (root / POLICY).unlink()

    line = line_of(root / "published.lock", UK_LINE)
    assert f"published.lock:{line}: lock: {UK_LINE} was published, and its file is gone; restore it from version" in (
        "\n".join(faults(root))
    )


def test_a_damaged_lock_is_refused(root: Path) -> None:
    lock = root / "published.lock"
    lock.write_text(lock.read_text("utf-8") + "0123  policy x v1\n" + f"{'0' * 64}  {UK_LINE}\n", "utf-8")

    found = faults(root)

    assert "not a line of the lock; restore the file from version control" in found[0]
    assert f"{UK_LINE} is locked twice; restore the file from version control" in found[1]


def test_publishing_locks_the_policy_and_its_texts_and_keeps_the_comments(root: Path) -> None:
    path = as_draft(root)
    comments = [line for line in path.read_text("utf-8").splitlines() if line.lstrip().startswith("#")]

    policy = publish(path)

    assert policy.status is PolicyStatus.PUBLISHED
    assert Rulebook.load(root).latest_published("uk-personal-loan") == policy
    assert [line for line in path.read_text("utf-8").splitlines() if line.lstrip().startswith("#")] == comments
    assert UK_LINE in (root / "published.lock").read_text("utf-8")


def test_publishing_twice_changes_nothing(root: Path) -> None:
    publish(root / POLICY)
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}

    publish(root / POLICY)

    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before


def test_a_second_version_is_published_beside_the_first(root: Path) -> None:
    text = (root / POLICY).read_text("utf-8").replace("version: 1", "version: 2").replace("priority: 3", "priority: 2")
    second = root / "policies/uk-personal-loan/v2.yaml"
    second.write_text(text.replace("status: published", "status: draft"), "utf-8")

    publish(second)

    book = Rulebook.load(root)
    assert book.latest_published("uk-personal-loan").priority == 2
    assert book.policy("uk-personal-loan", 1).priority == 3


def test_an_interrupted_publication_is_noticed_and_finished_by_publishing_again(root: Path) -> None:
    path = edit(root, POLICY, "status: published", "status: draft")
    assert faults(root) != []

    publish(path)

    assert faults(root) == []


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("status: published", "status: retired", "is retired: no case is opened with it"),
        ("priority: 3", "priority: 2", "was edited after it was published"),
        ("priority: 3", "priority: 9", "should be less than or equal to 5"),
    ],
)
def test_what_must_not_be_published_is_refused_and_nothing_is_changed(
    root: Path, old: str, new: str, text: str
) -> None:
    path = edit(root, POLICY, old, new)
    before = (path.read_bytes(), (root / "published.lock").read_bytes())

    with pytest.raises(RulebookError, match=text):
        publish(path)

    assert (path.read_bytes(), (root / "published.lock").read_bytes()) == before


def test_a_file_outside_of_a_rulebook_is_not_published(tmp_path: Path) -> None:
    root = copied(tmp_path)
    stray = tmp_path / "v1.yaml"
    stray.write_bytes((root / POLICY).read_bytes())

    with pytest.raises(RulebookError, match="lies outside the rulebook; move it to"):
        publish(stray)
