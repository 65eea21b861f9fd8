"""How the demonstration's borrowers behave: planned beforehand, and the same in every run.

Whether an account is paid within a month is the data's: it is what the real borrower did in the month that followed.
How they go about it is invented, in the shares that the rotations below have.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import cycle
from zoneinfo import ZoneInfo

from domain.ageing import date_of_day
from domain.events import (
    AnyMessage,
    DisputeCategory,
    DisputeOpened,
    DisputeOutcome,
    DisputeResolved,
    HoldPlaced,
    PaymentReceived,
    PaymentReversed,
    PromiseMade,
    ReplyReceived,
    ReversalReason,
)
from domain.money import Money
from domain.names import Channel, HoldKind, ReplyIntent
from domain.policy import Policy
from domain.registration import AccountRegistration
from starter.demo.sample import CardAccount

PAID_WITHIN = timedelta(days=30)
"""From the handover, the data's "next month": who did not default has paid by then, who did has not."""

SETTLING = timedelta(days=2)
"""Nobody acts earlier after the handover: opening a case takes a moment, and a day of business time may be a second."""


class Behaviour(StrEnum):
    """What a borrower does. The first five pay within the month, the others don't."""

    PAYS_AT_ONCE = "pays at once"
    PAYS_LATER = "pays later"
    PAYS_IN_TWO_PARTS = "pays in two parts"
    KEEPS_PROMISE = "promises and pays"
    PAYMENT_BOUNCES = "pays, the payment bounces, pays again"
    BREAKS_PROMISE = "promises and does not pay"
    DISPUTES = "disputes the debt"
    ASKS_FOR_TIME = "asks for time in hardship"
    STOPS_MESSAGES = "wants no text messages"
    PAYS_AFTER_REFERRAL = "pays once lawyers are involved"
    STAYS_SILENT = "stays silent"


PAYERS = (
    Behaviour.PAYMENT_BOUNCES,
    Behaviour.KEEPS_PROMISE,
    Behaviour.PAYS_AT_ONCE,
    Behaviour.PAYS_IN_TWO_PARTS,
    Behaviour.PAYS_LATER,
    Behaviour.PAYS_AT_ONCE,
    Behaviour.KEEPS_PROMISE,
    Behaviour.PAYS_LATER,
    Behaviour.PAYS_IN_TWO_PARTS,
    Behaviour.PAYS_LATER,
)
"""Of ten that did not default. Dealt in turn, so that a small portfolio shows them too."""

DEFAULTERS = (
    Behaviour.BREAKS_PROMISE,
    Behaviour.STAYS_SILENT,
    Behaviour.DISPUTES,
    Behaviour.PAYS_AFTER_REFERRAL,
    Behaviour.STOPS_MESSAGES,
    Behaviour.ASKS_FOR_TIME,
    Behaviour.STAYS_SILENT,
    Behaviour.STAYS_SILENT,
    Behaviour.STAYS_SILENT,
    Behaviour.STAYS_SILENT,
)
"""Of ten that defaulted."""

_PROMISE_PERIOD = timedelta(days=7)
_DISPUTE_PERIOD = timedelta(days=10)
_HARDSHIP_PERIOD = timedelta(days=14)
_BANK_RETURNS_AFTER = timedelta(days=5)
_PAYS_AGAIN_AFTER = timedelta(days=8)
_LAWYERS_IMPRESS_AFTER = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Act:
    """A message that somebody sends about an account, at a business instant."""

    at: datetime
    account: str
    message: AnyMessage


def behaviours(accounts: Iterable[CardAccount]) -> list[Behaviour]:
    """One for each account: dealt in turn among those that defaulted, and among those that did not."""
    payers, defaulters = cycle(PAYERS), cycle(DEFAULTERS)
    return [next(defaulters) if account.defaulted else next(payers) for account in accounts]


def plan(
    behaviour: Behaviour, registration: AccountRegistration, policy: Policy, handed_over: datetime
) -> tuple[Act, ...]:
    """Everything that this borrower, their bank and the agent who deals with them will do, in order of time."""
    return tuple(_Borrower(registration, policy, handed_over).acts(behaviour))


def contact_days(registration: AccountRegistration, policy: Policy, since: date) -> list[date]:
    """The days on which the policy contacts an account while nothing is paid, from a day on."""
    oldest_due = min(obligation.due for obligation in registration.obligations)
    days = {date_of_day(step.day, oldest_due, policy.grace_days, ()) for step in policy.steps}
    return sorted(day for day in days if day is not None and day >= since)


