"""What happens after Twilio has taken something: its statuses, and the signed reports of them, in the background."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from twilio.request_validator import RequestValidator

from runtime.twilio_stand_in import outcomes
from runtime.twilio_stand_in.outcomes import Report, Rule, rule_for
from runtime.twilio_stand_in.resources import Resource

REPORT_TIMEOUT_S = 15.0
"""How long Twilio waits for an answer to a report."""


@dataclass(frozen=True, slots=True)
class SentReport:
    """A report that was posted. `status` is the receiver's HTTP status, None when it could not be reached."""

    url: str
    form: dict[str, str]
    status: int | None


@dataclass(slots=True)
class Reporter:
    """Lets messages and calls run their course. `write` notes each report."""

    auth_token: str = field(repr=False)
    rules: list[Rule]
    write: Callable[[str, Resource], None]
    reports: list[SentReport] = field(default_factory=list)
    _background: set[asyncio.Task[None]] = field(default_factory=set)
    _session: aiohttp.ClientSession = field(
        default_factory=lambda: aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=REPORT_TIMEOUT_S))
    )

    async def settle(self) -> None:
        """Wait until everything has run its course."""
        while self._background:
            await asyncio.gather(*self._background)

    async def stop(self) -> None:
        """Drop what has not run its course."""
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        await self._session.close()

    def follow_message(self, message: Resource, callback: str | None) -> None:
        """Let a message run its course."""
        self._in_background(self._play_message(message, callback))

    def follow_call(self, call: Resource, twiml: str, callback: str | None, events: set[str]) -> None:
        """Let a call run its course. `events` are those that its creator wants reports of."""
        self._in_background(self._play_call(call, twiml, callback, events))

    async def post(self, report: Report) -> SentReport:
        """Post a report with Twilio's signature, and note how it was received."""
        signature = RequestValidator(self.auth_token).compute_signature(report.url, report.form)
        try:
            async with self._session.post(
                report.url, data=report.form, headers={"X-Twilio-Signature": signature}
            ) as answer:
                status: int | None = answer.status
        except (aiohttp.ClientError, TimeoutError):
            status = None
        sent = SentReport(report.url, report.form, status)
        self.reports.append(sent)
        self.write("report", {"url": sent.url, "form": sent.form, "status": sent.status})
        return sent

    async def _play_message(self, message: Resource, callback: str | None) -> None:
        rule = rule_for(self.rules, message["to"])
        for status in outcomes.message_statuses(rule):
            await asyncio.sleep(rule.delay_s)
            outcomes.advance_message(message, status, rule.message_error_code)
            if callback is not None:
                await self.post(outcomes.message_report(message, callback))

    async def _play_call(self, call: Resource, twiml: str, callback: str | None, events: set[str]) -> None:
        rule = rule_for(self.rules, call["to"])
        is_answered = rule.call_status == "completed"
        passed = [event for event in outcomes.CALL_EVENTS if is_answered or event != "answered"]
        for sequence, event in enumerate([*passed, "completed"]):
            await asyncio.sleep(rule.delay_s)
            status = outcomes.CALL_EVENTS.get(event, rule.call_status)
            outcomes.advance_call(call, status, rule.call_duration_s)
            if callback is not None and event in events:
                await self.post(outcomes.call_report(call, callback, event, sequence))
            if event == "answered" and rule.digit:
                pressed = outcomes.digit_report(call, twiml, rule.digit)
                if pressed is not None:
                    await self.post(pressed)

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)
