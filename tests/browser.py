"""The browser for the tests of pages."""

from __future__ import annotations

import subprocess
from pathlib import Path

_SCRIPT = Path(__file__).parents[1] / "scripts" / "browser.sh"


class BrowserMissing(Exception):
    """No Chromium or Chrome is installed. `make test` installs one where it can."""


def find_browser() -> Path:
    """The path of a Chromium or Chrome. Raises BrowserMissing with the remedy: a page that was not looked at fails."""
    found = subprocess.run([_SCRIPT], capture_output=True, text=True, check=False)  # noqa: S603 - our own script
    if found.returncode != 0:
        raise BrowserMissing(found.stderr.strip())
    return Path(found.stdout.strip())
