"""What speaks against facts about contact: nobody can have said or done something tomorrow."""

from __future__ import annotations

from datetime import timedelta

from domain import events
from domain.refusals import Checks, Refusal, RefusalCode, Situation

CLOCK_SKEW_MAX = timedelta(minutes=5)
"""How far another system's clock may be ahead: the call is taken, and counted as of now."""


def _consent(message: events.ConsentChanged, situation: Situation) -> Refusal | None:
    if message.given_on is None or message.given_on <= situation.today:
        return None
    return Refusal(RefusalCode.IN_THE_FUTURE, "given_on is later than today where the account is: check the date")


def _call(message: events.CallOutcomeRecorded, situation: Situation) -> Refusal | None:
    if message.at is None or message.at <= situation.now + CLOCK_SKEW_MAX:
        return None
    return Refusal(RefusalCode.IN_THE_FUTURE, "at is later than now: check the clock and the offset of the instant")


CHECKS: Checks = (
    (events.ConsentChanged, _consent),
    (events.CallOutcomeRecorded, _call),
)
