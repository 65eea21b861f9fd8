"""Reads PDF files back."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest


def text_of(pdf: bytes) -> str:
    """What the pages say, by poppler. Skips the test where that is not installed."""
    command = shutil.which("pdftotext")
    if command is None:
        pytest.skip("needs pdftotext (poppler) to read a PDF")
    read = subprocess.run([command, "-layout", "-", "-"], input=pdf, capture_output=True, check=True)  # noqa: S603
    return read.stdout.decode("utf-8")


def page_count(pdf: bytes) -> int:
    assert pdf.startswith(b"%PDF-")
    found = re.search(rb"/Type\s*/Pages\b[^>]*?/Count (\d+)", pdf) or re.search(
        rb"/Count (\d+)[^>]*?/Type\s*/Pages", pdf
    )
    assert found is not None
    return int(found.group(1))
