"""The health endpoint tells whether the process can work, and no more."""

from __future__ import annotations

import aiohttp
import pytest

from runtime.health import Check, HealthServer

SECRET = "postgresql://dunlin:hunter2@db/dunlin"


async def holds() -> None:
    return None


async def fails() -> None:
    raise ConnectionRefusedError(f"cannot reach {SECRET}")


async def get(checks: dict[str, Check], path: str) -> tuple[int, dict[str, object]]:
    async with HealthServer(host="127.0.0.1", port=0, checks=checks) as server, aiohttp.ClientSession() as session:
        answer = await session.get(f"http://127.0.0.1:{server.port}{path}")
        return answer.status, await answer.json()


async def test_it_is_ready_when_every_check_holds() -> None:
    assert await get({"database": holds, "temporal": holds}, "/ready") == (
        200,
        {"status": "ready", "checks": {"database": "ok", "temporal": "ok"}},
    )


async def test_it_names_the_check_that_fails_and_not_its_words() -> None:
    assert await get({"database": fails, "temporal": holds}, "/ready") == (
        503,
        {"status": "not ready", "checks": {"database": "failed", "temporal": "ok"}},
    )


async def test_it_lives_also_when_it_is_not_ready() -> None:
    assert await get({"database": fails}, "/live") == (200, {"status": "live"})


async def test_a_taken_port_is_an_error() -> None:
    async with HealthServer(host="127.0.0.1", port=0, checks={}) as first:
        with pytest.raises(OSError, match="address already in use"):
            await HealthServer(host="127.0.0.1", port=first.port, checks={}).start()
