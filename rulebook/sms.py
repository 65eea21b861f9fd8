"""How many segments a text message takes, which is what it costs and whether it arrives in one piece."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

# 3GPP TS 23.038, section 6.2.1: the default alphabet, and the extension table whose characters take two places.
_GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_7_EXTENSION = frozenset("^{}\\[~]|€\f")

# 3GPP TS 23.040, section 9.2.3.24: a segment of several loses room to the header that joins them.
_GSM_7_SINGLE, _GSM_7_JOINED = 160, 153
_UCS_2_SINGLE, _UCS_2_JOINED = 70, 67

SEGMENTS_MAX = 4


@dataclass(frozen=True, slots=True)
class SmsSize:
    """`units` are septets in GSM-7, and UTF-16 code units in UCS-2."""

    encoding: str
    units: int
    segments: int


def sms_size(text: str) -> SmsSize:
    """The size of a message. A single character outside GSM-7 turns all of it into UCS-2."""
    if all(char in _GSM_7 or char in _GSM_7_EXTENSION for char in text):
        units = sum(2 if char in _GSM_7_EXTENSION else 1 for char in text)
        return SmsSize("GSM-7", units, _segments(units, _GSM_7_SINGLE, _GSM_7_JOINED))
    units = len(text.encode("utf-16-le")) // 2
    return SmsSize("UCS-2", units, _segments(units, _UCS_2_SINGLE, _UCS_2_JOINED))


def _segments(units: int, single: int, joined: int) -> int:
    return 1 if units <= single else ceil(units / joined)
