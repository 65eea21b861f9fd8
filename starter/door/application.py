"""The addresses of the door, who may call them, and what they answer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from http import HTTPStatus

from aiohttp import web
from temporalio.service import RPCError

from db.session import DatabaseFailure
from providers.twilio_api.callbacks import TWIML_TYPE, SignatureCheck, connect_to, hang_up, say_nothing
from providers.webhooks import (
    CALL_DIGIT_PATH,
    CALL_STATUS_PATH,
    INBOUND_PATH,
    MESSAGE_STATUS_PATH,
    UNSUBSCRIBE_PATH,
    unsealed,
)
from rulebook.render import CONNECT_KEY
from runtime.logging import logger
from starter.door.receiver import MalformedReport, Meaning, Receiver, UnknownContact
from starter.door.reports import Form, messages_of_call, messages_of_digit, messages_of_status

HEALTH_PATH = "/healthz"

BODY_BYTES_MAX = 64 * 1024
"""Twilio's longest form, a text message of 1,600 characters, is far below."""

_REFERENCE = "{reference:[A-Za-z0-9._:-]{1,120}}"
_PAGE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    '<meta name="robots" content="noindex"><title>E-mails</title>'
    '<body style="font-family:sans-serif;margin:3em auto;max-width:30em">{content}</body></html>'
)
_QUESTION = (
    '<p>Stop e-mails about this account?<br>不再接收有关此账户的邮件？</p><form method="post">'
    '<button name="List-Unsubscribe" value="One-Click">Stop e-mails · 停止邮件</button></form>'
)
_DONE = "<p>You will get no more e-mails from us.<br>您将不再收到我们的邮件。</p>"

_log = logger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Door:
    """An aiohttp application: `Door(...).application()`."""

    def __init__(
        self, receiver: Receiver, *, public_base_url: str, twilio_auth_token: str, link_secret: str | None
    ) -> None:
        self._receiver = receiver
        self._base = public_base_url.rstrip("/")
        self._signature = SignatureCheck(twilio_auth_token)
        self._link_secret = link_secret

    def application(self) -> web.Application:
        """All addresses, ready to be served."""
        application = web.Application(client_max_size=BODY_BYTES_MAX, middlewares=[_answer_for_outages])
        application.router.add_post(MESSAGE_STATUS_PATH + _REFERENCE, self._report(messages_of_status))
        application.router.add_post(CALL_STATUS_PATH + _REFERENCE, self._report(messages_of_call))
        application.router.add_post(CALL_DIGIT_PATH + _REFERENCE, self._digit)
        application.router.add_post(INBOUND_PATH, self._inbound)
        application.router.add_get(UNSUBSCRIBE_PATH + _REFERENCE, self._ask_to_unsubscribe)
        application.router.add_post(UNSUBSCRIBE_PATH + _REFERENCE, self._unsubscribe)
        application.router.add_get(HEALTH_PATH, self._health)
        return application

    def _report(self, meaning: Meaning) -> Handler:
        async def take(request: web.Request) -> web.Response:
            form = await self._signed_form(request)
            await self._receiver.take_report(request.match_info["reference"], form, meaning)
            return web.Response(status=HTTPStatus.NO_CONTENT)

        return take

    async def _digit(self, request: web.Request) -> web.Response:
        """Record the key, and connect whoever wants to speak to somebody. Anything else ends the call.

        47 CFR 64.1200(b)(3) demands that a key which stops calls ends the call at once.
        """
        form = await self._signed_form(request)
        contact = await self._receiver.take_report(request.match_info["reference"], form, messages_of_digit)
        phone = await self._receiver.lender_phone(contact.case_id) if form.get("Digits") == CONNECT_KEY else None
        return _twiml(hang_up() if phone is None else connect_to(phone))

    async def _inbound(self, request: web.Request) -> web.Response:
        form = await self._signed_form(request)
        people = await self._receiver.take_reply(form)
        _log.info("reply received", count=people)
        return _twiml(say_nothing())  # Twilio itself confirms STOP and HELP

    async def _ask_to_unsubscribe(self, request: web.Request) -> web.Response:
        """A person's browser; programs that look at links before the person does must not stop anything by that."""
        self._unsealed(request)
        return _page(_QUESTION)

    async def _unsubscribe(self, request: web.Request) -> web.Response:
        """One click in the mail program, as RFC 8058 has it, or the button of the page."""
        await self._receiver.stop_emails(self._unsealed(request), datetime.now(UTC))
        return _page(_DONE)

    async def _health(self, request: web.Request) -> web.Response:
        await self._receiver.check()
        return web.Response(text="ok\n")

    def _unsealed(self, request: web.Request) -> str:
        reference = unsealed(request.match_info["reference"], self._link_secret) if self._link_secret else None
        if reference is None:
            raise web.HTTPForbidden(text="this link is not one of ours\n")
        return reference

    async def _signed_form(self, request: web.Request) -> Form:
        """The form of a request that Twilio has signed. The address is the public one, whatever a proxy made of it."""
        form = await request.post()
        if not self._signature.is_signed(self._base + request.raw_path, form, request.headers):
            raise web.HTTPForbidden(text="not signed by our Twilio account\n")
        return {name: value for name, value in form.items() if isinstance(value, str)}


@asynccontextmanager
async def serving(door: Door, host: str, port: int) -> AsyncIterator[None]:
    """Listen inside this block. Raises OSError when the port is taken."""
    # Addresses name contacts, so they are not logged.
    runner = web.AppRunner(door.application(), access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        yield
    finally:
        await runner.cleanup()


@web.middleware
async def _answer_for_outages(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Say to the sender whether to try again. No answer repeats anything of the request."""
    try:
        return await handler(request)
    except UnknownContact:
        raise web.HTTPNotFound(text="no such contact\n") from None
    except MalformedReport:
        _log.warning("malformed report")
        raise web.HTTPBadRequest(text="not a report that we know\n") from None
    except (RPCError, DatabaseFailure, OSError):
        _log.warning("report not taken: a server is away", exc_info=True)
        raise web.HTTPServiceUnavailable(text="try again later\n", headers={"Retry-After": "30"}) from None


def _twiml(answer: str) -> web.Response:
    return web.Response(text=answer, content_type=TWIML_TYPE)


def _page(content: str) -> web.Response:
    return web.Response(
        text=_PAGE.format(content=content),
        content_type="text/html",
        headers={"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"},
    )
