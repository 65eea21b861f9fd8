"""PDF from data: archival, repeatable, and with nothing of the machine's in it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import typst
from hypothesis import example, given
from hypothesis import strategies as st

from providers.typesetting import Typesetter, UnprintableText
from tests.providers.documents import text_of

MADE_AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
TEMPLATE = '#set document(title: "t")\n#let data = json(bytes(sys.inputs.data))\n#for line in data.lines [#line \\ ]\n'


@pytest.fixture(scope="module")
def typesetter(tmp_path_factory: pytest.TempPathFactory) -> Typesetter:
    template = tmp_path_factory.mktemp("template") / "lines.typ"
    template.write_text(TEMPLATE)
    return Typesetter(template)


def test_the_same_data_and_instant_give_the_same_bytes(typesetter: Typesetter) -> None:
    one = typesetter.pdf({"lines": ["a", "甲"]}, MADE_AT)

    assert typesetter.pdf({"lines": ["a", "甲"]}, MADE_AT) == one
    assert typesetter.pdf({"lines": ["b"]}, MADE_AT) != one
    assert b"pdfaid:part" in one


@given(text=st.text(st.characters(exclude_categories=()), max_size=60))
@example(text='#panic() *a* $1$ [b] @c <d> \\ " //')
@example(text="\x00\x1b\ud800\ufeff\u200d")
def test_any_text_is_printed_or_refused(typesetter: Typesetter, text: str) -> None:
    try:
        assert typesetter.pdf({"lines": [text]}, MADE_AT).startswith(b"%PDF-")
    except UnprintableText as error:
        assert not text.isascii()
        assert error.__context__ is None


@pytest.mark.parametrize("name", ["Zoë Łęcki", "Ольга", "Μαρία", "Đặng Thị", "令狐角", "佐藤さくら", "김민수"])
def test_names_of_many_scripts_can_be_printed(typesetter: Typesetter, name: str) -> None:
    assert name in text_of(typesetter.pdf({"lines": [name]}, MADE_AT))


@pytest.mark.parametrize("text", ["😀", "ไทย", "𠀀"])
def test_a_text_that_no_font_has_is_refused_and_not_repeated(typesetter: Typesetter, text: str) -> None:
    with pytest.raises(UnprintableText) as refused:
        typesetter.pdf({"lines": [text]}, MADE_AT)

    assert text not in str(refused.value)


def test_a_name_cannot_turn_the_text_after_it_around(typesetter: Typesetter) -> None:
    assert "abc 123" in text_of(typesetter.pdf({"lines": ["abc\u202e 123"]}, MADE_AT))


def test_a_template_that_is_wrong_is_an_error(tmp_path: Path) -> None:
    template = tmp_path / "wrong.typ"
    template.write_text("#missing")

    with pytest.raises(typst.TypstError, match="unknown variable: missing"):
        Typesetter(template).pdf({}, MADE_AT)
