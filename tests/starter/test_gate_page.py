"""The examples of docs/gate.md, run as they stand there."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.domain.documentation import DOCS
from tests.starter.terminal import Terminal

PAGE = (DOCS / "gate.md").read_text(encoding="utf-8")
EXAMPLES: list[tuple[str, str, str]] = re.findall(
    r"^dunlin (gate|age) <<'EOF'\n(.*?)^EOF\n```.*?^```json\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE
)


def without_rules_that_allow(answer: Any) -> Any:
    """The page shows only the reasons that stand against a contact, and of a contact that is not made no duties."""
    if isinstance(answer, list):
        return [without_rules_that_allow(each) for each in answer]
    if "verdict" not in answer:
        return answer
    against = [reason for reason in answer["reasons"] if reason["effect"] != "allow"]
    return {**answer, "reasons": against, "requires": []}


def test_the_page_has_an_example_of_each_command() -> None:
    assert [command for command, _, _ in EXAMPLES] == ["gate", "gate", "age", "age"]


@pytest.mark.parametrize(("command", "question", "answer"), EXAMPLES)
async def test_an_example_gives_the_answer_that_the_page_shows(
    command: str, question: str, answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = await Terminal(monkeypatch, {})(command, typed=question)

    assert (shown.status, shown.error) == (0, "")
    assert without_rules_that_allow(shown.json) == json.loads(answer)