class _Borrower:
    """One borrower. They answer in the evening of a day on which they are contacted."""

    def __init__(self, registration: AccountRegistration, policy: Policy, handed_over: datetime) -> None:
        self._account = registration.account
        self._policy = policy
        self._zone = ZoneInfo(registration.zone)
        self._first_day = handed_over.astimezone(self._zone).date()
        self._oldest_due = min(obligation.due for obligation in registration.obligations)
        self._owed = Money.total((obligation.amount for obligation in registration.obligations), registration.currency)
        self._answering = self._answering_days(registration)

    def acts(self, behaviour: Behaviour) -> Sequence[Act]:
        first, last = self._answering[0], self._answering[-1]
        match behaviour:
            case Behaviour.PAYS_AT_ONCE:
                return [self._pays(first, self._owed)]
            case Behaviour.PAYS_LATER:
                return [self._pays(last, self._owed)]
            case Behaviour.PAYS_IN_TWO_PARTS:
                part, rest = self._owed.split((1, 1))
                return [self._pays(first, part, "part"), self._pays(max(last, first + timedelta(days=3)), rest, "rest")]
            case Behaviour.KEEPS_PROMISE:
                return [self._promises(first), self._pays(first + _PROMISE_PERIOD - timedelta(days=1), self._owed)]
            case Behaviour.PAYMENT_BOUNCES:
                return self._bounces(first)
            case Behaviour.BREAKS_PROMISE:
                return [self._promises(first)]
            case Behaviour.DISPUTES:
                return self._disputes(first)
            case Behaviour.ASKS_FOR_TIME:
                until = first + _HARDSHIP_PERIOD
                return [self._does(first, HoldPlaced(id=self._id("hardship"), hold=HoldKind.HARDSHIP, until=until))]
            case Behaviour.STOPS_MESSAGES:
                stop = ReplyReceived(id=self._id("stop"), channel=Channel.SMS, intent=ReplyIntent.STOP)
                return [self._does(first, stop)]
            case Behaviour.PAYS_AFTER_REFERRAL:
                return self._pays_after_referral()
            case Behaviour.STAYS_SILENT:
                return []

    def _answering_days(self, registration: AccountRegistration) -> list[date]:
        """Days of contact within the month, early enough for what takes two steps; at least one day."""
        earliest = self._first_day + SETTLING
        latest = self._first_day + PAID_WITHIN - _BANK_RETURNS_AFTER - _PAYS_AGAIN_AFTER
        days = contact_days(registration, self._policy, earliest)
        return [day for day in days if day <= latest] or [earliest]

    def _bounces(self, day: date) -> Sequence[Act]:
        first = self._pays(day, self._owed)
        returned = day + _BANK_RETURNS_AFTER
        reversal = PaymentReversed(id=self._id("bounced"), payment=first.message.id, reason=ReversalReason.BOUNCED)
        return [first, self._does(returned, reversal), self._pays(returned + _PAYS_AGAIN_AFTER, self._owed, "again")]

    def _disputes(self, day: date) -> Sequence[Act]:
        opened = DisputeOpened(id=self._id("dispute"), category=DisputeCategory.AMOUNT)
        resolved = DisputeResolved(id=self._id("dispute-resolved"), dispute=opened.id, outcome=DisputeOutcome.REJECTED)
        return [self._does(day, opened), self._does(day + _DISPUTE_PERIOD, resolved)]

    def _pays_after_referral(self) -> Sequence[Act]:
        if self._policy.referral is None:
            return []
        proposed = date_of_day(self._policy.referral.day, self._oldest_due, self._policy.grace_days, ())
        assert proposed is not None, "nothing pauses an account before it opens"
        day = max(proposed + _LAWYERS_IMPRESS_AFTER, self._first_day + PAID_WITHIN + timedelta(days=1))
        return [self._pays(day, self._owed)]

    def _promises(self, day: date) -> Act:
        return self._does(day, PromiseMade(id=self._id("promise"), amount=self._owed, due=day + _PROMISE_PERIOD))

    def _pays(self, day: date, amount: Money, which: str = "payment") -> Act:
        return self._does(day, PaymentReceived(id=self._id(which), amount=amount))

    def _does(self, day: date, message: AnyMessage) -> Act:
        """In the evening, between seven and ten, and not all at the same minute."""
        minutes = sum(message.id.encode()) * 37 % 180
        evening = datetime.combine(day, time(19), tzinfo=self._zone) + timedelta(minutes=minutes)
        return Act(evening, self._account, message)

    def _id(self, what: str) -> str:
        return f"{self._account}-{what}"
