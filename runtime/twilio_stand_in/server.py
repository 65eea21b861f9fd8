"""The stand-in's HTTP server."""

from __future__ import annotations

import asyncio
import json
import socket
from base64 import b64encode
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Self

from aiohttp import web

from runtime.twilio_stand_in import outcomes
from runtime.twilio_stand_in.outcomes import Rule
from runtime.twilio_stand_in.reporter import Reporter, SentReport
from runtime.twilio_stand_in.resources import (
    API,
    Refusal,
    Resource,
    check_call,
    check_message,
    new_call,
    new_message,
    page_of,
)

STOP_TIMEOUT_S = 0.2
"""How long requests in the air may take to end when the stand-in stops."""

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class FaultKind(StrEnum):
    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    BAD_GATEWAY = "bad_gateway"
    CUT_BEFORE_TAKING = "cut_before_taking"
    CUT_AFTER_TAKING = "cut_after_taking"
    SLOW = "slow"
    """The request is taken at once and answered after `delay_s`."""
    UNREADABLE = "unreadable"
    """The request is taken, and the answer is not JSON."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with the next request of this method."""

    kind: FaultKind
    delay_s: float = 0.0
    method: str = "POST"


@dataclass(frozen=True, slots=True)
class ReceivedRequest:
    """A request of a client: the path, and the query's or form's fields, each with all of its values."""

    method: str
    path: str
    fields: dict[str, list[str]]


