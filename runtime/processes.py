"""Processes of the embedded stack: each on a leash, with its output in a file, and ports that are free."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from runtime import leash

_PORTS = range(15_000, 32_000)
"""Below the ports that Linux and macOS give to outgoing connections, so that none of them takes one in between."""
_STOP_MARGIN_SECONDS = 20.0


class StackError(Exception):
    """The embedded stack cannot start or go on. The message says what failed and what to do."""


class LeashedProcess:
    """A program that ends when it is told to, and at the latest when this process ends, however that happens."""

    def __init__(
        self,
        name: str,
        program: Sequence[str],
        *,
        log: Path,
        environment: Mapping[str, str],
        folder: Path | None = None,
        keep_open: Sequence[int] = (),
        grace_seconds: float = 10.0,
    ) -> None:
        """Start it. `keep_open` are descriptors, such as a lock, that stay open until it has ended.

        Raises StackError when there is no such program.
        """
        self.name = name
        self.log = log
        self._grace_seconds = grace_seconds
        reported, report = os.pipe()
        command = [sys.executable, "-I", "-S", leash.__file__]
        options = ["--report-fd", str(report), "--grace", str(grace_seconds), "--"]
        with log.open("ab") as output:
            try:
                self._leash = subprocess.Popen(  # noqa: S603 - our own program
                    [*command, *options, *program],
                    stdin=subprocess.PIPE,
                    stdout=output,
                    stderr=output,
                    cwd=folder,
                    env=dict(environment),
                    pass_fds=(report, *keep_open),
                    start_new_session=True,  # Ctrl-C in a terminal is for this process, which then stops the others
                )
            finally:
                os.close(report)
        with os.fdopen(reported) as answer:
            said = answer.read().strip()
        if not said.isdigit():
            self._leash.wait()
            raise StackError(f"{name}: {said or f'could not be started, see {log}'}")
        self.pid = int(said)

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._leash.poll()

    async def ended(self) -> int:
        """Wait until it has ended; its exit code."""
        return await asyncio.to_thread(self._leash.wait)

    def stop(self) -> None:
        """Ask it to stop and wait until it and all that it started have ended. Does nothing when it has ended."""
        if self._leash.stdin and not self._leash.stdin.closed:
            self._leash.stdin.close()
        self._leash.wait(self._grace_seconds + _STOP_MARGIN_SECONDS)

    def kill(self) -> None:
        """End it as a crash would."""
        os.kill(self.pid, signal.SIGKILL)
        self.stop()

    def last_lines(self, count: int = 8) -> str:
        """The end of its output."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-count:])


def is_free(port: int) -> bool:
    """Whether nothing listens on the port of this machine's loopback address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_ports(names: Sequence[str], remembered: Mapping[str, int]) -> dict[str, int]:
    """A free port for each name: the remembered one where it is free, so that a restart keeps its addresses."""
    ports: dict[str, int] = {}
    for name in names:
        wanted = remembered.get(name)
        while wanted is None or wanted in ports.values() or not is_free(wanted):
            wanted = random.choice(_PORTS)
        ports[name] = wanted
    return ports


async def answers(port: int, *, say: bytes, expect: bytes) -> bool:
    """Whether what listens on the port answers so."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    try:
        writer.write(say)
        return await reader.readexactly(len(expect)) == expect
    except (OSError, asyncio.IncompleteReadError):
        return False
    finally:
        writer.close()
