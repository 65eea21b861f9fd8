"""The stand-in as a process: it says where it listens as one line of JSON, and stops cleanly on SIGTERM."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
from pathlib import Path

from runtime.twilio_stand_in import Rule, TwilioStandIn

AUTH_TOKEN_VARIABLE = "STAND_IN_AUTH_TOKEN"  # noqa: S105 - the name of a variable


async def _serve(stand_in: TwilioStandIn) -> None:
    stop = asyncio.Event()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signal_number, stop.set)
    async with stand_in:
        sys.stdout.write(json.dumps({"host": stand_in.host, "port": stand_in.port}) + "\n")
        sys.stdout.flush()
        await stop.wait()


def _rules(path: Path | None) -> list[Rule]:
    """The rules of a JSON file: a list of objects with the fields of Rule."""
    return [] if path is None else [Rule(**rule) for rule in json.loads(path.read_text(encoding="utf-8"))]


def main(arguments: list[str] | None = None) -> None:
    """Run a stand-in until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(
        prog="python -m runtime.twilio_stand_in",
        description=f"A server in Twilio's place. Its auth token is taken from {AUTH_TOKEN_VARIABLE}.",
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free port")
    parser.add_argument("--account-sid", default="AC" + "0" * 32)
    parser.add_argument("--rules", type=Path, help="JSON file: what becomes of messages and calls")
    parser.add_argument("--inbound-url", help="where incoming messages are posted to")
    parser.add_argument("--journal", type=Path, help="write what happens there as lines of JSON")
    chosen = parser.parse_args(arguments)
    stand_in = TwilioStandIn(
        account_sid=chosen.account_sid,
        auth_token=os.environ.get(AUTH_TOKEN_VARIABLE, "stand-in"),
        host=chosen.host,
        port=chosen.port,
        rules=_rules(chosen.rules),
        inbound_url=chosen.inbound_url,
        journal=chosen.journal,
    )
    asyncio.run(_serve(stand_in))


if __name__ == "__main__":
    main()
