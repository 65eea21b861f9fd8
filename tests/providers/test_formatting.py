"""Money, days and instants in documents."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from domain.money import Money
from providers.formatting import format_day, format_instant, format_money


@pytest.mark.parametrize(
    ("money", "locale", "written"),
    [
        (Money(123_450, "GBP"), "en-GB", "£1,234.50"),
        (Money(-5_000, "USD"), "en-US", "-$50.00"),
        (Money(123_450, "CNY"), "zh-CN", "¥1,234.50"),
        (Money(1_234, "JPY"), "en-GB", "JP¥1,234"),
        (Money(1_234_567, "KWD"), "en-GB", "KWD1,234.567"),
        (Money(1_234_567, "IQD"), "en-GB", "IQD1,234.567"),
    ],
)
def test_money_is_written_to_its_last_minor_unit(money: Money, locale: str, written: str) -> None:
    assert format_money(money, locale) == written


@pytest.mark.parametrize(
    ("locale", "written"), [("en-GB", "6 May 2026"), ("en-US", "May 6, 2026"), ("zh-CN", "2026年5月6日")]
)
def test_a_day_is_written_in_words(locale: str, written: str) -> None:
    assert format_day(date(2026, 5, 6), locale) == written


@pytest.mark.parametrize(
    ("zone", "locale", "written"),
    [
        ("Europe/London", "en-GB", "6 May 2026, 15:05"),
        ("America/New_York", "en-US", "May 6, 2026, 10:05\u202fAM"),
        ("Asia/Shanghai", "zh-CN", "2026年5月6日 22:05"),
    ],
)
def test_an_instant_is_written_by_the_clock_of_its_zone(zone: str, locale: str, written: str) -> None:
    assert format_instant(datetime(2026, 5, 6, 14, 5, tzinfo=UTC), zone, locale) == written
