"""What a run runs on: real servers and workers that can be killed, and sinks in this process, which lives on."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from temporalio.client import Client
from temporalio.runtime import LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter

from chaos.portfolio import LENDERS
from db.migrate import upgrade
from db.session import Database
from domain.clock import Clock
from rulebook.load import Rulebook
from runtime.postgres import EmbeddedPostgres, PostgresFailed
from runtime.processes import LeashedProcess, free_ports
from runtime.smtp_sink import SmtpSink
from runtime.temporal import DATA_CONVERTER, ensure_search_attributes
from runtime.temporal_server import temporal_answers, temporal_command
from runtime.twilio_stand_in import TwilioStandIn
from starter.client import DunlinClient
from workflows.search_attributes import ALL

ROOT = Path(__file__).parents[1]
WORKERS = 2
_ACCOUNT_SID = "AC" + "0" * 32
_AUTH_TOKEN = "chaos"  # noqa: S105 - the stand-in's own
_UP_SECONDS_MAX = 60.0
_POLL_SECONDS = 0.05


@dataclass(slots=True)
class Workers:
    """`worker.py` a few times, each started again when it has ended, as whoever runs it in production would."""

    start_one: Callable[[int], LeashedProcess]
    processes: list[LeashedProcess] = field(default_factory=list)
    ended_by_themselves: int = 0
    _killed: set[int] = field(default_factory=set)
    _keeper: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self.processes = [await asyncio.to_thread(self.start_one, number) for number in range(WORKERS)]
        self._keeper = asyncio.create_task(self._keep())

    def is_up(self, number: int) -> bool:
        """Whether that one runs, and nobody is about to kill it."""
        return number not in self._killed and self.processes[number].exit_code is None

    async def kill(self, number: int, seconds: float) -> bool:
        """SIGKILL, and a new one after so many seconds. False for one that is down already."""
        if not self.is_up(number):
            return False
        process = self.processes[number]
        self._killed.add(number)
        try:
            await asyncio.to_thread(process.kill)
            await asyncio.sleep(seconds)
            self.processes[number] = await asyncio.to_thread(self.start_one, number)
        finally:
            self._killed.discard(number)
        return True

    async def stop(self) -> None:
        """Let them finish what is in flight."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
            self._keeper = None
        await asyncio.gather(*(asyncio.to_thread(process.stop) for process in self.processes))
        self.processes = []

    async def _keep(self) -> None:
        while True:
            for number, process in enumerate(self.processes):
                if process.exit_code is not None and number not in self._killed:
                    self.ended_by_themselves += 1
                    self.processes[number] = await asyncio.to_thread(self.start_one, number)
            await asyncio.sleep(1.0)


class TemporalServer:
    """The Temporal server in a process that can be killed and started again on its file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ports = free_ports(("temporal", "temporal_ui"), {})
        self._process: LeashedProcess | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._ports['temporal']}"

    async def start(self) -> None:
        """Start it, and wait until it answers."""
        port, ui_port = self._ports["temporal"], self._ports["temporal_ui"]
        command = temporal_command(self._folder / "temporal.db", port=port, ui_port=ui_port)
        log = self._folder / "temporal.log"
        self._process = await asyncio.to_thread(
            lambda: LeashedProcess("temporal", command, log=log, environment=dict(os.environ))
        )
        await _until("Temporal answers", lambda: temporal_answers(port=port, ui_port=ui_port))

    async def kill(self) -> None:
        assert self._process is not None, "start it first"
        await asyncio.to_thread(self._process.kill)

    async def stop(self) -> None:
        if self._process is not None:
            await asyncio.to_thread(self._process.stop)


class PostgresServer:
    """Dunlin's Postgres, durable, which can be ended in each of its ways and started again."""

    def __init__(self, folder: Path) -> None:
        self.server = EmbeddedPostgres(folder / "postgres")

    async def start(self) -> None:
        """Start it. Where it was killed, what it had started may still be there for a moment: then try again."""

        async def has_started() -> bool:
            try:
                await asyncio.to_thread(self.server.start)
            except PostgresFailed:
                return False
            return True

        await _until("Postgres starts", has_started)


