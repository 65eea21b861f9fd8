"""Dunlin's mail sink in a process of its own, with a delay before it answers: `python -m bench.peers.sink`.

A mail is kept first and answered after the delay, as a mail server does that stores and then says so: who dies in
between has sent without knowing.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
from pathlib import Path

from runtime.smtp_sink import SmtpSink


async def _serve(sink: SmtpSink) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with sink:
        print("ready", flush=True)
        await stop.wait()


def main() -> None:
    """Take mails until told to stop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before the answer to the final dot")
    words = parser.parse_args()
    asyncio.run(_serve(SmtpSink(port=words.port, folder=words.folder, reply_delay_s=words.delay)))


if __name__ == "__main__":
    main()
