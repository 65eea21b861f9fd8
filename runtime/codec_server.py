"""Shows the Temporal UI and CLI what is encrypted, to whoever proves who they are.

The protocol is Temporal's: POST /encode and /decode with the JSON of `Payloads`.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

import jwt
from aiohttp import web
from google.protobuf import json_format
from temporalio.api.common.v1 import Payloads
from temporalio.converter import PayloadCodec

from runtime.logging import logger
from runtime.payload_codec import DamagedPayload, UnknownKey

BODY_BYTES_MAX = 8 * 2**20
_ALGORITHMS = ("RS256", "RS384", "RS512", "ES256", "ES384", "EdDSA")
_log = logger(__name__)


class Doorkeeper(Protocol):
    """Says whether a bearer token is good."""

    async def admits(self, token: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class SharedToken:
    """Everybody who knows the token: for the command line, and for a UI behind one sign-in."""

    token: str

    def __repr__(self) -> str:
        return "SharedToken()"

    async def admits(self, token: str) -> bool:
        return hmac.compare_digest(token.encode(), self.token.encode())


class SignedTokens:
    """Access tokens that an identity provider signed for an audience: those which the Temporal UI passes on."""

    def __init__(self, keys_url: str, issuer: str, audience: str) -> None:
        self._keys = jwt.PyJWKClient(keys_url)
        self._issuer = issuer
        self._audience = audience

    async def admits(self, token: str) -> bool:
        try:
            key = await asyncio.to_thread(self._keys.get_signing_key_from_jwt, token)
            jwt.decode(
                token,
                key.key,
                algorithms=list(_ALGORITHMS),
                audience=self._audience,
                issuer=self._issuer,
                options={"require": ["exp", "iss", "aud"]},
            )
        except jwt.PyJWTError as error:
            _log.warning("token refused", why=type(error).__name__)
            return False
        return True


def codec_application(codec: PayloadCodec, doorkeeper: Doorkeeper, ui_origin: str) -> web.Application:
    """The server. Browsers may call it from `ui_origin` alone."""
    headers = {
        "Access-Control-Allow-Origin": ui_origin,
        "Access-Control-Allow-Methods": "POST, OPTIONS",
        "Access-Control-Allow-Headers": "authorization, content-type, x-namespace",
        "Access-Control-Allow-Credentials": "true",
        "Vary": "Origin",
        "Cache-Control": "no-store",
    }

    async def preflight(request: web.Request) -> web.Response:
        return web.Response(status=204, headers=headers)

    def converting(convert: Callable[[Payloads], Awaitable[None]]) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            scheme, _, token = request.headers.get("Authorization", "").partition(" ")
            if scheme.lower() != "bearer" or not await doorkeeper.admits(token):
                return _refusal(401, "send a good bearer token in the header Authorization", headers)
            try:
                payloads = json_format.Parse(await request.read(), Payloads())
            except json_format.ParseError:
                return _refusal(400, "send the JSON of Temporal's Payloads", headers)
            try:
                await convert(payloads)
            except (UnknownKey, DamagedPayload) as error:
                return _refusal(422, str(error), headers)
            return web.Response(
                text=json_format.MessageToJson(payloads), content_type="application/json", headers=headers
            )

        return handle

    application = web.Application(client_max_size=BODY_BYTES_MAX)
    for path, convert in (("/encode", codec.encode_wrapper), ("/decode", codec.decode_wrapper)):
        application.router.add_post(path, converting(convert))
        application.router.add_options(path, preflight)
    return application


def _refusal(status: int, words: str, headers: dict[str, str]) -> web.Response:
    return web.Response(status=status, text=words, headers=headers)


@asynccontextmanager
async def serving(application: web.Application, host: str, port: int) -> AsyncIterator[int]:
    """Serve inside this block, and give the port. Raises OSError when it is taken."""
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        bound: int = runner.addresses[0][1]
        yield bound
    finally:
        await runner.cleanup()