@dataclass(frozen=True, slots=True)
class Servers:
    """Everything that runs, and the ways to it. Their logs and the sinks' own are in `folder`."""

    folder: Path
    temporal_server: TemporalServer
    postgres: PostgresServer
    smtp: SmtpSink
    twilio: TwilioStandIn
    workers: Workers
    temporal: Client
    database: Database

    def client(self, rulebook: Rulebook, clock: Clock) -> DunlinClient:
        return DunlinClient(self.temporal, self.database, rulebook, clock=clock)

    @property
    def smtp_journal(self) -> Path:
        return _smtp_journal(self.folder)

    @property
    def twilio_journal(self) -> Path:
        return _twilio_journal(self.folder)


@asynccontextmanager
async def servers(folder: Path, rulebook: Rulebook) -> AsyncIterator[Servers]:
    """Everything up, with the lender registered. All of it has ended at the end of the block."""
    async with AsyncExitStack() as stack:
        postgres = PostgresServer(folder)
        await postgres.start()
        stack.callback(postgres.server.stop)
        url = postgres.server.url
        await upgrade(url)
        temporal_server = TemporalServer(folder)
        stack.push_async_callback(temporal_server.stop)
        await temporal_server.start()
        smtp = SmtpSink(journal=_smtp_journal(folder))
        twilio = TwilioStandIn(account_sid=_ACCOUNT_SID, auth_token=_AUTH_TOKEN, journal=_twilio_journal(folder))
        await smtp.start()
        stack.push_async_callback(smtp.stop)
        await twilio.start()
        stack.push_async_callback(twilio.stop)
        temporal = await Client.connect(temporal_server.address, data_converter=DATA_CONVERTER, runtime=_quiet())
        await ensure_search_attributes(temporal, "default", ALL)
        database = Database(url)
        stack.push_async_callback(database.close)
        environment = _environment(url, temporal_server, smtp, twilio, folder)
        workers = Workers(lambda number: _worker(number, folder, environment))
        whole = Servers(folder, temporal_server, postgres, smtp, twilio, workers, temporal, database)
        for lender in LENDERS:
            await whole.client(rulebook, Clock()).register_lender(lender)
        stack.push_async_callback(workers.stop)
        await workers.start()
        yield whole


def _quiet() -> Runtime:
    """Temporal's core would say of each lost connection what is planned here."""
    errors = TelemetryFilter(core_level="ERROR", other_level="ERROR")
    return Runtime(telemetry=TelemetryConfig(logging=LoggingConfig(filter=errors)))


def _smtp_journal(folder: Path) -> Path:
    return folder / "smtp.jsonl"


def _twilio_journal(folder: Path) -> Path:
    return folder / "twilio.jsonl"


def _worker(number: int, folder: Path, environment: dict[str, str]) -> LeashedProcess:
    return LeashedProcess(
        f"worker {number}",
        [sys.executable, "worker.py"],
        log=folder / f"worker-{number}.log",
        environment=environment,
        folder=ROOT,
    )


def _environment(
    url: str, temporal: TemporalServer, smtp: SmtpSink, twilio: TwilioStandIn, folder: Path
) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": url,
        "DUNLIN_TEMPORAL_ADDRESS": temporal.address,
        "DUNLIN_PUBLIC_BASE_URL": "http://127.0.0.1:9",
        "DUNLIN_SMTP_HOST": "127.0.0.1",
        "DUNLIN_SMTP_PORT": str(smtp.port),
        "DUNLIN_SMTP_STARTTLS": "false",
        "DUNLIN_SMTP_FROM": "collections@lender.example",
        "DUNLIN_TWILIO_ACCOUNT_SID": _ACCOUNT_SID,
        "DUNLIN_TWILIO_AUTH_TOKEN": _AUTH_TOKEN,
        "DUNLIN_TWILIO_BASE_URL": f"http://127.0.0.1:{twilio.port}",
        "DUNLIN_TWILIO_SMS_FROM": "+15005550006",
        "DUNLIN_TWILIO_VOICE_FROM": "+15005550006",
        "DUNLIN_PRINT_FOLDER": str(folder / "print"),
        "DUNLIN_METRICS_PORT": "0",
        "DUNLIN_HEALTH_PORT": "0",
        "DUNLIN_SHUTDOWN_GRACE_SECONDS": "8",
        "DUNLIN_LOG_LEVEL": "warning",
    }


async def _until(what: str, holds: Callable[[], Awaitable[bool]]) -> None:
    try:
        async with asyncio.timeout(_UP_SECONDS_MAX):
            while not await holds():  # noqa: ASYNC110 - what is waited for tells nobody
                await asyncio.sleep(_POLL_SECONDS)
    except TimeoutError:
        raise TimeoutError(f"after {_UP_SECONDS_MAX:g} s still not so: {what}") from None
