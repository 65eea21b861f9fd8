"""Reading YAML: what is refused, and on which line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from rulebook.problems import RulebookError
from rulebook.source import DEPTH_MAX, FILE_BYTES_MAX, read_document

REFUSED = {
    "nothing at all": (b"", 1, "holds no keys; begin with `key: value` lines"),
    "a list instead of keys": (b"- a\n- b\n", 1, "holds no keys; begin with `key: value` lines"),
    "a broken mapping": (b"id: a\n  version: 1\n", 2, "not valid YAML"),
    "a tab for indentation": (b"a:\n\tb: 1\n", 2, "not valid YAML"),
    "an unclosed quote": (b'a: 1\nb: "open\n', 2, "not valid YAML"),
    "bytes that are not UTF-8": (b"a: 1\nb: \xff\xfe\n", 2, "not UTF-8; save the file in UTF-8"),
    "a null byte": (b"a: \x00\n", 1, "not valid YAML"),
    "an anchor": (b"a: &x 1\nb: 2\n", 1, "anchors and aliases are not allowed; write the value out where it applies"),
    "an alias": (b"a: 1\nb: *x\n", 2, "anchors and aliases are not allowed; write the value out where it applies"),
    "a tag": (b"a: 1\nb: !!python/object:os.system x\n", 2, "is not allowed; remove it"),
    "a second document": (b"a: 1\n---\nb: 2\n", 2, "a second document begins; keep one document in a file"),
    "a list as key": (b"? [a]\n: 1\n", 1, "a key must be a plain word; quote it or restructure"),
    "a file of many megabytes": (b"a: 1\n" + b"#" * FILE_BYTES_MAX, 1, "larger than 256 KiB"),
    "nesting without end": (b"a: " + b"[" * (DEPTH_MAX + 1), 1, f"nested more than {DEPTH_MAX} levels deep"),
}


def _written(folder: Path, content: bytes) -> Path:
    path = folder / "file.yaml"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_reviewer_could_misread_is_refused_with_its_line(tmp_path: Path, name: str) -> None:
    content, line, text = REFUSED[name]

    with pytest.raises(RulebookError) as refused:
        read_document(_written(tmp_path, content))

    assert len(refused.value.problems) == 1
    assert refused.value.problems[0].line == line
    assert text in str(refused.value)


def test_a_bomb_of_aliases_is_refused_before_it_unfolds(tmp_path: Path) -> None:
    levels = "\n".join(f"l{level}: &l{level} [{', '.join([f'*l{level - 1}'] * 9)}]" for level in range(1, 30))

    with pytest.raises(RulebookError, match="anchors and aliases"):
        read_document(_written(tmp_path, f"l0: &l0 lol\n{levels}\n".encode()))


def test_every_duplicate_key_fraction_and_control_character_is_listed_at_once(tmp_path: Path) -> None:
    path = _written(tmp_path, b'id: a\nstages:\n  - {day: 1, day: 2}\nid: b\nbalance: 500.00\nname: "\\x07"\n')

    with pytest.raises(RulebookError) as refused:
        read_document(path)

    assert [(problem.line, problem.field, problem.text) for problem in refused.value.problems] == [
        (3, "stages[0].day", "named twice, first on line 3; remove one of them"),
        (4, "id", "named twice, first on line 1; remove one of them"),
        (5, "balance", '500.00 is not a whole number; put an amount in quotes: "500.00"'),
        (6, "name", "holds a control character; type the text without escapes"),
    ]


def test_a_missing_file_and_a_folder_are_refused_with_the_remedy(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.yaml", tmp_path):
        with pytest.raises(RulebookError, match=r"cannot be read: .*; check the path and its permissions"):
            read_document(path)


def test_keys_items_and_the_lines_of_texts_know_where_they_stand(tmp_path: Path) -> None:
    path = _written(tmp_path, b"id: a\nsteps:\n  - name: x\n  - name: y\n    text: |\n      first\n      second\n")

    document = read_document(path)

    assert document.line_of(("steps",)) == 2
    assert document.line_of(("steps", 1, "name")) == 4
    assert document.line_of(("steps", 1, "missing", "deeper")) == 4
    assert document.line_in_text(("steps", 1, "text"), 2) == 7


def test_plain_words_stay_words(tmp_path: Path) -> None:
    path = _written(tmp_path, b"a: yes\nb: 08:00\nc: 2026-05-06\nd: ~\ne: true\nf: -3\ng: '5'\nh: 010-x\n")

    assert dict(read_document(path).data) == {
        "a": "yes",
        "b": "08:00",
        "c": "2026-05-06",
        "d": None,
        "e": True,
        "f": -3,
        "g": "5",
        "h": "010-x",
    }


words = st.text(st.characters(exclude_categories=("Cc", "Cs", "Co", "Cn")), max_size=20)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(words, values, min_size=1, max_size=5))
def test_whatever_yaml_writes_is_read_back(tmp_path_factory: pytest.TempPathFactory, data: dict[str, Any]) -> None:
    path = tmp_path_factory.mktemp("yaml") / "file.yaml"
    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = False
    writer.representer.ignore_aliases = lambda *_: True
    with path.open("w", encoding="utf-8") as stream:
        writer.dump(data, stream)

    assert dict(read_document(path).data) == data


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_and_never_crash(tmp_path_factory: pytest.TempPathFactory, junk: bytes) -> None:
    path = _written(tmp_path_factory.mktemp("junk"), junk)

    try:
        document = read_document(path)
    except RulebookError as error:
        assert all(problem.line >= 1 for problem in error.problems)
    else:
        assert all(isinstance(key, str) for key in document.data)
