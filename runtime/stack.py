"""The embedded stack: a real Postgres, a real Temporal server with its UI, a mail sink and a stand-in for Twilio.

Each is a process of its own on free ports, with its state and its log in one folder, so that a restart goes on where
the last run stopped. The stack starts what it uses and uses what it started: it never looks for a server on a known
port. What it started ends with it, at the latest when its process is killed.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from runtime.folder_lock import FolderLock
from runtime.logging import logger
from runtime.postgres import EmbeddedPostgres, PostgresFailed
from runtime.processes import LeashedProcess, StackError, answers, free_ports
from runtime.settings import StackSettings
from runtime.settings_problems import PREFIX
from runtime.temporal_server import temporal_answers, temporal_command

START_SECONDS_MAX = 60.0
PROGRAM_GRACE_SECONDS = 40.0
"""Longer than a worker takes to finish what is in flight, by its default settings."""
ACCOUNT_SID = "AC" + "0" * 32
INBOUND_PATH = "/webhooks/twilio/inbound"
"""Where the stand-in posts borrowers' replies to."""
PORTS = ("temporal", "temporal_ui", "smtp", "twilio", "callback", "metrics", "health")

_POLL_SECONDS = 0.05
_log = logger(__name__)


@dataclass(frozen=True, slots=True)
class StackState:
    """What a restart needs to know of the last run."""

    ports: dict[str, int]
    twilio_auth_token: str

    @classmethod
    def read(cls, path: Path) -> StackState:
        """The last state with its ports where they are still free, or a new one."""
        said: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        return cls(free_ports(PORTS, said.get("ports", {})), said.get("twilio_auth_token") or secrets.token_hex(16))

    def write(self, path: Path) -> None:
        """Replace the file at once or not at all; only its owner may read it."""
        partial = path.with_suffix(".partial")
        partial.touch(mode=0o600)
        partial.write_text(
            json.dumps({"ports": self.ports, "twilio_auth_token": self.twilio_auth_token}), encoding="utf-8"
        )
        partial.replace(path)


