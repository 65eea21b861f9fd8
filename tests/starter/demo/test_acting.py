"""Planned acts reach their cases, in spite of everything."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from temporalio.service import RPCError, RPCStatusCode

from domain.clock import Clock
from domain.events import AnyMessage, PaymentReceived, ReplyReceived
from domain.money import Money
from domain.names import Channel, ReplyIntent
from starter.case_key import CaseKey
from starter.demo import acting
from starter.demo.acting import act_out
from starter.demo.borrowers import Act
from starter.refusals import NoAnswer, Refused


@pytest.fixture
def clock() -> Clock:
    """A day in ten milliseconds, from now on."""
    return Clock(factor=8_640_000, anchor=datetime.now(UTC))


class Recorder:
    """Takes messages after failing as it was told to."""

    def __init__(self, clock: Clock, *failures: Exception) -> None:
        self._clock = clock
        self.taken: list[tuple[str, str, datetime]] = []
        self._failures = list(failures)

    async def submit(self, case: CaseKey, message: AnyMessage) -> None:
        if self._failures:
            raise self._failures.pop(0)
        self.taken.append((case.case_id, message.id, self._clock.business(datetime.now(UTC))))

    async def reply(self, case: CaseKey, channel: Channel, text: str, *, message_id: str) -> None:
        self.taken.append((case.case_id, f"{message_id} by {channel}: {text}", self._clock.business(datetime.now(UTC))))


def a_payment(clock: Clock, days: int, name: str) -> Act:
    message = PaymentReceived(id=name, amount=Money(1, "TWD"))
    return Act(clock.business(datetime.now(UTC)) + timedelta(days=days), f"card-{name}", message)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acting, "AGAIN_AFTER", timedelta(0))


async def test_acts_happen_in_the_order_of_their_instants_and_never_before_them(clock: Clock) -> None:
    recorder = Recorder(clock)
    acts = [a_payment(clock, 8, "second"), a_payment(clock, 3, "first"), a_payment(clock, -3, "overdue")]

    refused = await act_out(acts, "bank", recorder, clock)

    assert refused == ()
    assert [message for _, message, _ in recorder.taken] == ["overdue", "first", "second"]
    assert all(at >= act.at for act, (_, _, at) in zip(reversed(acts), recorder.taken, strict=True))
    assert recorder.taken[0][0] == "bank:card-overdue"


async def test_a_refusal_is_told_and_stops_nobody_else(clock: Clock) -> None:
    recorder = Recorder(clock, Refused("case_closed", "the case is closed"))

    (refused,) = await act_out([a_payment(clock, 0, "first"), a_payment(clock, 9, "second")], "bank", recorder, clock)

    assert (refused.code, refused.act.message.id) == ("case_closed", "first")
    assert [message for _, message, _ in recorder.taken] == ["second"]


@pytest.mark.usefixtures("impatient")
async def test_a_message_is_sent_again_until_somebody_answers(clock: Clock) -> None:
    recorder = Recorder(clock, NoAnswer(30.0), RPCError("away", RPCStatusCode.UNAVAILABLE, b""))

    assert await act_out([a_payment(clock, 0, "patient")], "bank", recorder, clock) == ()
    assert [message for _, message, _ in recorder.taken] == ["patient"]


async def test_a_reply_is_sent_as_the_words_that_the_borrower_wrote(clock: Clock) -> None:
    recorder = Recorder(clock)
    reply = ReplyReceived(id="r-1", channel=Channel.SMS, intent=ReplyIntent.STOP)

    await act_out([Act(datetime.now(UTC), "card-1", reply)], "bank", recorder, clock)

    assert [message for _, message, _ in recorder.taken] == ["r-1 by sms: STOP"]
