"""From running text to paragraphs and lists."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rulebook.layout import Block, Piece, blocks_of, pieces, short, spoken, written

TEXT = """\
Dear reader,

one line
and its continuation.
- first
- second,
  continued

中文的一行
接着下一行
and English.
"""


def test_blank_lines_part_paragraphs_and_dashes_make_items() -> None:
    assert blocks_of(TEXT) == (
        Block(("Dear reader,",), is_list=False),
        Block(("one line and its continuation.",), is_list=False),
        Block(("first", "second, continued"), is_list=True),
        Block(("中文的一行接着下一行and English.",), is_list=False),
    )


def test_each_channel_lays_the_same_blocks_out_in_its_way() -> None:
    blocks = blocks_of("One\u00a0two.\n\n- a\n- b\n")

    assert written(blocks) == "One\u00a0two.\n\n- a\n- b"
    assert short(blocks) == "One two.\n- a\n- b"
    assert spoken(blocks) == "One\u00a0two. a b"


def test_only_known_addresses_become_links_and_the_longest_wins() -> None:
    line = "See https://a.example/pay/1, https://a.example/pay or https://b.example, or write to x@a.example."

    assert pieces(line, frozenset({"https://a.example/pay", "https://a.example/pay/1", "x@a.example", ""})) == (
        Piece("See "),
        Piece("https://a.example/pay/1", "https://a.example/pay/1"),
        Piece(", "),
        Piece("https://a.example/pay", "https://a.example/pay"),
        Piece(" or https://b.example, or write to "),
        Piece("x@a.example", "mailto:x@a.example"),
        Piece("."),
    )


@given(st.text("ab- \n中", max_size=60))
def test_laying_out_what_was_laid_out_changes_nothing(text: str) -> None:
    once = written(blocks_of(text))

    assert written(blocks_of(once)) == once


@given(st.text(max_size=40), st.sets(st.text(min_size=1, max_size=5), max_size=3))
def test_no_character_is_lost_between_pieces(line: str, links: set[str]) -> None:
    assert "".join(piece.text for piece in pieces(line, frozenset(links))) == line
