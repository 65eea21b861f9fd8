"""Reads PDF files back."""

from __future__ import annotations

from io import BytesIO

from pypdf import PdfReader


def text_of(pdf: bytes) -> str:
    """What the pages say, laid out as they show it."""
    return "\f".join(page.extract_text(extraction_mode="layout") for page in PdfReader(BytesIO(pdf)).pages)


def page_count(pdf: bytes) -> int:
    return len(PdfReader(BytesIO(pdf)).pages)
