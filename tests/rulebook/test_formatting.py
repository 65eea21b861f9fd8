"""Money, dates and references in each locale."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.currency import EXPONENTS
from domain.money import Money
from rulebook.formatting import VALUE_LENGTH_MAX, babel_locale, ending, format_day, format_money, one_line


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "text"),
    [
        ("1234.5", "GBP", "en-GB", "£1,234.50"),
        ("1234.5", "USD", "en-US", "$1,234.50"),
        ("1234.5", "CNY", "zh-CN", "¥1,234.50"),
        ("1234", "TWD", "en-GB", "NT$1,234.00"),
        ("1234", "JPY", "en-GB", "JP¥1,234"),
        ("1.234", "KWD", "en-GB", "KWD\u00a01.234"),
        ("-5", "GBP", "en-GB", "-£5.00"),
    ],
)
def test_money_has_the_symbol_and_places_of_its_currency(amount: str, currency: str, locale: str, text: str) -> None:
    assert format_money(Money.parse(amount, currency), locale) == text


@given(st.integers(-(10**12), 10**12), st.sampled_from(sorted(EXPONENTS)), st.sampled_from(["en-GB", "en-US", "zh-CN"]))
def test_no_unit_of_any_currency_is_lost_in_print(minor: int, currency: str, locale: str) -> None:
    money = Money(minor, currency)

    text = format_money(money, locale)
    digits = re.search(r"[0-9][0-9,.]*$", text)

    assert digits is not None
    assert Decimal(digits[0].replace(",", "")) == abs(money.decimal)
    assert text.startswith("-") == (minor < 0)


def test_days_are_written_out() -> None:
    day = date(2026, 5, 6)

    assert [format_day(day, locale) for locale in ("en-GB", "en-US", "zh-CN")] == [
        "6 May 2026",
        "May 6, 2026",
        "2026年5月6日",
    ]


def test_an_unknown_locale_is_named() -> None:
    with pytest.raises(ValueError, match="no such locale: xx-XX"):
        babel_locale("xx-XX")


def test_a_reference_shows_its_last_four_characters() -> None:
    assert [ending(reference) for reference in ("EX-2048-7731", "12", "")] == ["7731", "12", ""]


@given(st.text(max_size=400))
def test_a_value_is_one_line_of_sane_length_without_overrides(value: str) -> None:
    line = one_line(value)

    assert line == " ".join(line.split())
    assert len(line) <= VALUE_LENGTH_MAX
    assert not re.search("[\x00-\x1f\x7f-\x9f\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ud800-\udfff]", line)
    assert one_line(line) == line


def test_names_of_all_scripts_stay_as_they_are() -> None:
    for name in ("李小明", "شركة التحصيل", "Ægir Ó Þórsson", "नमस्ते\u200dजी", "O'Neill-Smith"):
        assert one_line(name) == name
