"""Segments of text messages."""

from __future__ import annotations

import pytest

from rulebook.sms import SmsSize, sms_size


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("", SmsSize("GSM-7", 0, 1)),
        ("a" * 160, SmsSize("GSM-7", 160, 1)),
        ("a" * 161, SmsSize("GSM-7", 161, 2)),
        ("a" * 306, SmsSize("GSM-7", 306, 2)),
        ("a" * 307, SmsSize("GSM-7", 307, 3)),
        ("£" * 160, SmsSize("GSM-7", 160, 1)),
        ("€" * 80, SmsSize("GSM-7", 160, 1)),
        ("€" * 81, SmsSize("GSM-7", 162, 2)),
        ("中" * 70, SmsSize("UCS-2", 70, 1)),
        ("中" * 71, SmsSize("UCS-2", 71, 2)),
        ("中" * 135, SmsSize("UCS-2", 135, 3)),
        ("\U0001f600" * 35, SmsSize("UCS-2", 70, 1)),
        ("don’t", SmsSize("UCS-2", 5, 1)),
    ],
)
def test_segments_are_counted_as_the_network_counts_them(text: str, size: SmsSize) -> None:
    assert sms_size(text) == size
