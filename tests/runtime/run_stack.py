"""A stack in a process of its own, to be stopped by signals: `python -m tests.runtime.run_stack FOLDER`.

Prints the stack's environment as JSON once it is up, then waits to be stopped.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from runtime.logging import configure_logging
from runtime.signals import run_until_signalled
from runtime.stack import Stack


async def main() -> None:
    async with Stack(Path(sys.argv[1]), durable=False) as stack:
        sys.stdout.write(json.dumps(stack.environment()) + "\n")
        sys.stdout.flush()
        if "raise" in sys.argv:
            raise ValueError("as the test wants it")
        await asyncio.Event().wait()


if __name__ == "__main__":
    configure_logging(level="warning", log_format="json")
    run_until_signalled(main())