@dataclass(slots=True)
class TwilioStandIn:
    """Use as an asynchronous context manager, or `start` and `stop`. Port 0 takes a free one: see `base_url`.

    `messages`, `calls`, `twiml` (by call), `requests` and `reports` show what happened, oldest first; `journal`, a
    file, gets the same as lines of JSON, before anybody is answered. `faults` strike in order, each once; `struck` has
    those that did. Reports are made in the background: `settle` waits for them.
    """

    account_sid: str = "AC" + "0" * 32
    auth_token: str = field(default="stand-in", repr=False)
    host: str = "127.0.0.1"
    port: int = 0
    rules: list[Rule] = field(default_factory=list)
    inbound_url: str | None = None
    journal: Path | None = None
    faults: deque[Fault] = field(default_factory=deque)
    struck: list[Fault] = field(default_factory=list)
    messages: list[Resource] = field(default_factory=list)
    calls: list[Resource] = field(default_factory=list)
    twiml: dict[str, str] = field(default_factory=dict)
    requests: list[ReceivedRequest] = field(default_factory=list)
    reports: list[SentReport] = field(default_factory=list)
    _opted_out: set[tuple[str, str]] = field(default_factory=set)
    _reporter: Reporter = field(init=False, repr=False)
    _runner: web.AppRunner = field(init=False, repr=False)

    @property
    def base_url(self) -> str:
        return f"http://{self.host}:{self.port}"

    async def start(self) -> None:
        """Listen. Raises OSError when the port is taken."""
        listening = socket.create_server((self.host, self.port))
        self.port = listening.getsockname()[1]
        self._reporter = Reporter(self.auth_token, self.rules, self._write, self.reports)
        self._runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=STOP_TIMEOUT_S)
        await self._runner.setup()
        await web.SockSite(self._runner, listening).start()

    async def stop(self) -> None:
        """Stop listening, and drop the reports that have not been made."""
        await self._reporter.stop()
        await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def settle(self) -> None:
        """Wait until every report that is due has been made."""
        await self._reporter.settle()

    async def receive_sms(self, *, sender: str, to: str, body: str) -> SentReport:
        """Let a text message come in for one of our numbers, and post it to `inbound_url`.

        As at Twilio, STOP and the like block further messages to the sender, and START lifts that.
        """
        if self.inbound_url is None:
            raise ValueError("nowhere to post an incoming message to: set inbound_url")
        word = body.strip().upper()
        if word in outcomes.STOP_WORDS:
            self._opted_out.add((to, sender))
        if word in outcomes.START_WORDS:
            self._opted_out.discard((to, sender))
        message = new_message(self.account_sid, to=to, sender=sender, body=body, inbound=True, now=datetime.now(UTC))
        self.messages.append(message)
        self._write("message", message)
        return await self._reporter.post(outcomes.inbound_report(message, self.inbound_url))

    def _application(self) -> web.Application:
        application = web.Application(middlewares=[self._guard])
        account = f"{API}/Accounts/{{account}}"
        application.add_routes(
            [
                web.post(f"{account}/Messages.json", self._create_message),
                web.get(f"{account}/Messages.json", self._list_messages),
                web.get(f"{account}/Messages/{{sid}}.json", self._fetch_message),
                web.post(f"{account}/Calls.json", self._create_call),
                web.get(f"{account}/Calls.json", self._list_calls),
                web.get(f"{account}/Calls/{{sid}}.json", self._fetch_call),
                web.post("/stand-in/inbound", self._control_inbound),
                web.post("/stand-in/faults", self._control_faults),
            ]
        )
        return application

    @web.middleware
    async def _guard(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        """Check the credentials, note the request, and let a fault strike if one is due."""
        if request.path.startswith("/stand-in/"):
            return await handler(request)
        try:
            self._authenticate(request)
            fields = await request.post() if request.method == "POST" else request.query
            self.requests.append(
                ReceivedRequest(
                    request.method, request.path, {name: [str(v) for v in fields.getall(name)] for name in fields}
                )
            )
            if self.faults and self.faults[0].method == request.method:
                fault = self.faults.popleft()
                self.struck.append(fault)
                self._write("fault", {"fault": fault.kind, "delay_s": fault.delay_s})
                return await self._strike(fault, request, handler)
            return await handler(request)
        except Refusal as refusal:
            return web.json_response(refusal.body, status=refusal.status)
        except web.HTTPNotFound:
            missing = Refusal(404, 20404, f"The requested resource {request.path} was not found")
            return web.json_response(missing.body, status=missing.status)

    def _authenticate(self, request: web.Request) -> None:
        expected = b64encode(f"{self.account_sid}:{self.auth_token}".encode()).decode("ascii")
        if request.headers.get("Authorization") != f"Basic {expected}":
            raise Refusal(401, 20003, "Authenticate")
        if request.match_info.get("account", self.account_sid) != self.account_sid:
            raise Refusal(404, 20404, f"The requested resource {request.path} was not found")

    async def _strike(self, fault: Fault, request: web.Request, handler: _Handler) -> web.StreamResponse:
        match fault.kind:
            case FaultKind.RATE_LIMITED:
                raise Refusal(429, 20429, "Too Many Requests")
            case FaultKind.SERVER_ERROR:
                raise Refusal(500, 20500, "An internal server error has occurred")
            case FaultKind.BAD_GATEWAY:
                return web.Response(status=502, text="<html>502 Bad Gateway</html>", content_type="text/html")
            case FaultKind.CUT_BEFORE_TAKING:
                return _cut(request)
        answer = await handler(request)
        match fault.kind:
            case FaultKind.CUT_AFTER_TAKING:
                return _cut(request)
            case FaultKind.UNREADABLE:
                return web.Response(status=201, text="<html>Created</html>", content_type="text/html")
        await asyncio.sleep(fault.delay_s)
        return answer

    async def _create_message(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        check_message(form, (form.get("From", ""), form.get("To", "")) in self._opted_out)
        message = new_message(
            self.account_sid,
            to=form["To"],
            sender=form["From"],
            body=form["Body"],
            inbound=False,
            now=datetime.now(UTC),
        )
        self.messages.append(message)
        self._write("message", message | {"status_callback": form.get("StatusCallback")})
        answer = web.json_response(message, status=201)
        self._reporter.follow_message(message, form.get("StatusCallback"))
        return answer

    async def _create_call(self, request: web.Request) -> web.Response:
        fields = await request.post()
        form = {name: str(value) for name, value in fields.items()}
        check_call(form)
        call = new_call(self.account_sid, to=form["To"], sender=form["From"], now=datetime.now(UTC))
        self.calls.append(call)
        twiml = self.twiml[call["sid"]] = form.get("Twiml", "")
        self._write("call", call | {"twiml": twiml, "status_callback": form.get("StatusCallback")})
        answer = web.json_response(call, status=201)
        events = {str(event) for event in fields.getall("StatusCallbackEvent", ["completed"])}
        self._reporter.follow_call(call, twiml, form.get("StatusCallback"), events)
        return answer

    async def _list_messages(self, request: web.Request) -> web.Response:
        return web.json_response(page_of("messages", request.path, self.messages, request.query))

    async def _list_calls(self, request: web.Request) -> web.Response:
        return web.json_response(page_of("calls", request.path, self.calls, request.query))

    async def _fetch_message(self, request: web.Request) -> web.Response:
        return _fetched(self.messages, request)

    async def _fetch_call(self, request: web.Request) -> web.Response:
        return _fetched(self.calls, request)

    async def _control_inbound(self, request: web.Request) -> web.Response:
        """For other processes: {"sender", "to", "body"} comes in as a text message."""
        told = await request.json()
        report = await self.receive_sms(sender=told["sender"], to=told["to"], body=told["body"])
        return web.json_response({"status": report.status})

    async def _control_faults(self, request: web.Request) -> web.Response:
        """For other processes: a list of {"kind", "delay_s", "method"} are the next faults."""
        for told in await request.json():
            self.faults.append(Fault(FaultKind(told["kind"]), told.get("delay_s", 0.0), told.get("method", "POST")))
        return web.json_response({"faults": len(self.faults)})

    def _write(self, kind: str, facts: Resource) -> None:
        if self.journal is None:
            return
        line = {"at": datetime.now(UTC).isoformat(), "kind": kind} | facts
        with self.journal.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


def _fetched(records: list[Resource], request: web.Request) -> web.Response:
    for record in records:
        if record["sid"] == request.match_info["sid"]:
            return web.json_response(record)
    raise Refusal(404, 20404, f"The requested resource {request.path} was not found")


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
