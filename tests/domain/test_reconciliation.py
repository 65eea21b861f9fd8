"""How two books can differ about an account."""

from __future__ import annotations

import pytest

from domain.money import Money
from domain.reconciliation import Finding, finding_of

TEN, ELEVEN, TEN_EUROS = Money(10_00, "GBP"), Money(11_00, "GBP"), Money(10_00, "EUR")


@pytest.mark.parametrize(
    ("lenders", "ours", "is_open", "finding"),
    [
        (TEN, TEN, True, None),
        (None, TEN, False, None),
        (TEN, None, False, Finding.MISSING),
        (TEN, TEN, False, Finding.ENDED),
        (None, TEN, True, Finding.EXTRA),
        (TEN, TEN_EUROS, True, Finding.OTHER_CURRENCY),
        (TEN, ELEVEN, True, Finding.OTHER_BALANCE),
    ],
)
def test_each_difference_has_its_finding(
    lenders: Money | None, ours: Money | None, is_open: bool, finding: Finding | None
) -> None:
    assert finding_of(lenders, ours, is_open=is_open) is finding
