"""Names that several parts of the comparison share."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
ENVIRONMENT = ROOT / "bench" / "peers" / ".venv"
SINK_MODULE = "bench.peers.sink"
READY = "ready"
