"""What the law demands of a contact, and no template carries, is found when the rulebook is loaded."""

from __future__ import annotations

import shutil
from pathlib import Path

from rulebook.load import DEFAULT_ROOT, Rulebook
from rulebook.requirements import MUST_CARRY, Requirement
from tests.rulebook.books import LAW, POLICY, copied, edit, faults

SHIPPED = Rulebook.load()
ALWAYS = """
  - id: uk.always
    title: Always
    cite: Act 1
    status: confirmed
    applies_to: [third_party, original_creditor]
    channels: [email]
    text: Each e-mail carries the validation information.
    versions:
      - {since: 2020-01-01, set: {kind: require, what: validation_information}}
"""


def _american(folder: Path) -> Path:
    root = folder / "rulebook"
    for name in ("law", "templates/en-US", "policies/us-collections", "policies/us-credit-card"):
        shutil.copytree(DEFAULT_ROOT / name, root / name)
    shutil.copy(DEFAULT_ROOT / "published.lock", root / "published.lock")
    lines = (root / "published.lock").read_text("utf-8").splitlines(keepends=True)
    kept = [line for line in lines if line.startswith("#") or "policy us-credit" in line or "en-US" in line]
    (root / "published.lock").write_text("".join(kept), "utf-8")
    edit(root, "policies/us-collections/v1.yaml", "status: published", "status: draft")
    return root


def test_every_template_carries_what_its_channel_must_and_the_validation_notice_more() -> None:
    for locale, template, channel in SHIPPED.templates.forms:
        carried = SHIPPED.templates.carried(template, channel, locale)

        assert set(MUST_CARRY[channel]) <= carried
        assert (Requirement.VALIDATION_INFORMATION in carried) is (template == "validation-notice")


def test_a_step_that_lacks_what_the_law_always_demands_is_refused(tmp_path: Path) -> None:
    root = copied(tmp_path)
    edit(root, LAW, "\nrules:\n", f"\nrules:{ALWAYS}")

    found = faults(root)

    assert any(
        POLICY in fault and "first-reminder by email lacks the validation_information" in fault and "uk.always" in fault
        for fault in found
    ), found


def test_a_validation_notice_needs_a_law_of_its_period(tmp_path: Path) -> None:
    root = _american(tmp_path)
    assert faults(root) == []
    edit(root, "policies/us-collections/v1.yaml", "law: [us-federal]", "law: [default]")

    (fault,) = faults(root)

    assert "no law pack of this policy says when the period ends" in fault


def test_nothing_comes_before_the_validation_notice(tmp_path: Path) -> None:
    root = _american(tmp_path)
    edit(root, "policies/us-collections/v1.yaml", "{step: validation-notice}", "{step: final-demand}")

    assert any("nothing may come before the validation information" in fault for fault in faults(root))


def test_the_validation_notice_cannot_be_passed_over(tmp_path: Path) -> None:
    root = _american(tmp_path)
    edit(root, "policies/us-collections/v1.yaml", "        mandatory: true\n", "")

    assert any("step validation-notice can be passed over" in fault for fault in faults(root))


def test_a_validation_notice_that_leaves_something_out_is_refused(tmp_path: Path) -> None:
    root = _american(tmp_path)
    parts = "templates/en-US/parts.yaml"
    edit(root, parts, "{{ validation.interest | money }}", "none")
    edit(root, parts, "Call or write to us by {{ validation.ends_on | date }}", "Call or write to us soon")
    edit(root, parts, "www.cfpb.gov/debt-collection", "our website")

    found = "\n".join(faults(root))

    assert "say {{ validation.interest | money }}" in found
    assert "say {{ validation.ends_on | date }} with each of the 3 rights that end on it" in found
    assert "say www.cfpb.gov/debt-collection" in found


def test_validation_information_is_not_given_by_text_message(tmp_path: Path) -> None:
    root = _american(tmp_path)
    edit(root, "templates/en-US/validation-notice.yaml", "\nemail:\n", "\nsms: |\n  Hello.\n\nemail:\n")

    assert any("validation information is given in writing" in fault for fault in faults(root))