class Stack:
    """One embedded stack in one folder: `async with Stack(folder) as stack: ...`."""

    def __init__(self, folder: Path | None = None, *, durable: bool = True) -> None:
        """`durable=False` gives up Postgres' safety in a power cut for speed: for tests alone."""
        self.folder = (folder or default_state_folder()).absolute()
        self._postgres = EmbeddedPostgres(self.folder / "postgres", durable=durable)
        self._lock = FolderLock(self.folder)
        self._state: StackState | None = None
        self._processes: list[LeashedProcess] = []

    @property
    def state(self) -> StackState:
        """The ports and secrets of the running stack."""
        assert self._state is not None, "start the stack before asking for its addresses"
        return self._state

    @property
    def temporal_address(self) -> str:
        return f"127.0.0.1:{self.state.ports['temporal']}"

    @property
    def temporal_ui_url(self) -> str:
        return f"http://127.0.0.1:{self.state.ports['temporal_ui']}"

    @property
    def mail_folder(self) -> Path:
        """Where the mail sink puts each mail as an .eml file."""
        return self.folder / "mail"

    @property
    def twilio_journal(self) -> Path:
        """Where the Twilio stand-in notes what happens, a line of JSON each."""
        return self.folder / "twilio.jsonl"

    @property
    def print_folder(self) -> Path:
        """Where letters are printed to."""
        return self.folder / "print"

    async def start(self) -> None:
        """Start everything and wait until it answers.

        Raises StackError: another stack runs on the folder, or a server did not start. Then nothing is left running.
        """
        self._make_folders()
        await self._lock.acquire()
        try:
            self._state = StackState.read(self.folder / "state.json")
            self.state.write(self.folder / "state.json")
            await self._start_servers()
        except BaseException:
            await self.stop()
            raise
        _log.info("stack started", folder=str(self.folder))

    async def stop(self) -> None:
        """Stop everything in the reverse order of its start. Does nothing when nothing runs."""
        await asyncio.to_thread(self._stop_all)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.stop()

    def environment(self) -> dict[str, str]:
        """The settings that a worker or a client of this stack needs, by environment variable."""
        ports = {name: str(port) for name, port in self.state.ports.items()}
        return {
            "DATABASE_URL": self._postgres.url,
            "DUNLIN_TEMPORAL_ADDRESS": self.temporal_address,
            "DUNLIN_TEMPORAL_NAMESPACE": "default",
            "DUNLIN_PUBLIC_BASE_URL": f"http://127.0.0.1:{ports['callback']}",
            "DUNLIN_CALLBACK_PORT": ports["callback"],
            "DUNLIN_SMTP_HOST": "127.0.0.1",
            "DUNLIN_SMTP_PORT": ports["smtp"],
            "DUNLIN_SMTP_STARTTLS": "false",
            "DUNLIN_SMTP_FROM": "collections@lender.example",
            "DUNLIN_TWILIO_ACCOUNT_SID": ACCOUNT_SID,
            "DUNLIN_TWILIO_AUTH_TOKEN": self.state.twilio_auth_token,
            "DUNLIN_TWILIO_BASE_URL": f"http://127.0.0.1:{ports['twilio']}",
            "DUNLIN_TWILIO_SMS_FROM": "+15005550006",
            "DUNLIN_TWILIO_VOICE_FROM": "+15005550006",
            "DUNLIN_PRINT_FOLDER": str(self.print_folder),
            "DUNLIN_METRICS_PORT": ports["metrics"],
            "DUNLIN_HEALTH_PORT": ports["health"],
        }

    def run(self, name: str, program: Sequence[str], **more: str) -> LeashedProcess:
        """Start a program with the environment of this stack, and `more` of it; it stops before the servers do."""
        environment = {**_clean_environment(), **self.environment(), **more}
        return self._leash(name, program, environment, grace_seconds=PROGRAM_GRACE_SECONDS)

    def _make_folders(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        owner = self.folder.stat().st_uid
        if owner != os.geteuid():
            raise StackError(
                f"{self.folder} belongs to user {owner}: remove it, or choose another folder with {PREFIX}STATE_FOLDER"
            )
        for folder in (self.folder / "logs", self.mail_folder, self.print_folder):
            folder.mkdir(exist_ok=True)

    async def _start_servers(self) -> None:
        ports = self.state.ports
        await asyncio.to_thread(self._start_postgres)
        environment = _clean_environment()
        sink = ["-m", "runtime.smtp_sink", "--port", str(ports["smtp"]), "--folder", str(self.mail_folder)]
        twilio = ["-m", "runtime.twilio_stand_in", "--port", str(ports["twilio"]), "--account-sid", ACCOUNT_SID]
        twilio += ["--journal", str(self.twilio_journal), "--inbound-url", self._inbound_url()]
        token = {"STAND_IN_AUTH_TOKEN": self.state.twilio_auth_token}
        servers: list[tuple[LeashedProcess, Callable[[], Awaitable[bool]]]] = [
            (self._leash("temporal", self._temporal_command(), environment), self._temporal_answers),
            (
                self._leash("smtp", [sys.executable, *sink], environment),
                lambda: answers(ports["smtp"], say=b"", expect=b"220"),
            ),
            (
                self._leash("twilio", [sys.executable, *twilio], {**environment, **token}),
                lambda: answers(ports["twilio"], say=b"GET / HTTP/1.0\r\n\r\n", expect=b"HTTP/1"),
            ),
        ]
        try:
            async with asyncio.TaskGroup() as waiting:
                for process, is_up in servers:
                    waiting.create_task(self._wait_for(process, is_up))
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None  # the others were only stopped from waiting

    def _start_postgres(self) -> None:
        """Where the last run was killed, its Postgres may still be shutting down: then try again."""
        deadline = time.monotonic() + (START_SECONDS_MAX if self._lock.was_left_behind else 0)
        while True:
            try:
                self._postgres.start()
            except PostgresFailed as error:
                if time.monotonic() > deadline:
                    raise StackError(f"postgres: {error}") from error
                time.sleep(_POLL_SECONDS)
            else:
                return

    def _leash(
        self, name: str, program: Sequence[str], environment: dict[str, str], *, grace_seconds: float = 10.0
    ) -> LeashedProcess:
        process = LeashedProcess(
            name,
            program,
            log=self.folder / "logs" / f"{name}.log",
            environment=environment,
            folder=Path(__file__).parents[1],
            keep_open=(self._lock.descriptor,),
            grace_seconds=grace_seconds,
        )
        self._processes.append(process)
        return process

    def _temporal_command(self) -> list[str]:
        ports = self.state.ports
        return temporal_command(self.folder / "temporal.db", port=ports["temporal"], ui_port=ports["temporal_ui"])

    def _inbound_url(self) -> str:
        return f"http://127.0.0.1:{self.state.ports['callback']}{INBOUND_PATH}"

    async def _temporal_answers(self) -> bool:
        return await temporal_answers(port=self.state.ports["temporal"], ui_port=self.state.ports["temporal_ui"])

    async def _wait_for(self, process: LeashedProcess, is_up: Callable[[], Awaitable[bool]]) -> None:
        """Wait until it answers. It must still run then: otherwise somebody else answered on its port."""
        try:
            async with asyncio.timeout(START_SECONDS_MAX):
                while not await is_up():
                    self._must_run(process)
                    await asyncio.sleep(_POLL_SECONDS)
        except TimeoutError:
            raise StackError(
                f"{process.name} does not answer after {START_SECONDS_MAX:g} s, see {process.log}:\n"
                f"{process.last_lines()}"
            ) from None
        self._must_run(process)

    @staticmethod
    def _must_run(process: LeashedProcess) -> None:
        if process.exit_code is not None:
            raise StackError(
                f"{process.name} ended with code {process.exit_code}, see {process.log}:\n{process.last_lines()}"
            )

    def _stop_all(self) -> None:
        while self._processes:
            self._processes.pop().stop()
        self._postgres.stop()
        self._lock.release()


def default_state_folder() -> Path:
    """DUNLIN_STATE_FOLDER, else a folder of the user's own with a short path: sockets lie in it.

    Never in root's home, which the user that Postgres runs as cannot enter.
    """
    chosen = StackSettings().state_folder
    if chosen:
        return chosen
    state_home = os.environ.get("XDG_STATE_HOME")
    if state_home and os.geteuid() != 0:
        return Path(state_home) / "dunlin"
    return Path(f"/var/tmp/dunlin-{os.geteuid()}")  # noqa: S108 - its owner is checked, and it is closed to others


def _clean_environment() -> dict[str, str]:
    """This process' environment without the addresses of some other installation."""
    theirs = ("DATABASE_URL", "TEMPORAL_", "PG", *(PREFIX + name for name in ("TEMPORAL_", "SMTP_", "TWILIO_")))
    return {name: value for name, value in os.environ.items() if not name.startswith(theirs)}
