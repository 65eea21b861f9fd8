"""Health over HTTP: `/live` says that the process runs, `/ready` that it can do its work."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from types import TracebackType
from typing import Self

from aiohttp import web

from runtime.logging import logger

Check = Callable[[], Awaitable[None]]
"""Returns when what it checks works, and raises when it does not."""

CHECK_SECONDS_MAX = 5.0

_log = logger(__name__)


class HealthServer:
    """Serves `/live` and `/ready` on an address. An answer names the checks and whether they hold, nothing more."""

    def __init__(self, *, host: str, port: int, checks: Mapping[str, Check]) -> None:
        self._host = host
        self._port = port
        self._checks = dict(checks)
        self._runner: web.AppRunner | None = None

    @property
    def port(self) -> int:
        """The port it listens on, also when it was started with port 0."""
        assert self._runner is not None, "start the health server before asking for its port"
        port: int = self._runner.addresses[0][1]
        return port

    async def start(self) -> None:
        """Listen. Raises OSError when the port is taken."""
        app = web.Application()
        app.router.add_get("/live", self._live)
        app.router.add_get("/ready", self._ready)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port).start()

    async def stop(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.stop()

    async def _live(self, _: web.Request) -> web.Response:
        return web.json_response({"status": "live"})

    async def _ready(self, _: web.Request) -> web.Response:
        names = list(self._checks)
        holds = await asyncio.gather(*(self._holds(name) for name in names))
        ready = all(holds)
        body = {
            "status": "ready" if ready else "not ready",
            "checks": {name: "ok" if hold else "failed" for name, hold in zip(names, holds, strict=True)},
        }
        return web.json_response(body, status=200 if ready else 503)

    async def _holds(self, name: str) -> bool:
        try:
            async with asyncio.timeout(CHECK_SECONDS_MAX):
                await self._checks[name]()
        except Exception:  # noqa: BLE001 - whatever a check raises means that it does not hold
            _log.warning("health check failed", server=name, exc_info=True)
            return False
        return True
