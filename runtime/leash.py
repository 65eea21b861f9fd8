"""Runs one program that never outlives who started it.

Run as a file of its own: `python runtime/leash.py --report-fd N --grace 10 -- PROGRAM ARGUMENT...`. Standard input is
the leash: when it closes, which the kernel sees to even when the other end was killed, the program's whole process
group is asked to stop and, after the grace, killed. Uses the standard library alone, so that it starts in a blink.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import threading
from types import FrameType

STANDARD_INPUT = 0
CANNOT_START = 127


class _Leash:
    def __init__(self, program: list[str], grace_seconds: float) -> None:
        self._grace_seconds = grace_seconds
        self._process = subprocess.Popen(  # noqa: S603 - the program is what the stack hands over
            program, stdin=subprocess.DEVNULL, start_new_session=True
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def follow(self) -> int:
        """Wait until the program has ended, by itself or because the leash was let go. Its exit code."""
        threading.Thread(target=self._stop_when_let_go, daemon=True).start()
        code = self._process.wait()
        self._signal_group(signal.SIGKILL)  # what it may have left behind
        return code

    def stop(self) -> None:
        """Ask the program to stop, and kill it when it does not within the grace."""
        self._signal_group(signal.SIGTERM)
        timer = threading.Timer(self._grace_seconds, self._signal_group, [signal.SIGKILL])
        timer.daemon = True
        timer.start()

    def _stop_when_let_go(self) -> None:
        while os.read(STANDARD_INPUT, 1024):
            pass
        self.stop()

    def _signal_group(self, number: signal.Signals) -> None:
        try:
            os.killpg(self._process.pid, number)
        except (ProcessLookupError, PermissionError):  # gone; macOS says that it is not permitted
            return


def main() -> int:
    """Start the program, report its process id, or why it could not be started, and follow it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--report-fd", type=int, required=True)
    parser.add_argument("--grace", type=float, default=10.0)
    parser.add_argument("program", nargs="+")
    chosen = parser.parse_args()
    with os.fdopen(chosen.report_fd, "w") as report:
        os.set_inheritable(report.fileno(), False)
        try:
            leash = _Leash(chosen.program, chosen.grace)
        except OSError as error:
            report.write(f"cannot start {chosen.program[0]}: {error.strerror}\n")
            return CANNOT_START
        report.write(f"{leash.pid}\n")

    def stop(_: int, __: FrameType | None) -> None:
        leash.stop()

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, stop)
    return leash.follow() % 256


if __name__ == "__main__":
    sys.exit(main())
